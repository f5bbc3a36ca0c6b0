"""Two runs with the same seed give the same bytes."""

import pytest
from workflow import run_config, run_study, snakemake, tiny_config

TARGETS = [
    "9_report/postregistration/FA_results.html",
    "9_report/postregistration_roc.png",
    "9_report/postregistration_learning_curves.png",
    "9_report/sub-control001/sub-control001_ses-1_qc.png",
    "9_report/inventory.html",
    "9_report/cohort.png",
    "1_bids/dataset_description.json",
]
"""Of one experiment, one of four metrics: a file of each kind in half the time."""


@pytest.fixture(scope="module")
def resting(tmp_path_factory):
    """A folder in which the tiny study of resting-state networks has run."""
    return run_study(tmp_path_factory.mktemp("resting"), run_config())


def written(results):
    """Return {path: bytes} of a study's files, without how long its jobs took."""
    files = {
        str(path.relative_to(results)): path
        for path in results.rglob("*")
        if path.is_file()
    }
    timed = ("benchmarks", "9_report/resources.", "9_report/suggested_resources")
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if not name.startswith(timed)
    }


def differing(first, second):
    """Return the names of the second run's files that the first run's are unlike."""
    first, second = written(first), written(second)
    assert len(second) > 200
    return [name for name in second if second[name] != first.get(name)]


def test_diffusion_elsewhere_on_another_number_of_cores_is_the_same(study, tmp_path):
    targets = [f"results/phantom/{target}" for target in TARGETS]
    process = snakemake(tmp_path, *targets, "--cores", "1", config=tiny_config())
    assert process.returncode == 0, process.stdout[-5000:]
    assert not differing(study / "results/phantom", tmp_path / "results/phantom")


def test_resting_state_elsewhere_on_another_number_of_cores_is_the_same(
    resting, tmp_path
):
    process = snakemake(tmp_path, "--cores", "1", config=run_config())
    assert process.returncode == 0, process.stdout[-5000:]
    assert not differing(resting / "results/rest", tmp_path / "results/rest")
