"""Count the null datasets in which each correction finds something."""

import pandas as pd

from scan2map.logs import log_to
from scan2map.statistics.error_rates import error_rates

log_to(snakemake.log[0])
p = pd.concat([pd.read_csv(path, sep="\t") for path in snakemake.input])
rates = error_rates(p, snakemake.params.alpha)
rates.to_csv(snakemake.output[0], sep="\t", index=False, float_format="%.6g")
