"""Reduce one session's BOLD to its strongest principal components."""

import logging

import numpy as np

from scan2map.ica import (
    check_dimensions,
    normalise_variance,
    read_voxels,
    reduce_session,
)
from scan2map.images import read_json
from scan2map.jobs import begin

begin(snakemake)
settings = snakemake.params.ica
left = read_json(snakemake.input.sidecar)["DegreesOfFreedom"]
check_dimensions(left, settings["components"])
data = read_voxels(snakemake.input.bold, snakemake.input.mask)
reduced = reduce_session(normalise_variance(data), settings["reduce_to"])
np.save(snakemake.output.reduced, reduced)
without = (np.ptp(data, axis=0) == 0).sum()
logging.info("%d of %d components are kept", len(reduced), len(data))
logging.info("%d of %d voxels never change", without, data.shape[1])
