"""A tiny study of resting-state networks, from DICOM to honest and replica scores."""

import csv
import json
import re
import shutil
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from workflow import copy_project, planned_jobs, run_config, run_study, snakemake

from scan2map.ica import dual_regression, read_voxels

BOLD = "task-rest_space-MNI152NLin2009aSym"
NAMES = [f"{base}{run}" for base in ("ssc", "rsp") for run in ("", "_replica")]


@pytest.fixture(scope="session")
def resting(tmp_path_factory):
    """A copy of the project in which the tiny study has run."""
    project = copy_project(tmp_path_factory.mktemp("resting"))
    return run_study(project, run_config(), project)


@pytest.fixture
def results(resting):
    return resting / "results/rest"


def table(path):
    with open(path) as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_a_finished_study_of_networks_has_nothing_to_be_done(resting):
    process = snakemake(resting, config=run_config(), project=resting)
    assert "Nothing to be done" in process.stdout


@pytest.mark.parametrize("name", NAMES)
def test_everybody_is_predicted_once_in_each_experiment(results, name):
    rows = table(results / f"6_folds/{name}/predictions.tsv")
    assert len({row["participant_id"] for row in rows}) == len(rows) == 8


@pytest.mark.parametrize("name", NAMES)
def test_the_audit_finds_test_people_upstream_of_replicas_only(results, name):
    rows = table(results / f"6_folds/{name}/audit.tsv")
    found = [int(row["test_people"]) for row in rows]
    assert found == ([4, 4] if name.endswith("replica") else [0, 0])
    assert all(int(row["people"]) >= 4 for row in rows)


@pytest.mark.parametrize(
    ("file", "honest", "leaking"),
    [
        ("folds", '["folds"], wildcards.fold)', '["folds"], fold=0)'),
        ("ica", "training_folds(ICA_FOLDS, fold)", "tested_folds(ICA_FOLDS)"),
        ("features", "    rows = tested_in(", "    rows = cohort[:1] + tested_in("),
    ],
    ids=["a training list", "a scope of group ICA", "a list of a fold's features"],
)
def test_a_planted_leak_fails_the_build_with_the_participants_name(
    resting, tmp_path, file, honest, leaking
):
    project = copy_project(tmp_path)
    for name in ("results", ".snakemake"):
        shutil.copytree(resting / name, project / name)
    rules = project / f"rules/{file}.smk"
    text = rules.read_text()
    assert text.count(honest) == 1
    rules.write_text(text.replace(honest, leaking))
    target = "results/rest/6_folds/ssc/scores.tsv"
    process = snakemake(project, target, config=run_config(), project=project)
    assert process.returncode != 0
    assert "experiment 'ssc' is not honest" in process.stdout
    assert re.search(r"depends on control00\d.*, by the way", process.stdout)


def test_a_file_of_a_job_of_many_scopes_is_made_of_its_own_sources_alone(resting):
    folder = Path("results/rest/5_features/ica/repeat-1_fold-2")
    made = resting / folder / "fold-1_maps.npy"
    said = json.loads(made.with_suffix(".json").read_text())
    sources = said["Sources"]
    assert [path for path in sources if "/ica/" in path] == [str(folder / "maps.npy")]
    assert said["shape"] == list(np.load(made).shape) and said["shape"][0] == 4
    (bold,) = (path for path in sources if f"/sub-{said['subjects'][1]}/" in path)
    mask = next(path for path in sources if "mask" in path)
    _, again = dual_regression(
        read_voxels(resting / bold, resting / mask),
        np.load(resting / folder / "maps.npy"),
        normalise=True,
    )
    # The last digit of float16 may be rounded otherwise with other BLAS threads.
    np.testing.assert_allclose(np.load(made)[1], again, rtol=2**-10, atol=1e-4)


def test_bold_is_on_the_grid_and_denoised_to_mean_zero(results):
    paths = sorted((results / "4_func").rglob(f"*{BOLD}_desc-denoised_bold.nii.gz"))
    assert len(paths) == 8
    image = nib.load(paths[0])
    assert image.shape == (28, 32, 28, 80)
    data = image.get_fdata()
    assert np.isfinite(data).all() and data.std() > 0
    np.testing.assert_allclose(data.mean(-1), 0, atol=1e-3)  # % of a float32 image


def test_gradients_are_those_of_networks_that_had_not_seen_the_session(results):
    paths = list((results / "7_maps/ssc").rglob("*_desc-components_gradient.nii.gz"))
    assert len(paths) == 8
    image = nib.load(paths[0])
    assert image.shape == (28, 32, 28, 4) and image.get_fdata().any()


def test_the_report_shows_components_protocols_and_the_audit(resting):
    process = snakemake(
        resting, "--report", "report.html", config=run_config(), project=resting
    )
    assert process.returncode == 0, process.stdout[-3000:]
    page = (resting / "report.html").read_text()
    for figure in ("components", "protocols", "optimism", "audit", "ranking"):
        assert figure in page


def test_a_replica_added_later_reruns_no_honest_network(resting):
    config = run_config()
    config["experiments"]["rsp"]["run_as"] = ["honest"]
    process = snakemake(resting, "--dry-run", config=config, project=resting)
    assert "train_fold" not in planned_jobs(process)


def test_preprocessed_images_are_a_start_too(resting, results, tmp_path):
    dataset = fmriprep_like(results, tmp_path / "fmriprep")
    rows = ["participant_id\tsession_id\tgroup\tage\tsex\tsite"]
    for subject in sorted(path.name for path in dataset.glob("sub-*")):
        rows.append(f"{subject[4:]}\t1\t{subject[4:11]}\t40\tF\tA")
    (tmp_path / "cohort.tsv").write_text("\n".join(rows) + "\n")
    config = run_config(study="given", source="derivatives")
    config["cohort"] = str(tmp_path / "cohort.tsv")
    config["derivatives"] = {
        "dataset": str(dataset),
        "entities": {"space": "MNI152NLin2009cAsym"},
    }
    process = snakemake(resting, "--dry-run", config=config, project=resting)
    jobs = planned_jobs(process)
    assert jobs["import_derivatives"] == jobs["denoise_bold"] == 8
    assert not {"convert_dicom", "correct_t1w", "realign_bold"} & set(jobs)
    stem = "sub-patient001_ses-1_task-rest"
    given = f"4_func/sub-patient001/ses-1/{stem}_space-MNI152NLin2009cAsym"
    target = f"results/given/{given}_desc-denoised_bold.nii.gz"
    process = snakemake(resting, target, config=config, project=resting)
    assert process.returncode == 0, process.stdout[-3000:]
    ours = nib.load(resting / target).get_fdata()
    theirs = next((results / "4_func/sub-patient001").rglob("*denoised_bold.nii.gz"))
    # The same run through the same model: equal but for how outliers are found anew.
    inside = nib.load(theirs).get_fdata().std(-1) > 0
    r = np.corrcoef(ours[inside].ravel(), nib.load(theirs).get_fdata()[inside].ravel())
    assert r[0, 1] > 0.99


def fmriprep_like(results, dataset):
    """Lay stage 4's output out as fMRIPrep does."""
    for folder in sorted((results / "4_func").glob("sub-*/ses-1")):
        subject = folder.parent.name
        target = dataset / subject / "ses-1/func"
        target.mkdir(parents=True)
        stem = f"{subject}_ses-1_task-rest"
        for name in ("preproc_bold.nii.gz", "preproc_bold.json", "brain_mask.nii.gz"):
            shutil.copy(
                folder / f"{stem}_space-MNI152NLin2009aSym_desc-{name}",
                target / f"{stem}_space-MNI152NLin2009cAsym_desc-{name}",
            )
        shutil.copy(folder / f"{stem}_desc-confounds_timeseries.tsv", target)
    return dataset
