"""Bring one session's tensors, and their invariants, to T1w or MNI space."""

import logging

import numpy as np

from scan2map.dwi.space import warp_tensor
from scan2map.images import read_array, read_grid, read_mask, write_image
from scan2map.jobs import begin
from scan2map.tensor import METRIC_UNITS, SIDECAR, invariants
from scan2map.transforms import compose, pull, read_field

begin(snakemake)
paths = snakemake.input
to_dwi, grid = read_field(paths.xfm)
to_t1w = np.zeros_like(to_dwi)
if paths.get("xfm_mni"):
    to_t1w, mni_grid = read_field(paths.xfm_mni)
    to_dwi, grid = compose(to_t1w, mni_grid, to_dwi, grid), mni_grid
brain = read_mask(paths.t1w_mask).astype(float)
tensor, valid, counts = warp_tensor(
    read_array(paths.tensor),
    read_grid(paths.tensor)[1],
    read_mask(paths.mask),
    to_dwi,
    grid,
    within=pull(brain, read_grid(paths.t1w_mask)[1], to_t1w, grid) >= 0.5,
)
logging.info("tensors: %s", counts)
write_image(tensor, grid, snakemake.output.tensor, SIDECAR | counts)
for name, values in invariants(tensor).items():
    write_image(values, grid, snakemake.output[name], {"Units": METRIC_UNITS[name]})
write_image(valid, grid, snakemake.output.mask)
