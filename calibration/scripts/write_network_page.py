"""Write the page on tests of networks' maps: its text, with the measured rates."""

from pathlib import Path

import pandas as pd

from scan2map.jobs import begin
from scan2map.statistics.network_rates import markdown_table


def by_metric(values):
    """Write a number for each metric."""
    return ", ".join(f"{value:.2f} ({metric})" for metric, value in values.items())


begin(snakemake)
params = snakemake.params
rates = pd.read_csv(snakemake.input.rates, sep="\t")
alike = pd.read_csv(snakemake.input.alike, sep="\t").set_index("metric")
text = Path(snakemake.input.page).read_text(encoding="utf-8")
page = text.format(
    observed=markdown_table(rates, observed=True),
    all_labellings=markdown_table(rates, observed=False),
    studies=rates["studies"].max(),
    tests=f"{rates['tests'].max():.0f}",
    pool=params.pool,
    people=2 * params.per_group,
    per_group=params.per_group,
    shared=f"{(2 * params.per_group) ** 2 / params.pool:.1f}",
    labellings=params.labellings,
    null_labellings=params.labellings - 1,
    promised=100 / params.labellings,
    k=params.experiment["folds"]["k"],
    epochs=params.experiment["training"]["epochs"],
    fwhm=params.statistics["fwhm"],
    permutations=params.statistics["permutations"],
    same_network=by_metric(alike["same_network"]),
    other_networks=by_metric(alike["other_networks"]),
)
Path(snakemake.output[0]).write_text(page, encoding="utf-8")
