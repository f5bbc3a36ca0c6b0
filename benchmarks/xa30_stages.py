"""Run a real session from DICOM to tensors in MNI space, all steps of the preset on.

The paper's preset at its own resolution, with `source: dicom`. Four participants of a
cohort share the session's DICOM; one of them is computed. In the end, the tensors are
compared with the white matter of the MNI template: where all registrations are right,
diffusion is anisotropic there. The session has 20 directions at b = 2500, voxels of
3 mm, and misses the lowest part of the brain.
"""

import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
from _study import ROOT, run_study, say, write_shared_cohort

from scan2map.images import read_array, read_grid, read_mask
from scan2map.template import SPACE, template_path
from scan2map.transforms import grid_points, sample

DICOM = ROOT.parent / "shared/data/siemens_xa30/dicom"
SERIES = {
    "T1w": {"SeriesDescription": "T1w", "ImageTypeText": "NORM"},
    "dwi": {"SeriesDescription": "^DWI_dir80_PA$"},
}
ANISOTROPIC = 0.2
FOLDS = {"k": 2, "repeats": 1}
FEATURE = {"kind": "tensor", "space": SPACE}
PREFIX = f"3_dwi/sub-P1/ses-1/sub-P1_ses-1_space-{SPACE}"


def overlap(results):
    """Return the Dice overlap of anisotropy with the template's white matter."""
    fa_path = results / f"{PREFIX}_FA.nii.gz"
    fa = read_array(fa_path)
    inside = read_mask(results / f"{PREFIX}_desc-tensor_mask.nii.gz")
    template = nib.load(template_path("WM"))
    points = grid_points(fa.shape, read_grid(fa_path)[1])
    white = sample(template.get_fdata() / 255, template.affine, points) > 0.5
    anisotropic = fa > ANISOTROPIC
    white, anisotropic = white & inside, anisotropic & inside
    return 2 * (white & anisotropic).sum() / (white.sum() + anisotropic.sum())


with tempfile.TemporaryDirectory() as folder:
    cohort = Path(folder) / "cohort.tsv"
    write_shared_cohort(cohort, DICOM, ("control", "patient"))
    results, _ = run_study(
        "config/studies/estudillo2022.yaml",
        study="xa30",
        targets=[f"{PREFIX}_tensor.nii.gz"],
        source="dicom",
        cohort=str(cohort),
        bids={"series": SERIES},
        statistics={"covariates": []},
        experiments={"mni": {"label": "MNI", "feature": FEATURE, "folds": FOLDS}},
    )
    tensor = read_array(results / f"{PREFIX}_tensor.nii.gz")
    volume = np.any(tensor, axis=-1).sum() * 8 / 1000
    dice = overlap(results)
    say(
        "xa30_brain",
        f"{volume:.0f}",
        "mL of tensors in MNI",
        "1200-2000",
        1200 < volume < 2000,
    )
    say(
        "xa30_white_matter",
        f"{dice:.2f}",
        "Dice, FA > 0.2 and template",
        ">= 0.5",
        dice >= 0.5,
    )
