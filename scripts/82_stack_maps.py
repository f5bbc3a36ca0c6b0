"""Smooth, scale and mask the maps of an analysis, one after the other."""

import numpy as np

from scan2map.designs import global_values
from scan2map.images import mask_on_grid, write_image, write_json
from scan2map.jobs import begin
from scan2map.measured import read_volumes, with_volumes
from scan2map.statistics import check_grids, read_map
from scan2map.statistics.analysis import stack_analysis
from scan2map.statistics.stacks import average_maps, refuse_constant, take_apart

begin(snakemake)
asked, sizes = snakemake.params.statistics, snakemake.params.images
paths, mirror = list(snakemake.input.maps), snakemake.params.mirror
shape, affine = check_grids(paths)
masks = [mask_on_grid(path, shape, affine) for path in snakemake.input.masks]

sessions = snakemake.params.sessions
if snakemake.input.volumes:
    volumes = read_volumes(snakemake.input.volumes)
    sessions = {who: with_volumes(rows, volumes) for who, rows in sessions.items()}


read = iter(zip(paths, mirror, strict=True))
files = [[next(read) for _ in range(size)] for size in sizes]


def map_of(path, flip):
    """Return the map of one session; one that somebody gave must tell something."""
    image = read_map(path, asked["mask"]["implicit"])
    if snakemake.params.kind == "column":
        refuse_constant(image, path)
    return image[:: -1 if flip else 1]


stack = stack_analysis(
    (average_maps([map_of(*file) for file in row]) for row in files),
    n_images=len(sizes),
    path=snakemake.output.stack,
    asked=asked,
    explicit=np.logical_and.reduce(masks) if masks else None,
    affine=affine,
    values=global_values(sessions, asked),
    names=[" and ".join(path for path, _ in row) for row in files],
)
write_image(take_apart(stack.mask, stack.n_maps), affine, snakemake.output.mask)
description = {
    "Maps": stack.n_maps,
    "Voxels": stack.data.shape[1],
    "ConstantVoxels": stack.constant,
    "NotFinite": dict(zip(paths, stack.not_finite, strict=True))
    if len(paths) == len(sizes)
    else stack.not_finite,
    "GlobalValues": stack.globals.tolist(),
    "FWHM_mm": asked["fwhm"],
}
write_json(description, snakemake.output.description)
