"""Take one session's tissue map of another programme onto the analysis grid."""

import logging

from scan2map.images import MNI_CENTRE, analysis_grid, write_image
from scan2map.jobs import begin
from scan2map.tissues import read_tissue, regrid_tissue

begin(snakemake)
grid = snakemake.params.grid
data, affine = read_tissue(snakemake.input[0])
target = analysis_grid(MNI_CENTRE, grid["shape"], grid["voxel_size"])
tissue = regrid_tissue(data, affine, grid["shape"], target, fwhm=snakemake.params.fwhm)
write_image(tissue, target, snakemake.output[0])
logging.info("%s: %s, sum %.4g", snakemake.input[0], data.shape, data.sum())
