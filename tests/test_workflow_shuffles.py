"""What Snakemake plans, and makes, where participants are shuffled."""

import csv
import re
import shutil
from functools import cache

import pytest
from workflow import (
    copy_project,
    inputs_of_outputs,
    resting_config,
    run_study,
    snakemake,
    tiny_config,
)

from scan2map.cohort import phantom_cohort
from scan2map.splits import TEST, TRAINING, VALIDATION, shuffle

SHARES = {"validation": 0.2, "test": 0.2}


def shuffled_config(**training):
    """Return a study of ten people: shuffles of tensors and beside them, two folds."""
    config = tiny_config()
    config["phantom"]["groups"] = {"control": 5, "patient": 5}
    experiments = config["experiments"]
    first = experiments["preregistration"]
    first["folds"] = {"scheme": "shuffle", "repeats": 3} | SHARES
    first["training"] = first["training"] | training
    first["published"] = {"test_accuracy": {"lowest": 0.4, "highest": 0.85}}
    experiments["postregistration"]["folds"] = {"k": 2, "repeats": 1}
    return config


@cache
def sides():
    """Return {(repeat, side): participants} of these shuffles."""
    config = shuffled_config()
    rows = phantom_cohort(config["phantom"]["groups"], config["seed"])
    parts = shuffle(rows, **SHARES, repeats=3, seed=config["seed"])
    found = {}
    for (repeat, participant), side in parts.items():
        found.setdefault((repeat, side), set()).add(participant)
    return found


def people_upstream(plan, output):
    """Return all participants whose files an output depends on."""
    reached, waiting = set(), [output]
    while waiting:
        for file in plan.get(waiting.pop(), []):
            if file not in reached:
                reached.add(file)
                waiting.append(file)
    return set(re.findall(r"/sub-(\w+?)[/_]", " ".join(reached)))


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return inputs_of_outputs(tmp_path_factory.mktemp("plan"), shuffled_config())


FOLD = "results/phantom/6_folds/preregistration/repeat-{repeat}_fold-1/{file}"


@pytest.mark.parametrize("repeat", [1, 2, 3])
def test_a_network_depends_on_its_training_people_and_on_nobody_else(plan, repeat):
    model = FOLD.format(repeat=repeat, file="model.keras")
    assert people_upstream(plan, model) == sides()[repeat, TRAINING]


def test_early_stopping_watches_the_people_who_validate_and_nobody_who_is_tested(
    tmp_path,
):
    plan = inputs_of_outputs(tmp_path, shuffled_config(early_stopping={"patience": 2}))
    for repeat in (1, 2, 3):
        model = FOLD.format(repeat=repeat, file="model.keras")
        expected = sides()[repeat, TRAINING] | sides()[repeat, VALIDATION]
        assert people_upstream(plan, model) == expected


def test_group_ica_of_a_shuffle_is_fitted_to_its_training_people(tmp_path):
    config = resting_config()
    config["experiments"] = {"asc": config["experiments"]["asc"]}
    config["experiments"]["asc"] |= {
        "run_as": ["honest"],
        "folds": {"scheme": "shuffle", "repeats": 2} | SHARES,
        "training": {"epochs": 1},
    }
    plan = inputs_of_outputs(tmp_path, config)
    rows = phantom_cohort(config["phantom"]["groups"], config["seed"])
    parts = shuffle(rows, **SHARES, repeats=2, seed=config["seed"])
    for repeat in (1, 2):
        maps = f"results/rest/5_features/ica/repeat-{repeat}_fold-1/maps.npy"
        learnt = {
            w for (r, w), side in parts.items() if (r, side) == (repeat, TRAINING)
        }
        assert people_upstream(plan, maps) == learnt


def test_each_repeat_has_one_network(plan):
    models = [file for file in plan if "/preregistration/" in file]
    models = [file for file in models if file.endswith("model.keras")]
    assert len(models) == 3


def test_there_are_maps_of_those_who_were_tested_by_networks_that_tested_them(plan):
    end = "desc-MD_sensitivity.nii.gz"
    maps = [f for f in plan if "/7_maps/preregistration/" in f and f.endswith(end)]
    tested = [sides()[repeat, TEST] for repeat in (1, 2, 3)]
    mapped = {re.search(r"sub-(\w+?)/", file)[1]: file for file in maps}
    assert set(mapped) == set.union(*tested)
    for who, file in mapped.items():
        stacks = [path for path in plan[file] if path.endswith("sensitivity.npy")]
        assert len(stacks) == sum(who in side for side in tested)


def test_permuted_labels_of_shuffles_are_refused(tmp_path):
    config = shuffled_config()
    config["experiments"]["preregistration"]["statistics"] = {
        "null": "retrain",
        "corrections": ["permutation-max-t"],
    }
    process = snakemake(tmp_path, "--dry-run", config=config)
    assert process.returncode
    assert "analysis 'preregistration': 'null: retrain' compares maps" in process.stdout


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shuffles")
    return run_study(folder, shuffled_config()) / "results/phantom"


def table(path):
    with open(path) as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_the_table_of_splits_says_who_is_on_which_side(results):
    rows = table(results / "6_folds/preregistration/splits.tsv")
    names = {"test": TEST, "validation": VALIDATION, "train": TRAINING}
    found = {}
    for row in rows:
        key = int(row["repeat"]), names[row["split"]]
        found.setdefault(key, set()).add(row["participant_id"])
    assert found == sides()
    other = table(results / "6_folds/postregistration/splits.tsv")
    assert {row["fold"] for row in other} == {"1", "2"} and "split" not in other[0]


def test_the_audit_finds_nobody_who_is_tested_upstream(results):
    rows = table(results / "6_folds/preregistration/audit.tsv")
    assert [row["test_people"] for row in rows] == ["0", "0", "0"]
    assert {row["people"] for row in rows} == {"6"}


def test_predictions_and_runs_are_of_whom_each_shuffle_tests(results):
    rows = table(results / "6_folds/preregistration/predictions.tsv")
    for repeat in (1, 2, 3):
        who = [r["participant_id"] for r in rows if int(r["repeat"]) == repeat]
        assert len(who) == 2 and set(who) == sides()[repeat, TEST]
    runs = table(results / "6_folds/preregistration/runs.tsv")
    assert [(row["split"], row["repeat"]) for row in runs] == [
        (split, str(repeat)) for split in ("test", "validation") for repeat in (1, 2, 3)
    ]
    page = (results / "9_report/runs.html").read_text()
    assert "test accuracy, published" in page and "biased upwards" in page


def test_maps_of_those_who_were_tested_are_what_statistics_test(results):
    stack = results / "8_statistics/preregistration/MD/stack.json"
    tested = set.union(*(sides()[repeat, TEST] for repeat in (1, 2, 3)))
    assert stack.read_text().count(".nii.gz") == len(tested) < 10


def test_a_network_that_learns_from_whom_it_tests_fails_the_build(results, tmp_path):
    project = copy_project(tmp_path)
    for name in ("results", ".snakemake"):
        shutil.copytree(results.parents[1] / name, project / name)
    rules = project / "rules/folds.smk"
    honest = "wildcards.repeat, others)"
    assert rules.read_text().count(honest) == 1
    rules.write_text(
        rules.read_text().replace(honest, "wildcards.repeat, [1, *others])")
    )
    target = "results/phantom/6_folds/preregistration/scores.tsv"
    process = snakemake(project, target, config=shuffled_config(), project=project)
    assert process.returncode
    assert "experiment 'preregistration' is not honest: 3 of 3" in process.stdout
