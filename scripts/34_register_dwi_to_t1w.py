"""Register one session's b = 0 image to its T1w image on the analysis grid."""

import logging

import numpy as np

from scan2map.dwi.gradients import phase_axis
from scan2map.images import read_array, read_grid, read_json, read_mask, write_image
from scan2map.jobs import begin
from scan2map.registration import on_analysis_grid, register_epi
from scan2map.transforms import pull, write_field

begin(snakemake)
paths = snakemake.input
b0, b0_mask = read_array(paths.b0), read_mask(paths.mask)
_, affine = read_grid(paths.b0)
t1w, t1w_mask, grid = on_analysis_grid(
    read_array(paths.t1w),
    read_mask(paths.t1w_mask),
    read_grid(paths.t1w)[1],
    **snakemake.params.grid,
)
sidecar = read_json(paths.sidecar) if paths.get("sidecar") else {}
axis = int(np.abs(affine[:3, phase_axis(sidecar)]).argmax())
field = register_epi(
    b0,
    affine,
    b0_mask,
    t1w=t1w,
    grid=grid,
    t1w_mask=t1w_mask,
    phase=axis,
    method=snakemake.params.dwi["registration"],
    seed=snakemake.params.seed,
)
write_field(field, grid, snakemake.output.xfm)
write_image(pull(b0, affine, field, grid), grid, snakemake.output.b0)
logging.info("world axis of the phase encoding: %s (0 x, 1 y, 2 z)", axis)
