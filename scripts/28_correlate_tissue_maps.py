"""Correlate every session's map of a tissue with those of all others."""

import logging

import numpy as np

from scan2map.homogeneity import coarse_values, correlate, mean_correlation
from scan2map.images import read_array, read_grid, read_mask
from scan2map.jobs import begin

begin(snakemake)
mask, names = read_mask(snakemake.input.mask), snakemake.params.names
voxel_size = read_grid(snakemake.input.mask)[1][0, 0]
maps = [coarse_values(read_array(p), mask, voxel_size) for p in snakemake.input.maps]
matrix = correlate(np.stack(maps), names)
np.savetxt(
    snakemake.output[0], matrix, "%.5f", "\t", header="\t".join(names), comments=""
)
for name, mean in zip(names, mean_correlation(matrix), strict=True):
    logging.info("%s: mean correlation with the others %.3f", name, mean)
