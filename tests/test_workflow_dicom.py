"""A real session, from the scanner's DICOM to tensors in MNI space."""

import json

import nibabel as nib
import numpy as np
import pytest
from workflow import phantom_config, snakemake

PATTERNS = {
    "T1w": {"SeriesDescription": "T1w", "ImageTypeText": "NORM"},
    "dwi": {"SeriesDescription": "^DWI_dir80_PA$"},
}
DWI = "results/xa30/3_dwi/sub-P1/ses-1/sub-P1_ses-1"
TENSOR = f"{DWI}_space-MNI152NLin2009aSym_tensor.nii.gz"


@pytest.fixture
def study(tmp_path, shared_data):
    """Settings and a cohort whose four participants' series are links to one's."""
    dicom = shared_data / "siemens_xa30" / "dicom"
    rows = ["participant_id\tsession_id\tgroup\tage\tsex\tsite\tdicom"]
    for number in range(1, 5):
        group = ("control", "patient")[number % 2]
        (tmp_path / f"scan{number}").mkdir()
        for series in dicom.iterdir():
            (tmp_path / f"scan{number}" / series.name).symlink_to(series)
        rows.append(f"P{number}\t1\t{group}\t40\tF\tA\tscan{number}")
    (tmp_path / "cohort.tsv").write_text("\n".join(rows) + "\n")
    config = phantom_config(study="xa30", source="dicom", cohort="cohort.tsv")
    config["bids"]["series"] = PATTERNS
    config["anat"] |= {"registration": "affine", "template_resolution": 4.0}
    config["dwi"] |= {"denoise": "none", "eddy": "none", "registration": "affine"}
    config["statistics"] = {"covariates": [], "corrections": ["bonferroni"]}
    for experiment in config["experiments"].values():
        experiment["folds"] = {"k": 2, "repeats": 1}
    return tmp_path, config


def test_a_real_session_becomes_tensors_in_mni_space(study):
    folder, config = study
    process = snakemake(folder, TENSOR, config=config)
    assert process.returncode == 0, process.stdout[-3000:]
    tensor = nib.load(folder / TENSOR).get_fdata()
    inside = tensor.any(-1)
    mean_diffusivity = tensor[inside][:, [0, 3, 5]].mean()
    assert 1.2e6 < inside.sum() * 64 < 2.2e6  # mm³, of a human brain at 4 mm
    assert 0.5e-3 < mean_diffusivity < 1.5e-3  # mm²/s
    sidecar = json.loads((folder / TENSOR.replace(".nii.gz", ".json")).read_text())
    assert "mm" in json.dumps(sidecar) and np.isfinite(tensor).all()


def test_a_series_that_is_not_there_is_answered_with_what_is(study):
    folder, config = study
    config["bids"]["series"]["dwi"] = {"SeriesDescription": "^DTI$"}
    process = snakemake(folder, TENSOR, config=config)
    assert process.returncode != 0
    assert "DWI_dir80_PA" in process.stdout and "no series" in process.stdout.lower()
    assert not list((folder / "results/xa30/1_bids").rglob("*.nii.gz"))
