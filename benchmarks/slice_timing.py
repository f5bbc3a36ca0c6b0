"""Compare slice timing with SPM12's on the same run."""

import numpy as np
from _study import ROOT, say

from scan2map.func.slice_timing import correct_slice_timing
from scan2map.images import read_array, read_json

PREPROC = ROOT.parent / "shared/data/spm12/preproc"
REFERENCES = {"st_ms": 1.0, "st_order": 17 / 18}
"""Folder of SPM's result, and the moment (s) that slices were shifted to."""

facts, data = read_json(PREPROC / "preproc.json"), read_array(PREPROC / "bold.nii.gz")
for name, reference in REFERENCES.items():
    ours = correct_slice_timing(data, facts["slice_times_s"], reference, facts["TR"])
    spm = read_array(PREPROC / name / "abold.nii.gz")
    worst = np.abs(ours - spm).max()
    # SPM's file holds whole numbers: 0.5 is what its rounding makes of equal values.
    unit = "largest difference from SPM's file"
    say(f"slice_timing_{name}", f"{worst:.4f}", unit, "< 0.501", worst < 0.501)
