"""Run a real session's BOLD from DICOM to MNI space, all steps of the preset on.

The preset of resting-state networks at its own resolution, with `source: dicom`. Four
participants of a cohort share the session's DICOM; one of them is computed. Multiband,
20 volumes of 1 s with voxels of 3.4 mm that miss the lowest part of the brain: enough
for all steps but denoising, for which 20 s are too short.
"""

import csv
import tempfile
from pathlib import Path

import numpy as np
from _study import ROOT, run_study, say, write_shared_cohort

from scan2map.func.masking import mask_bold
from scan2map.func.quality import temporal_snr
from scan2map.images import read_array, read_grid, read_json, read_mask
from scan2map.registration import on_analysis_grid
from scan2map.template import SPACE
from scan2map.transforms import pull, read_field

DICOM = ROOT.parent / "shared/data/siemens_xa30/dicom"
SERIES = {
    "T1w": {"SeriesDescription": "T1w", "ImageTypeText": "NORM"},
    "bold": {"SeriesDescription": "^func-bold"},
}
EXPERIMENT = {
    "label": "images",
    "feature": {"kind": "bold", "volumes": 10},
    "folds": {"k": 2, "repeats": 1},
    "network": {"name": "voxnet"},
}
SESSION = "sub-P1/ses-1/sub-P1_ses-1"
FUNC = f"4_func/{SESSION}_task-rest"
BOLD = f"{FUNC}_space-{SPACE}_desc-preproc_bold"
CONFOUNDS = f"{FUNC}_desc-confounds_timeseries.tsv"


def dice(one, other):
    """Return the Dice overlap of two masks."""
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def overlap(results, grid):
    """Return the Dice overlap, in T1w space, of the brains that BOLD and T1w show.

    Voxels outside the field of view of the BOLD do not count.
    """
    path = results / f"{FUNC}_boldref.nii.gz"
    boldref, (_, affine) = read_array(path), read_grid(path)
    xfm = results / f"{FUNC}_from-T1w_to-boldref_mode-image_xfm.nii.gz"
    field = read_field(xfm)
    t1w = results / f"2_anat/{SESSION}_desc-preproc_T1w.nii.gz"
    _, brain, _ = on_analysis_grid(
        read_array(t1w),
        read_mask(results / f"2_anat/{SESSION}_desc-brain_mask.nii.gz"),
        read_grid(t1w)[1],
        **grid,
    )
    seen = pull(np.ones(boldref.shape), affine, *field) > 0.99
    found = pull(mask_bold(boldref, affine).astype(float), affine, *field) >= 0.5
    return dice(found & seen, brain & seen)


def seconds(results):
    """Return how long the rules of stage 4 took together."""
    total = 0.0
    for path in (results / "benchmarks/4_func").glob("*/sub-P1_ses-1.tsv"):
        with open(path) as table:
            total += sum(
                float(row["s"]) for row in csv.DictReader(table, delimiter="\t")
            )
    return total


with tempfile.TemporaryDirectory() as folder:
    cohort = Path(folder) / "cohort.tsv"
    write_shared_cohort(cohort, DICOM, ("nonresponder", "responder"))
    results, config = run_study(
        "config/studies/teh2022.yaml",
        study="xa30_func",
        targets=[f"{BOLD}.nii.gz", CONFOUNDS],
        source="dicom",
        cohort=str(cohort),
        bids={"series": SERIES},
        statistics={"covariates": []},
        experiments={"rsp": EXPERIMENT},
    )

fit = overlap(results, config["grid"])
say("xa30_bold_to_t1w", f"{fit:.3f}", "Dice of brains", ">= 0.9", fit >= 0.9)

mask = read_mask(results / f"{FUNC}_space-{SPACE}_desc-brain_mask.nii.gz")
template = read_mask(results / "2_anat/template/grid_brain_mask.nii.gz")
fit = dice(mask, template)
say("xa30_bold_to_mni", f"{fit:.3f}", "Dice, template", ">= 0.9", fit >= 0.9)

data = read_array(results / f"{BOLD}.nii.gz")[mask].T
snr = np.median(temporal_snr(data))
say("xa30_bold_snr", f"{snr:.0f}", "median over time", ">= 40", snr >= 40)

said = read_json(results / f"{BOLD}.json")
moment = said.get("StartTime", "none")
corrected = said["SliceTimingCorrected"]
say("xa30_bold_slices", moment, "s, moment of slices", "0.5", corrected)

took = seconds(results)
say("xa30_bold_time", f"{took:.0f}", "s of stage 4", "<= 300", took <= 300)
