"""Write one session's tensors as the array that networks read."""

import logging

import numpy as np

from scan2map.features import describe_feature, tensor_feature
from scan2map.images import read_array, read_grid, read_mask, write_json
from scan2map.jobs import begin

begin(snakemake)
_, affine = read_grid(snakemake.input.tensor)
mask = read_mask(snakemake.input.mask)
settings = {
    "mirrored": snakemake.params.mirror,
    "highest_md": snakemake.params.highest_md,
}
feature = tensor_feature(read_array(snakemake.input.tensor), mask, **settings)
np.save(snakemake.output.feature, feature)
write_json(
    describe_feature(
        feature, affine=affine, space=snakemake.wildcards.space, **settings
    ),
    snakemake.output.json,
)
logging.info(
    "%d voxels with a tensor, mirrored: %s", mask.sum(), snakemake.params.mirror
)
