"""Divide the brain of a T1w image into fluid, grey and white matter."""

import logging

import numpy as np

from scan2map.images import read_array, read_grid, read_mask, write_image
from scan2map.jobs import begin
from scan2map.segmentation import segment

begin(snakemake)
t1w, mask = read_array(snakemake.input.t1w), read_mask(snakemake.input.mask)
_, affine = read_grid(snakemake.input.t1w)

maps = segment(t1w, mask, affine)
millilitres = abs(np.linalg.det(affine[:3, :3])) / 1000
for tissue, probability in maps.items():
    write_image(probability, affine, snakemake.output[tissue])
    logging.info("%s: %.0f mL", tissue, probability.sum() * millilitres)
