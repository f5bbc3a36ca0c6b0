"""Put the scores of all experiments into one table, for people and for programs."""

from pathlib import Path

import pandas as pd

from scan2map.figures.tables import html_table, score_rows
from scan2map.images import read_json
from scan2map.jobs import begin

begin(snakemake)

labels = snakemake.params.experiments
scores = {
    label: pd.read_csv(path, sep="\t")
    for label, path in zip(labels, snakemake.input.scores, strict=True)
}
networks = {
    label: read_json(path)
    for label, path in zip(labels, snakemake.input.networks, strict=True)
}
rows = score_rows(scores, networks)
page = html_table(
    rows,
    leads=rows["scores"] == "out of fold",
    title=f"Scores of out-of-fold predictions: {snakemake.params.study}",
    note="All repeats together, with 95 % confidence intervals from a bootstrap over "
    "participants; what naming always the larger group would score; and the mean after "
    "permuting labels, with the share of permutations that score as high (one-sided). "
    "Intervals and permutations are widened by √2, since networks of cross-validation "
    "share participants.",
)
pd.concat(scores, names=["experiment"]).reset_index("experiment").to_csv(
    snakemake.output.tsv, sep="\t", index=False
)
Path(snakemake.output.html).write_text(page)
