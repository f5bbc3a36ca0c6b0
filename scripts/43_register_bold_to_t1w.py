"""Register one session's mean BOLD image to its T1w image on the analysis grid."""

import logging

import numpy as np

from scan2map.dwi.gradients import phase_axis
from scan2map.func.masking import mask_bold
from scan2map.images import read_array, read_grid, read_json, read_mask, write_image
from scan2map.jobs import begin
from scan2map.registration import on_analysis_grid, register_epi
from scan2map.transforms import pull, write_field

begin(snakemake)
paths, method = snakemake.input, snakemake.params.func["registration"]
boldref, affine = read_array(paths.boldref), read_grid(paths.boldref)[1]
t1w, t1w_mask, grid = on_analysis_grid(
    read_array(paths.t1w),
    read_mask(paths.t1w_mask),
    read_grid(paths.t1w)[1],
    **snakemake.params.grid,
)
axis = int(np.abs(affine[:3, phase_axis(read_json(paths.sidecar))]).argmax())
field = register_epi(
    boldref,
    affine,
    mask_bold(boldref, affine),
    t1w=t1w,
    grid=grid,
    t1w_mask=t1w_mask,
    phase=axis,
    method=method,
    seed=snakemake.params.seed,
)
write_field(field, grid, snakemake.output.xfm)
write_image(pull(boldref, affine, field, grid), grid, snakemake.output.boldref)
logging.info("%s; world axis of the phase encoding: %s (0 x, 1 y, 2 z)", method, axis)
