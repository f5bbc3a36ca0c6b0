"""What Snakemake plans, before anything runs."""

import fnmatch
import re
import shutil
from types import SimpleNamespace

import pytest
from studies import read_study
from workflow import (
    ROOT,
    inputs_of_outputs,
    phantom_config,
    planned_jobs,
    resting_config,
    snakemake,
    tissue_config,
)

from scan2map.cohort import phantom_cohort
from scan2map.splits import split


def small(**changes):
    config = phantom_config(**changes)
    config["phantom"]["groups"] = {"control": 3, "patient": 3}
    for experiment in config["experiments"].values():
        experiment["folds"] = {"k": 3, "repeats": 2}
    return config


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return inputs_of_outputs(tmp_path_factory.mktemp("plan"), small())


def ancestors(plan, output):
    """Return all files that an output depends on, however far back."""
    reached, waiting = set(), [output]
    while waiting:
        for file in plan.get(waiting.pop(), []):
            if file not in reached:
                reached.add(file)
                waiting.append(file)
    return reached


def test_no_network_learns_from_people_its_fold_tests(plan):
    config = small()
    cohort = phantom_cohort(config["phantom"]["groups"], config["seed"])
    folds = split(cohort, k=3, repeats=2, seed=config["seed"])
    models = [file for file in plan if file.endswith("model.keras")]
    assert len(models) == 2 * 2 * 3
    for model in models:
        repeat, fold = map(int, re.search(r"repeat-(\d+)_fold-(\d+)", model).groups())
        tested = {p for (r, p), f in folds.items() if (r, f) == (repeat, fold)}
        seen = set(re.findall(r"sub-(\w+?)[/_]", " ".join(ancestors(plan, model))))
        assert tested and seen == {row["participant_id"] for row in cohort} - tested


@pytest.fixture(scope="module")
def resting_plan(tmp_path_factory):
    """The plan of networks; jobs of many scopes are followed scope by scope."""
    plan = inputs_of_outputs(tmp_path_factory.mktemp("plan"), resting_config())
    for output, inputs in plan.items():
        if output.endswith(("_maps.npy", "_maps.json")):
            own = output.split("/")[-2]
            plan[output] = [
                file for file in inputs if "/ica/" not in file or f"/{own}/" in file
            ]
    return plan


def people_upstream(plan, name):
    """Return {(repeat, fold): (people upstream, people tested)} of an experiment."""
    config = resting_config()
    cohort = phantom_cohort(config["phantom"]["groups"], config["seed"])
    folds = split(cohort, k=2, repeats=1, seed=config["seed"])
    found = {}
    for fold in (1, 2):
        (model,) = [
            f for f in plan if f.endswith(f"/{name}/repeat-1_fold-{fold}/model.keras")
        ]
        tested = {p for (_, p), f in folds.items() if f == fold}
        seen = set(re.findall(r"sub-(\w+?)[/_]", " ".join(ancestors(plan, model))))
        found[fold] = (seen, tested)
    return found


@pytest.mark.parametrize("name", ["asc", "ssc", "rsp"])
def test_an_honest_network_has_components_of_its_training_people_only(
    resting_plan, name
):
    found = people_upstream(resting_plan, name)
    assert set(found) == {1, 2}
    for seen, tested in found.values():
        assert len(seen) == 4 and not seen & tested


@pytest.mark.parametrize("name", ["asc_replica", "ssc_replica", "rsp_replica"])
def test_a_replica_sees_the_people_it_tests_as_published(resting_plan, name):
    found = people_upstream(resting_plan, name)
    assert set(found) == {1, 2}
    for seen, tested in found.values():
        assert tested <= seen


def test_no_score_is_written_before_everybody_is_known_to_be_another_person(plan):
    scores = [file for file in plan if file.endswith("/scores.tsv")]
    (said,) = [file for file in plan if file.endswith("/no_copies.json")]
    assert scores and all(said in ancestors(plan, score) for score in scores)
    seen = set(re.findall(r"sub-(\w+?)[/_]", " ".join(plan[said])))
    assert len(seen) == 6 and len(plan[said]) == 12  # a T1w image and one of diffusion


def test_each_session_is_explained_by_networks_that_have_not_seen_it(plan):
    maps = [file for file in plan if file.endswith("desc-MD_sensitivity.nii.gz")]
    assert len(maps) == 2 * 6
    for file in maps:
        subject = re.search(r"sub-(\w+?)/", file).group(1)
        models = [f for f in ancestors(plan, file) if f.endswith("model.keras")]
        assert len(models) == 2
        for model in models:
            assert f"sub-{subject}_" not in " ".join(ancestors(plan, model))


def test_a_network_of_permuted_labels_sees_nobody_whom_its_fold_tests(plan):
    networks = [file for file in plan if file.endswith("permuted.keras")]
    assert len(networks) == 2  # one for each experiment
    for network in networks:
        real = network.replace("7_maps", "6_folds").replace("permuted", "model")
        assert ancestors(plan, network) == ancestors(plan, real)


def test_maps_of_every_fold_are_checked_before_they_are_shown(plan):
    checks = [file for file in plan if file.endswith("sanity.tsv")]
    assert len(checks) == 2 * (2 * 3 + 1)
    for file in plan:
        if re.search(r"registration/.*_results\.html$", file):
            assert any(f.endswith("sanity.json") for f in plan[file]), file


def test_a_replica_beside_its_honest_twin_has_no_checks(resting_plan):
    names = {file.split("/")[-2] for file in resting_plan if "sanity.json" in file}
    assert names == {"asc", "ssc", "rsp"}


def test_checks_can_be_left_out(tmp_path):
    jobs = planned_jobs(snakemake(tmp_path, "--dry-run", config=small(sanity=False)))
    assert jobs["write_results"] and not {"check_maps", "train_permuted"} & set(jobs)
    asked = small(sanity={"permuted": False})
    jobs = planned_jobs(snakemake(tmp_path, "--dry-run", config=asked))
    assert jobs["check_maps"] == 12 and "train_permuted" not in jobs


def test_every_figure_of_the_report_is_planned(tmp_path):
    jobs = planned_jobs(snakemake(tmp_path, "--dry-run", config=small()))
    assert jobs["draw_session_qc"] == 6
    assert jobs["train_fold"] == jobs["predict_fold"] == jobs["sensitivity_map"] == 12
    assert jobs["draw_t_maps"] == 8


def test_quality_of_tissue_maps_is_drawn_from_everybodys_maps(tmp_path):
    config = small(study="tissue")
    effects = config["phantom"]["effects"]
    grown = {"name": "grown", "kind": "volume", "change": 0.2}
    effects.append(grown | {"regions": effects[0]["regions"]})
    for experiment, tissue in zip(
        config["experiments"].values(), ("GM", "WM"), strict=True
    ):
        experiment["feature"] = {"kind": "tissue", "tissue": tissue}
    report, truth = "results/tissue/9_report", "results/tissue/0_phantom/ground_truth"
    page = f"{report}/sub-control001/sub-control001_ses-1_tissue_qc.png"
    figures = [f"{report}/{n}.png" for n in ("tissue_volumes", "homogeneity_tissue-GM")]
    targets = [page, *figures, f"{truth}/grown_mask.nii.gz"]
    jobs = planned_jobs(snakemake(tmp_path, *targets, "--dry-run", config=config))
    assert jobs["warp_tissues"] == 6
    assert jobs["draw_tissue_qc"] == jobs["tabulate_volumes"] == 1
    assert jobs["correlate_tissue_maps"] == jobs["map_ground_truth"] == 1
    # Diffusion is not scanned: what is planted in it has no mask.
    process = snakemake(tmp_path, f"{truth}/local_mask.nii.gz", "-n", config=config)
    assert "MissingRuleException" in process.stdout


def test_the_plan_can_be_drawn(tmp_path):
    process = snakemake(tmp_path, "--rulegraph", config=small())
    assert process.returncode == 0 and "digraph snakemake_dag" in process.stdout


def documented_drops():
    """Return the patterns of files that the page on disks says are dropped."""
    rows = re.findall(
        r"^\| (\d \w+) \| (`.+?) \|", (ROOT / "docs/disk.md").read_text(), re.M
    )
    patterns = []
    for stage, cell in rows:
        first, *endings = re.findall("`(.+?)`", cell)
        stem = re.sub(r"(\.nii\.gz|\.npy)$", "", first)
        names = [first.rstrip("/"), *[stem + ending for ending in endings]]
        folder = f"*/{stage.replace(' ', '_')}/*"
        patterns += [folder + name.removeprefix("*") for name in names]
    return patterns


def dropped_by(folder, config, *targets):
    """Return the files that a study of `keep: minimal` would drop."""
    config = config | {"keep": "minimal"}
    process = snakemake(folder, *targets, "--dry-run", config=config)
    said = r"Would remove temporary output (\S+)$"
    return re.findall(said, process.stdout, re.M)


def test_the_files_that_keep_minimal_drops_are_those_that_the_documentation_lists(
    tmp_path,
):
    config = read_study()
    config["phantom"]["groups"] = {"control": 4, "patient": 4}
    dropped = dropped_by(tmp_path, config)
    dropped += dropped_by(
        tmp_path, tissue_config(), "results/wm/9_report/wm_cam_groups.png"
    )
    patterns = documented_drops()
    assert len(patterns) == 15
    for pattern in patterns:
        assert fnmatch.filter(dropped, pattern), pattern
    for path in dropped:
        assert any(fnmatch.fnmatch(path, pattern) for pattern in patterns), path


def changed(path, value):
    """Return the small study with one value replaced; keys separated by slashes."""
    config = small()
    *parents, key = path.split("/")
    block = config
    for parent in parents:
        block = block[parent]
    block[key] = value
    return config


@pytest.mark.parametrize(
    "path, value, sentence",
    [
        ("sed", 1, "'sed' was unexpected.; did you mean 'seed'"),
        ("anat/brain_maks", "robex", "'brain_maks' was unexpected"),
        ("experiments/preregistration/training/epoch", 3, "'epoch' was unexpected"),
        ("groups/affected", "patients", "phantom .* control and patients"),
        ("phantom/groups/patient", 2, "group 'patient' has 2 participants"),
        ("groups/affected", "pa tient", "characters that cannot"),
        ("statistics/covariates", ["age", "site"], "'site' is the same for all"),
        ("cohort", "nowhere.tsv", None),
    ],
)
def test_a_bad_configuration_is_refused_with_a_sentence(
    tmp_path, path, value, sentence
):
    config = changed(path, value)
    if sentence is None:
        config["source"], sentence = "dicom", "nowhere.tsv is no file"
    process = snakemake(tmp_path, "--dry-run", config=config)
    assert process.returncode != 0
    assert re.search(sentence, process.stdout)
    assert "Traceback" not in process.stdout
    assert len(process.stdout) < 2500  # the sentence is on the screen


@pytest.mark.skipif(bool(shutil.which("eddy")), reason="FSL is installed")
def test_a_program_that_is_not_there_is_said_before_anything_runs(tmp_path):
    config = changed("dwi/eddy", "fsl")
    process = snakemake(tmp_path, "--dry-run", config=config)
    assert process.returncode != 0
    assert "'dwi: eddy: fsl' needs the program eddy" in process.stdout
    assert "Traceback" not in process.stdout


@pytest.mark.parametrize("preset", sorted((ROOT / "config" / "studies").glob("*.yaml")))
def test_every_key_of_a_preset_is_known(tmp_path, preset):
    process = snakemake(ROOT, "--dry-run", "--quiet", "--configfile", str(preset))
    assert process.returncode == 0, process.stdout


def test_a_job_that_is_sent_again_asks_for_twice_the_memory_and_time(tmp_path):
    asked = []
    for attempt in ("1", "2"):
        target = "results/phantom/2_anat/template/T1w.nii.gz"
        options = ("--dry-run", "--attempt", attempt)
        said = snakemake(tmp_path, target, *options, config=small()).stdout
        asked.append([int(n) for n in re.findall(r"(?:mem_mb|runtime)=(\d+)", said)])
    assert asked[0] and asked[1] == [2 * n for n in asked[0]]


@pytest.mark.parametrize("gpu, asked", [("require", 3), ("none", 0)])
def test_networks_are_trained_and_asked_on_a_gpu_where_the_study_says_so(
    tmp_path, gpu, asked
):
    config = small(gpu=gpu)
    folder = "results/phantom/6_folds/preregistration"
    targets = [f"{folder}/repeat-1_fold-{fold}/model.keras" for fold in (1, 2, 3)]
    said = snakemake(tmp_path, *targets, "--dry-run", config=config).stdout
    assert len(re.findall(r"resources: .*\bgpu=1", said)) == asked


def test_a_dry_run_says_how_many_jobs_a_cluster_would_get(tmp_path):
    said = snakemake(tmp_path, "--dry-run", config=small()).stdout
    jobs, sent = map(
        int, re.search(r"On a cluster: (\d+) jobs in (\d+) submissions", said).groups()
    )
    counts = planned_jobs(SimpleNamespace(stdout=said))
    chains = sum(
        counts[rule]
        for rule in (
            "normalise_t1w",  # with correct_t1w
            *("denoise_dwi", "correct_motion", "fit_tensor"),
            *("register_dwi_to_t1w", "warp_tensor", "make_feature"),
        )
    )
    local = counts["all"] + counts["list_features"]
    assert jobs == sum(counts.values()) - local
    assert sent == jobs - chains + 6  # sessions, with one submission each for dwi


def small_tissue(**changes):
    """The small study, its networks on white matter instead."""
    config = small(**changes)
    for experiment in config["experiments"].values():
        experiment["feature"] = {"kind": "tissue", "tissue": "WM"}
        experiment["training"].pop("augmentation", None)
    return config


TISSUE_SCORES = "results/phantom/6_folds/preregistration/scores.tsv"


def test_networks_on_tissue_need_t1w_images_alone(tmp_path):
    config = small_tissue()
    jobs = planned_jobs(snakemake(tmp_path, TISSUE_SCORES, "--dry-run", config=config))
    assert jobs["segment_t1w"] == jobs["warp_tissues"] == 6
    assert jobs["make_tissue_feature"] == 6
    assert not {rule for rule in jobs if "dwi" in rule or "tensor" in rule}
