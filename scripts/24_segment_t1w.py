"""Divide the brain of a T1w image into fluid, grey and white matter."""

import logging

from scan2map.images import read_array, read_grid, read_mask, write_image
from scan2map.jobs import begin
from scan2map.segmentation import segment, tissue_priors
from scan2map.tissues import tissue_volumes
from scan2map.transforms import read_field

begin(snakemake)
given = snakemake.input
t1w, mask = read_array(given.t1w), read_mask(given.mask)
_, affine = read_grid(given.t1w)

priors = tissue_priors(mask, affine, *read_field(given.to_mni))
maps = segment(t1w, mask, affine, priors, n4=snakemake.params.n4)
for tissue, probability in maps.items():
    write_image(probability, affine, snakemake.output[tissue])
logging.info("mL: %s", tissue_volumes(maps, affine))
