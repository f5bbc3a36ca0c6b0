"""Converted images become a BIDS dataset that the validator accepts."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from scan2map import bids_dataset
from scan2map.images import write_json

COHORT = [
    {"participant_id": "b", "session_id": "1", "group": "x", "age": "50", "iq": "n/a"},
    {"participant_id": "b", "session_id": "2", "group": "x", "age": "51", "iq": "n/a"},
    {"participant_id": "a", "session_id": "1", "group": "y", "age": "60", "iq": "9"},
]


def test_there_is_one_row_per_participant():
    rows = bids_dataset.participants(COHORT)
    assert [row["participant_id"] for row in rows] == ["sub-a", "sub-b"]


def test_a_column_that_differs_between_sessions_is_left_out():
    assert list(bids_dataset.participants(COHORT)[0]) == [
        "participant_id",
        "group",
        "iq",
    ]


def test_paths_and_empty_columns_are_not_told():
    cohort = [row | {"dicom": "/data/x", "family": "n/a"} for row in COHORT]
    assert bids_dataset.participants(cohort) == bids_dataset.participants(COHORT)


def test_every_column_is_described():
    rows = bids_dataset.participants(COHORT)
    described = bids_dataset.describe_columns(rows)
    assert described.keys() == rows[0].keys()
    assert described["iq"]["Description"].startswith("Covariate")


def test_a_table_reads_back(tmp_path):
    bids_dataset.write_table(COHORT, tmp_path / "cohort.tsv")
    assert bids_dataset.read_table(tmp_path / "cohort.tsv") == COHORT


def save(stem, shape, sidecar):
    stem.parent.mkdir(parents=True)
    image = nib.Nifti1Image(np.ones(shape, np.int16), np.eye(4))
    image.header.set_zooms((1, 1, 1, 2)[: len(shape)])
    image.header.set_xyzt_units("mm", "sec")
    nib.save(image, f"{stem}.nii.gz")
    write_json(sidecar, f"{stem}.json")


@pytest.fixture
def dataset(tmp_path):
    """A dataset of one participant with tiny images, and the cohort in it."""
    session = tmp_path / "sub-a" / "ses-1"
    save(session / "anat" / "sub-a_ses-1_T1w", (4, 4, 4), {"Modality": "MR"})
    timing = {"RepetitionTime": 2, "SliceTiming": [0, 1, 0.5, 1.5], "TaskName": "rest"}
    save(session / "func" / "sub-a_ses-1_task-rest_bold", (4, 4, 4, 2), timing)
    bids_dataset.write_table(COHORT[2:], tmp_path / "cohort.tsv")
    rows = bids_dataset.participants(COHORT[2:])
    bids_dataset.write_table(rows, tmp_path / "participants.tsv")
    write_json(bids_dataset.describe_columns(rows), tmp_path / "participants.json")
    description = bids_dataset.describe_dataset("study", "dicom")
    write_json(description, tmp_path / "dataset_description.json")
    (tmp_path / "README").write_text(bids_dataset.readme("study", rows))
    (tmp_path / ".bidsignore").write_text(bids_dataset.bidsignore())
    return tmp_path


@pytest.mark.parametrize("shrunk", [False, True])
def test_the_validator_finds_no_error(dataset, shrunk):
    if shrunk:
        left = dataset / "sub-gone" / "ses-1" / "anat"
        shutil.copytree(dataset / "sub-a" / "ses-1" / "anat", left)
        for file in left.iterdir():
            file.rename(left / file.name.replace("sub-a", "sub-gone"))
        rows = bids_dataset.participants(COHORT[2:])
        everybody = bids_dataset.with_left_over(rows, dataset)
        bids_dataset.write_table(everybody, dataset / "participants.tsv")
    validator = Path(sys.executable).with_name("bids-validator-deno")
    if not validator.exists():
        pytest.skip(f"bids-validator-deno is not beside {sys.executable}")
    done = subprocess.run(
        [validator, "--format", "json", dataset], capture_output=True, text=True
    )
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [issue for issue in issues if issue["severity"] == "error"] == []
    assert done.returncode == 0


def test_participants_left_over_have_a_row_without_values(tmp_path):
    for name in ("sub-a", "sub-gone"):
        (tmp_path / name).mkdir()
    rows = [{"participant_id": "sub-a", "group": "control"}]
    assert bids_dataset.with_left_over(rows, tmp_path) == [
        {"participant_id": "sub-a", "group": "control"},
        {"participant_id": "sub-gone", "group": "n/a"},
    ]
