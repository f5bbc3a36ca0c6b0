"""Draw how the trainings of an experiment went."""

import pandas as pd

from scan2map.figures.learning import draw_learning_curves
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)

figure = draw_learning_curves(
    [pd.read_csv(path, sep="\t") for path in snakemake.input.histories],
    title=snakemake.params.label,
)
write_png(figure, snakemake.output[0])
