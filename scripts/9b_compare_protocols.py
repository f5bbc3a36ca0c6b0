"""Put honest, replicated and published scores of each input into one table."""

from pathlib import Path

import pandas as pd

from scan2map.figures.comparison import comparison_rows, comparison_table
from scan2map.figures.tables import html_table
from scan2map.jobs import begin

begin(snakemake)

table = comparison_table(
    snakemake.params.experiments,
    [pd.read_csv(path, sep="\t") for path in snakemake.input.scores],
)
rows = comparison_rows(table)
page = html_table(
    rows,
    leads=rows["input"] != "",
    title=f"Honest, replicated and published scores: {snakemake.params.study}",
    note="Out-of-fold predictions, all repeats, with 95 % confidence intervals "
    "(bootstrap over participants, widened by √2). Honest: nothing was fitted to test "
    "participants. "
    "Replica: as published, leaks included. Published: the paper's own participants. "
    "Majority class: what naming always the larger group scores.",
)
table.to_csv(snakemake.output.tsv, sep="\t", index=False, float_format="%.6g")
Path(snakemake.output.html).write_text(page)
