"""Put the scores of all runs of each experiment beside those that a paper prints."""

from pathlib import Path

import pandas as pd

from scan2map.figures.runs import draw_runs, runs_rows, runs_table
from scan2map.figures.style import write_png
from scan2map.figures.tables import html_table
from scan2map.jobs import begin

begin(snakemake)

given, params = snakemake.input, snakemake.params
runs, distributions = (
    [pd.read_csv(path, sep="\t") for path in paths]
    for paths in (given.runs, given.distributions)
)
table = runs_table(params.experiments, distributions)
rows = runs_rows(table)
page = html_table(
    rows,
    leads=rows["experiment"] != "",
    title=f"Scores of all runs: {params.study}",
    note="A run is a shuffle, or a repeat of K folds. The interval of the mean comes "
    "from a bootstrap over participants, each with all runs that tested them, widened "
    "by √2: runs share people, and are not independent. The best run is not what to "
    "expect of a new patient: the more runs, the higher it is. Beside it is what the "
    "best run would have on average if all were exactly as good as the mean.",
)
table.to_csv(snakemake.output.tsv, sep="\t", index=False, float_format="%.6g")
Path(snakemake.output.html).write_text(page)
labels = [experiment["label"] for experiment in params.experiments]
figure = draw_runs(table, dict(zip(labels, runs, strict=True)))
write_png(figure, snakemake.output.figure)
