"""Draw which components an experiment's networks depend on most."""

import pandas as pd

from scan2map.figures.ranking import draw_ranking
from scan2map.figures.style import write_png
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

figure = draw_ranking(
    pd.read_csv(snakemake.input.ranking, sep="\t"),
    pd.read_csv(snakemake.input.components, sep="\t"),
    maps=nib.load(snakemake.input.maps),
    background=nib.load(snakemake.input.background),
    mask=nib.load(snakemake.input.mask),
    title=snakemake.params.title,
)
write_png(figure, snakemake.output[0])
