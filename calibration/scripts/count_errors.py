"""Count the null datasets in which each correction finds something."""

import pandas as pd

from scan2map.jobs import begin
from scan2map.statistics.error_rates import error_rates

begin(snakemake)
p = pd.concat([pd.read_csv(path, sep="\t") for path in snakemake.input])
rates = error_rates(p, snakemake.params.alpha)
rates.to_csv(snakemake.output[0], sep="\t", index=False, float_format="%.6g")
