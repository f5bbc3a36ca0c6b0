"""Bring one session's BOLD to MNI space, interpolated once."""

import logging

import numpy as np

from scan2map.func.series import Masked, kept, read_volumes, write_series
from scan2map.func.warping import warp_volumes, with_data
from scan2map.images import read_grid, read_json, read_mask, write_image
from scan2map.jobs import begin
from scan2map.transforms import compose, grid_points, pull, read_field

begin(snakemake)
paths = snakemake.input
to_t1w, grid = read_field(paths.xfm_mni)
to_bold = compose(to_t1w, grid, *read_field(paths.xfm))
brain = read_mask(paths.t1w_mask).astype(float)
inside = pull(brain, read_grid(paths.t1w_mask)[1], to_t1w, grid) >= 0.5

values = warp_volumes(
    read_volumes(paths.bold),
    read_grid(paths.bold)[1],
    points=(grid_points(inside.shape, grid) + to_bold)[inside],
    matrices=np.load(paths.matrices),
)
values, mask = with_data(values, inside)
logging.info("%d of %d voxels of the brain have data", mask.sum(), inside.sum())

sidecar = read_json(paths.sidecar)
seconds = sidecar["RepetitionTime"]
facts = kept(sidecar) | {"SkullStripped": True}
series = Masked(values, mask)
write_series(series, grid, snakemake.output.bold, seconds, facts)
write_image(mask, grid, snakemake.output.mask)
write_image(Masked(values.mean(0)[None], mask)[0], grid, snakemake.output.boldref)
