"""Draw t maps of the components that an experiment's networks depend on most."""

import pandas as pd

from scan2map.figures.mosaics import draw_t_mosaic
from scan2map.figures.ranking import ranked_rows
from scan2map.figures.style import write_png
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.nifti import nib

begin(snakemake)

components = snakemake.input.get("components")
rows = ranked_rows(
    nib.load(snakemake.input.t),
    nib.load(snakemake.input.significant),
    read_json(snakemake.input.summary),
    pd.read_csv(snakemake.input.ranking, sep="\t"),
    pd.read_csv(components, sep="\t") if components else None,
)
figure = draw_t_mosaic(
    rows,
    mask=nib.load(snakemake.input.mask),
    background=nib.load(snakemake.input.background),
    title=snakemake.params.title,
)
write_png(figure, snakemake.output[0], dpi=110)
