"""Write where in MNI space the phantom's resting-state networks are."""

import logging

from scan2map.images import MNI_CENTRE, analysis_grid, write_image
from scan2map.jobs import begin
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.resting_state import NETWORKS, average_networks

begin(snakemake)
shape = tuple(snakemake.params.grid["shape"])
affine = analysis_grid(MNI_CENTRE, shape, snakemake.params.grid["voxel_size"])
maps = average_networks(read_template(), affine, shape)
write_image(
    maps,
    affine,
    snakemake.output.image,
    sidecar={
        "Description": "Share of a resting-state network in each voxel, 0 to 1",
        "Space": "MNI152NLin2009aSym, RAS+ mm",
        "Volumes": list(NETWORKS),
    },
)
for name, network in zip(NETWORKS, maps.T, strict=True):
    logging.info("%s: up to %.2f", name, network.max())
