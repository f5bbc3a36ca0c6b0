"""Shift the slices of one session's BOLD to the middle of each volume."""

import logging

import numpy as np

from scan2map.func.series import repetition_time, write_series
from scan2map.func.slice_timing import correct_slice_timing, slice_times, why_not
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)
image = nib.load(snakemake.input.bold)
sidecar = read_json(snakemake.input.sidecar)
seconds = repetition_time(sidecar, image.header)
data = image.get_fdata(dtype=np.float32)
times = slice_times(sidecar, data.shape)
reason = why_not(times, seconds, wanted=snakemake.params.slice_timing)

if reason:
    facts = {"SliceTimingCorrected": False, "SliceTimingNote": reason}
    logging.info("slice timing is left out: %s", reason)
else:
    data = correct_slice_timing(
        data, times, reference=seconds / 2, repetition_time=seconds
    )
    facts = {"SliceTimingCorrected": True, "StartTime": seconds / 2}
    del sidecar["SliceTiming"]
    logging.info("slices are shifted to %g s after a volume's start", seconds / 2)
write_series(
    np.moveaxis(data, -1, 0),
    image.affine,
    snakemake.output.bold,
    seconds,
    sidecar | facts,
)
