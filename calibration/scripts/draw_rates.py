"""Draw the error rate of each correction beside the one it promises."""

import pandas as pd

from scan2map.figures.calibration import draw_rates
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)
rates = pd.read_csv(snakemake.input[0], sep="\t")
figure = draw_rates(rates, snakemake.params.labels, snakemake.params.alpha)
write_png(figure, snakemake.output[0])
