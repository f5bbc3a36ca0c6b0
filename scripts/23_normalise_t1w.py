"""Register a T1w image to the MNI template; write the fields both ways."""

import logging

from scan2map.anat import check_overlap, warp_to_template
from scan2map.images import read_array, read_grid, read_mask, write_image
from scan2map.jobs import begin
from scan2map.transforms import pull, write_field

begin(snakemake)
given = snakemake.input
t1w, mask = read_array(given.t1w), read_mask(given.mask)
affine, grid = read_grid(given.t1w)[1], read_grid(given.grid)

field, inverse, coarse = warp_to_template(
    brain=(t1w * mask, affine),
    template=(read_array(given.template), read_grid(given.template)[1]),
    grid=grid,
    method=snakemake.params.anat["registration"],
    seed=snakemake.params.seed,
)
in_mni = pull(mask.astype(float), affine, field, grid[1]) >= 0.5
overlap = check_overlap(in_mni, read_mask(given.grid))
logging.info("overlap of the brains after registration: Dice %.3f", overlap)

write_field(field, grid[1], snakemake.output.xfm)
write_field(inverse, coarse, snakemake.output.inverse)
write_image(pull(t1w, affine, field, grid[1]), grid[1], snakemake.output.t1w)
