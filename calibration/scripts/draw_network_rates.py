"""Draw how often tests of networks' maps find something beside what they promise."""

import pandas as pd

from scan2map.figures.network_calibration import draw_network_rates
from scan2map.figures.style import write_png
from scan2map.jobs import begin

begin(snakemake)
rates = pd.read_csv(snakemake.input[0], sep="\t")
write_png(draw_network_rates(rates, snakemake.params.alpha), snakemake.output[0])
