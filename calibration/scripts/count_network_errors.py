"""Count the studies without an effect in which each test finds something."""

import pandas as pd

from scan2map.jobs import begin
from scan2map.statistics.network_rates import network_rates

begin(snakemake)
found = pd.concat([pd.read_csv(path, sep="\t") for path in snakemake.input])
params = snakemake.params
rates = network_rates(found, params.alpha, params.bootstrap_samples, params.seed)
alike = found[found["maps"] == "sensitivity"].drop_duplicates(
    ["study", "labelling", "metric"]
)
alike = alike.groupby("metric", sort=False)[["same_network", "other_networks"]].mean()
for table, path in (
    (rates, snakemake.output.rates),
    (alike.reset_index(), snakemake.output.alike),
):
    table.to_csv(path, sep="\t", index=False, float_format="%.6g")
