"""Average one session's sensitivity over repeats and bring it to MNI."""

import logging

import numpy as np

from scan2map.images import read_grid, read_json, write_image
from scan2map.jobs import begin
from scan2map.sensitivity import (
    METRICS,
    UNITS,
    average_over_repeats,
    maps_of_session,
)
from scan2map.transforms import pull, read_field

begin(snakemake)
maps = maps_of_session(
    [np.load(path, mmap_mode="r") for path in snakemake.input.stacks],
    [read_json(path) for path in snakemake.input.tables],
    snakemake.wildcards.subject,
    snakemake.wildcards.session,
)
mean = average_over_repeats(maps, mirrored=snakemake.params.mirror)
logging.info("averaged %d repeats", len(maps))

affine = read_grid(snakemake.input.grid)[1]
if snakemake.input.xfm:
    field, target = read_field(snakemake.input.xfm)
    channels = pull(np.moveaxis(mean, 0, -1), affine, field, target)
    mean, affine = np.moveaxis(channels, -1, 0), target
for metric, path in zip(snakemake.params.metrics, snakemake.output, strict=True):
    sidecar = {
        "Description": f"derivative of the logit by {metric}, mean over repeats",
        "Units": UNITS[metric],
        "Repeats": len(maps),
        "Interpolation": "linear" if snakemake.input.xfm else "none",
    }
    write_image(mean[METRICS.index(metric)], affine, path, sidecar)
