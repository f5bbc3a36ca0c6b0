"""Draw the ROC curves of an experiment's out-of-fold predictions."""

import pandas as pd

from scan2map.figures.roc import draw_roc
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)

figure = draw_roc(
    pd.read_csv(snakemake.input.predictions, sep="\t", dtype={"participant_id": str}),
    pd.read_csv(snakemake.input.scores, sep="\t"),
    title=snakemake.params.label,
    seed=snakemake.params.seed,
)
write_png(figure, snakemake.output[0])
