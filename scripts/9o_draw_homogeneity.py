"""Draw how everybody's maps of a tissue correlate and name those unlike the others."""

import logging

import numpy as np

from scan2map.figures.homogeneity import draw_homogeneity, unlike_others
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)
names = snakemake.params.names
matrix = np.loadtxt(snakemake.input[0], delimiter="\t", skiprows=1, ndmin=2)

figure = draw_homogeneity(
    matrix,
    names,
    snakemake.params.of_group,
    order=snakemake.params.groups,
    title=snakemake.params.title,
)
write_png(figure, snakemake.output[0])
for unlike in unlike_others(matrix, names):
    logging.warning("%s: mean correlation %.3f (robust z %.1f)", *unlike)
