"""Take one session's tissue map of another programme onto the analysis grid."""

import logging

from scan2map.images import MNI_CENTRE, analysis_grid, write_image
from scan2map.jobs import begin
from scan2map.tissues import import_tissue

begin(snakemake)
params = snakemake.params
shape = params.grid["shape"]
target = analysis_grid(MNI_CENTRE, shape, params.grid["voxel_size"])
tissue = import_tissue(
    snakemake.input[0],
    shape,
    target,
    tissue=snakemake.wildcards.tissue,
    modulated=params.modulated,
    fwhm=params.fwhm,
)
write_image(tissue, target, snakemake.output[0])
logging.info("%s: sum %.4g", snakemake.input[0], tissue.sum())
