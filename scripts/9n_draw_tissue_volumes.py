"""Draw everybody's tissue volumes and name those that are far from the others'."""

import logging

import pandas as pd

from scan2map.figures.homogeneity import draw_volumes, far_volumes
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)
names, table = snakemake.params.names, pd.read_csv(snakemake.input[0], sep="\t")
volumes = {tissue.upper(): table[tissue].to_numpy() for tissue in table.columns[2:]}

figure = draw_volumes(
    volumes, names, snakemake.params.of_group, order=snakemake.params.groups
)
write_png(figure, snakemake.output[0])
for far in far_volumes(volumes, names):
    logging.warning("%s: %s %.0f mL is far from the others (robust z %.1f)", *far)
