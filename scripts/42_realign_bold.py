"""Find where the head is in every volume of one session's BOLD."""

import logging

import numpy as np

from scan2map.func.realignment import mean_volume, realign
from scan2map.images import read_array, read_grid, write_image
from scan2map.jobs import begin
from scan2map.motion import image_centre, motion_of, motion_table, write_motion

begin(snakemake)
data, affine = read_array(snakemake.input.bold), read_grid(snakemake.input.bold)[1]

matrices = realign(data, affine)
table = motion_table(motion_of(matrices, image_centre(data.shape, affine)))
np.save(snakemake.output.matrices, matrices)
write_motion(table, snakemake.output.motion)
write_image(mean_volume(data, affine, matrices), affine, snakemake.output.boldref)
logging.info(
    "mean framewise displacement %.2f mm, largest %.2f mm",
    table["framewise_displacement"][1:].mean(),
    table["framewise_displacement"].max(),
)
