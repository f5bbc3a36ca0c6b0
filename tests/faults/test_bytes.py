"""Two runs with the same seed give the same bytes."""

from workflow import snakemake, tiny_config

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


def written(results):
    """Return {path: bytes} of a study's files, without how long its jobs took."""
    files = [path.relative_to(results) for path in results.rglob("*") if path.is_file()]
    kept = [path for path in files if path.parts[0] != "benchmarks"]
    return {str(path): (results / path).read_bytes() for path in kept}


def test_a_second_run_elsewhere_on_another_number_of_cores_is_the_same(study, tmp_path):
    targets = [f"results/phantom/{target}" for target in TARGETS]
    process = snakemake(tmp_path, *targets, "--cores", "1", config=tiny_config())
    assert process.returncode == 0, process.stdout[-5000:]
    first, second = (written(top / "results/phantom") for top in (study, tmp_path))
    assert len(second) > 250
    assert [path for path in second if second[path] != first.get(path)] == []
