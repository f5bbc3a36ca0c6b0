"""Average one session's activation maps over the networks that had not seen it."""

import logging

import numpy as np

from scan2map.images import read_grid, read_json, write_image
from scan2map.jobs import begin
from scan2map.sensitivity import average_over_repeats, maps_of_session
from scan2map.sensitivity.activation_kinds import sidecar

begin(snakemake)
maps = maps_of_session(
    [np.load(path, mmap_mode="r") for path in snakemake.input.stacks],
    [read_json(path) for path in snakemake.input.tables],
    snakemake.wildcards.subject,
    snakemake.wildcards.session,
)
mean = average_over_repeats(maps)
affine = read_grid(snakemake.input.grid)[1]
for image, kind, path in zip(
    mean, snakemake.params.kinds, snakemake.output, strict=True
):
    write_image(image, affine, path, sidecar(kind, len(maps)))
logging.info("averaged %d networks", len(maps))
