"""Denoise a T1w image, find the brain, and even out the receive field."""

import logging

from scan2map.anat import correct_bias, denoise, read_t1w
from scan2map.brain_mask import check_brain_mask, robex_mask, template_mask
from scan2map.images import read_array, read_grid, read_mask, write_image
from scan2map.jobs import begin

begin(snakemake)
settings, seed = snakemake.params.anat, snakemake.params.seed
t1w, affine = read_t1w(snakemake.input.t1w)

if settings["denoise"] == "nlm":
    t1w = denoise(t1w, threads=snakemake.threads)

if settings["brain_mask"] == "robex":
    mask = robex_mask(t1w, affine, seed=seed)
else:
    mask = template_mask(
        head=(t1w, affine),
        template=(
            read_array(snakemake.input.template),
            read_grid(snakemake.input.template)[1],
        ),
        mask=read_mask(snakemake.input.template_mask),
        seed=seed,
    )
volume = check_brain_mask(mask, affine)
logging.info("brain mask (%s): %.0f mL", settings["brain_mask"], volume)

if settings["n4"]:
    t1w = correct_bias(t1w, mask, affine)
write_image(t1w, affine, snakemake.output.t1w)
write_image(mask, affine, snakemake.output.mask)
