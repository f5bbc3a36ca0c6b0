"""Average one kind of activation map over each group, and subtract the means."""

import logging

from scan2map.images import read_array, read_grid, write_image
from scan2map.jobs import begin
from scan2map.sensitivity.activation_kinds import DESCRIPTIONS, UNITS
from scan2map.sensitivity.groups import group_means

begin(snakemake)
params, kind = snakemake.params, snakemake.wildcards.kind
reference, affected = group_means(
    map(read_array, snakemake.input.maps),
    params.participants,
    params.groups,
    params.order,
)
affine = read_grid(snakemake.input.maps[0])[1]
said = [f"mean over the group '{group}'" for group in params.order]
said.append("mean of {1} minus mean of {0}".format(*params.order))
images = reference, affected, affected - reference
for image, what, path in zip(images, said, snakemake.output, strict=True):
    about = {"Description": f"{DESCRIPTIONS[kind]}; {what}", "Units": UNITS[kind]}
    write_image(image, affine, path, about)
logging.info("%d sessions", len(params.participants))
