"""Draw how alike an experiment's maps stay as its networks lose their weights."""

import pandas as pd

from scan2map.figures.sanity import draw_sanity
from scan2map.figures.style import write_png
from scan2map.images import read_json
from scan2map.jobs import begin

begin(snakemake)

figure = draw_sanity(
    pd.read_csv(snakemake.input.checks, sep="\t"),
    read_json(snakemake.input.summary),
    title=snakemake.params.title,
)
write_png(figure, snakemake.output[0])
