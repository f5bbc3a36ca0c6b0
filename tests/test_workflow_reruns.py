"""What runs again when something has changed, counted by dry runs."""

import ast
import os
from contextlib import contextmanager

import pytest
from workflow import (
    ROOT,
    copy_project,
    dry_run,
    inputs_of_outputs,
    snakemake,
    tiny_config,
)

JOBS = """
rule                 tensor scores epochs fwhm fdr added removed excluded age  unused
scan_phantom              .      .      .    .   .     1       .        .   .       .
convert_dicom             .      .      .    .   .     1       .        .   .       .
write_cohort              .      .      .    .   .     1       1        1   1       1
describe_dataset          .      .      .    .   .     1       1        1   1       1
correct_t1w               .      .      .    .   .     1       .        .   .       .
normalise_t1w             .      .      .    .   .     1       .        .   .       .
denoise_dwi               .      .      .    .   .     1       .        .   .       .
correct_motion            6      .      .    .   .     1       .        .   .       .
fit_tensor                6      .      .    .   .     1       .        .   .       .
register_dwi_to_t1w       6      .      .    .   .     1       .        .   .       .
warp_tensor              12      .      .    .   .     2       .        .   .       .
make_feature             12      .      .    .   .     2       .        .   .       .
list_features             4      .      .    .   .     2       4        4   .       .
split_cohort              .      .      .    .   .     2       2        2   .       .
find_copies               .      .      .    .   .     1       1        1   .       .
train_fold                4      .      2    .   .     2       4        4   .       .
audit_leaks               2      .      1    .   .     2       2        2   .       .
predict_fold              4      .      2    .   .     4       4        4   .       .
score_experiment          2      2      1    .   .     2       2        2   .       .
sensitivity_map           4      .      2    .   .     4       4        4   .       .
average_sensitivity      12      .      4    .   .    10      10       10   .       .
train_permuted            2      .      1    .   .     .       2        2   .       .
check_maps                4      .      2    .   .     4       4        4   .       .
gather_checks             2      .      1    .   .     2       2        2   .       .
draw_sanity               2      .      1    .   .     2       2        2   .       .
tabulate_sanity           1      .      1    .   .     1       1        1   .       .
intersect_masks           1      .      .    .   .     1       1        1   .       .
stack_maps               12      .      4   12   .    12      12       12   .       .
test_maps                20      .      8   20   .    20      20       20  20       .
correct_maps             20      .      8   20  20    20      20       20  20       .
draw_cohort               .      .      .    .   .     1       1        1   1       1
tabulate_inventory        .      .      .    .   .     1       .        .   .       .
draw_session_qc           6      .      .    .   .     1       .        .   .       .
draw_learning_curves      2      .      1    .   .     2       2        2   .       .
draw_roc                  2      2      1    .   .     2       2        2   .       .
tabulate_scores           1      1      1    .   .     1       1        1   .       .
tabulate_audit            1      .      1    .   .     1       1        1   .       .
draw_t_maps               8      .      8    8   .     8       8        8   8       .
write_results            12      .      4   12  12    12      12       12  12       .
write_methods             1      .      1    1   1     1       1        1   1       1
tabulate_resources        1      1      1    1   1     1       1        1   1       1
all                       1      1      1    1   1     1       1        1   1       1
"""
"""Jobs of each rule that a change costs; a dot is none.

In the study of four people: code of `scores`, settings, a participant added. In that of
six: code of `tensor`, a participant removed or excluded, an age corrected, a column
added and sites corrected that no model uses, families of one.
"""


def expected(change):
    """Return {rule: number of jobs} of a column of the table."""
    header, *rows = [line.split() for line in JOBS.strip().splitlines()]
    counts = {row[0]: row[header.index(change)] for row in rows}
    return {rule: int(count) for rule, count in counts.items() if count != "."}


@contextmanager
def edited(module, before, after):
    """Edit a library module, and undo it."""
    text = module.read_text()
    assert before in text
    try:
        module.write_text(text.replace(before, after))
        yield
    finally:
        module.write_text(text)


@contextmanager
def restored(folder):
    """Put back what files of a folder hold, and when they were written."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    before = [(path, path.read_bytes(), path.stat()) for path in files]
    try:
        yield files
    finally:
        for path, content, stat in before:
            path.write_bytes(content)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def reformat(path):
    """Write a module as nobody would, with other docstrings and comments."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        documented = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
        if isinstance(node, documented) and ast.get_docstring(node):
            node.body[0].value.value = "Another docstring."
    path.write_text(f"# A comment\n{ast.unparse(tree)}\n\n\n")


def in_another_order(config):
    """Return settings in another order; that of experiments has a meaning."""
    for block in ("phantom", "anat", "dwi"):
        config[block] = dict(reversed(config[block].items()))
    for name, experiment in config["experiments"].items():
        config["experiments"][name] = dict(reversed(experiment.items()))
    return dict(reversed(config.items()))


def test_a_finished_study_reruns_nothing(study):
    assert dry_run(study, tiny_config()) == {}


def test_files_that_were_touched_rerun_nothing(study):
    with restored(study / "results") as files:
        for path in files:
            path.touch()
        assert dry_run(study, tiny_config()) == {}


def test_other_comments_docstrings_and_formatting_rerun_nothing(study):
    with restored(study / "scripts") as files:
        for path in files:
            if path.suffix == ".py":
                reformat(path)
        assert dry_run(study, tiny_config()) == {}


def test_settings_in_another_order_rerun_nothing(study):
    assert dry_run(study, in_another_order(tiny_config())) == {}


@pytest.mark.parametrize(
    "options",
    [
        ["--cores", "1"],
        ["--set-threads", "train_fold=2", "--set-resources", "train_fold:mem_mb=9000"],
        ["--profile", str(ROOT / "profiles/slurm")],
        ["--profile", str(ROOT / "profiles/workstation-gpu")],
    ],
    ids=lambda options: options[-1],
)
def test_another_profile_or_number_of_threads_reruns_nothing(study, options):
    assert dry_run(study, tiny_config(), *options) == {}


def test_a_project_that_was_moved_reruns_nothing(study):
    moved = study.rename(study.with_name("moved"))
    try:
        assert dry_run(moved, tiny_config()) == {}
    finally:
        moved.rename(study)


def test_code_of_scores_reruns_what_imports_it_and_what_follows(study):
    module = study / "scripts/scan2map/scores.py"
    with edited(module, "value + WIDER", "value + 2 * WIDER"):
        assert dry_run(study, tiny_config()) == expected("scores")


def more_epochs(config):
    config["experiments"]["preregistration"]["training"]["epochs"] = 2


def smoothing(config):
    config["statistics"]["fwhm"] = 6


def another_correction(config):
    config["statistics"]["corrections"].append("fdr-voxel")


def another_participant(config):
    config["phantom"]["groups"]["patient"] = 3


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (more_epochs, "epochs"),
        (smoothing, "fwhm"),
        (another_correction, "fdr"),
        (another_participant, "added"),
    ],
)
def test_a_changed_setting_reruns_what_depends_on_it(study, change, column):
    config = tiny_config()
    change(config)
    assert dry_run(study, config) == expected(column)


PEOPLE = {
    f"{group}{number}": {
        "session_id": "1",
        "group": group,
        "age": str(40 + 3 * number),
        "sex": "F",
        "site": "A",
        "exclude": "",
    }
    for group in ("control", "patient")
    for number in (1, 2, 3)
}


def write_people(path, people):
    """Write a cohort table."""
    rows = [["participant_id", *people["control1"]]]
    rows += [[label, *row.values()] for label, row in people.items()]
    path.write_text("".join("\t".join(row) + "\n" for row in rows))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A project with a study that Snakemake takes for finished; its configuration."""
    project = copy_project(tmp_path_factory.mktemp("recorded"))
    config = six_people(project)
    record(project, config)
    return project, config


def six_people(project):
    """Write a dataset of six people to a project; return a study of it."""
    config = tiny_config() | {"source": "bids", "keep": "all"}
    config["statistics"] |= {"covariates": ["age"]}
    config["cohort"] = str(project / "cohort.tsv")
    config["bids"]["dataset"] = str(project / "dataset")
    write_people(project / "cohort.tsv", PEOPLE)
    for label in PEOPLE:
        stem = f"dataset/sub-{label}/ses-1/{{}}/sub-{label}_ses-1_{{}}"
        dwi = [("dwi", f"dwi.{end}") for end in ("nii.gz", "json", "bval", "bvec")]
        for image in [("anat", "T1w.nii.gz"), ("anat", "T1w.json"), *dwi]:
            make_empty(project / stem.format(*image))
        with open(project / stem.format("anat", "T1w.nii.gz"), "wb") as image:
            image.truncate(2_000_000)
    return config


def record(project, config):
    """Make all files of a study, empty, and have Snakemake take it for finished."""
    for output in inputs_of_outputs(project, config):
        make_empty(project / output)
    process = snakemake(project, "--touch", "--forceall", config=config)
    assert process.returncode == 0, process.stdout[-5000:]


def make_empty(path):
    """Make an empty file, and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_a_recorded_study_reruns_nothing(recorded):
    assert dry_run(*recorded) == {}


def test_images_that_were_touched_rerun_nothing(recorded):
    project, config = recorded
    for path in (project / "dataset").rglob("*.*"):
        path.touch()
    assert dry_run(project, config) == {}


def test_code_of_tensors_reruns_what_imports_it_and_what_follows(recorded):
    project, config = recorded
    module = project / "scripts/scan2map/tensor.py"
    with edited(module, "np.log(values)", "np.log(2 * values)"):
        assert dry_run(project, config) == expected("tensor")


@pytest.mark.parametrize(
    ("column", "people"),
    [
        ("removed", {label: PEOPLE[label] for label in PEOPLE if label != "patient3"}),
        ("excluded", PEOPLE | {"patient3": PEOPLE["patient3"] | {"exclude": "moved"}}),
        ("age", PEOPLE | {"patient3": PEOPLE["patient3"] | {"age": "60"}}),
        (
            "unused",
            {
                who: row | {"site": who, "hand": "R", "family": who}
                for who, row in PEOPLE.items()
            },
        ),
    ],
)
def test_a_change_of_the_cohort_reruns_what_depends_on_it(recorded, column, people):
    project, config = recorded
    try:
        write_people(project / "cohort.tsv", people)
        assert dry_run(project, config) == expected(column)
    finally:
        write_people(project / "cohort.tsv", PEOPLE)


def test_a_share_that_holds_nobody_back_reruns_no_network(tmp_path):
    project = copy_project(tmp_path)
    config = six_people(project)
    shuffles = {"scheme": "shuffle", "repeats": 6, "validation": 0.2, "test": 0.3}
    for experiment in config["experiments"].values():
        experiment["folds"] = shuffles
        experiment["training"]["early_stopping"] = {"share": 0.2}
    record(project, config)
    for experiment in config["experiments"].values():
        experiment["training"]["early_stopping"] = {"share": 0.3}
    changed = {"write_methods": 1, "tabulate_resources": 1, "all": 1}
    assert dry_run(project, config) == changed
