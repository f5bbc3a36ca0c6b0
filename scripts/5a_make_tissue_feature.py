"""Write one session's map of a tissue as the array that networks read."""

import logging

import numpy as np

from scan2map.features import describe_tissue, tissue_feature
from scan2map.images import read_array, read_grid, write_json
from scan2map.jobs import begin

begin(snakemake)
path = snakemake.input.tissue_map
feature = tissue_feature(read_array(path))
np.save(snakemake.output.feature, feature)
write_json(
    describe_tissue(
        feature,
        affine=read_grid(path)[1],
        tissue=snakemake.wildcards.tissue,
        space=snakemake.params.space,
        modulated=snakemake.params.modulated,
        fwhm=snakemake.params.fwhm,
    ),
    snakemake.output.json,
)
logging.info("%d voxels with %s", (feature > 0).sum(), snakemake.wildcards.tissue)
