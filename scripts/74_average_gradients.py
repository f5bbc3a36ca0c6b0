"""Average one session's maps of components over repeats, on the grid."""

import logging

import numpy as np

from scan2map.images import read_grid, read_json, read_mask, to_image, write_image
from scan2map.jobs import begin
from scan2map.sensitivity import average_over_repeats, maps_of_session
from scan2map.sensitivity.components import COMPONENT_UNIT

begin(snakemake)
maps = maps_of_session(
    [np.load(path, mmap_mode="r") for path in snakemake.input.stacks],
    [read_json(path) for path in snakemake.input.tables],
    snakemake.wildcards.subject,
    snakemake.wildcards.session,
)
mask_path = snakemake.input.mask
image = to_image(average_over_repeats(maps), read_mask(mask_path))
sidecar = {
    "Description": "derivative of the logit by each component, mean over repeats",
    "Units": COMPONENT_UNIT,
    "Repeats": len(maps),
}
write_image(image, read_grid(mask_path)[1], snakemake.output[0], sidecar)
logging.info("averaged %d repeats", len(maps))
