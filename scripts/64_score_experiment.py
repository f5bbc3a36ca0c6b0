"""Gather the predictions of all folds and repeats of an experiment and score them."""

import logging

import pandas as pd

from scan2map.jobs import begin
from scan2map.scores import check_complete, score_table

begin(snakemake)
labels = {"participant_id": str, "session_id": str, "group": str}
tables = [
    pd.read_csv(path, sep="\t", dtype=labels) for path in snakemake.input.predictions
]
for path, table, tested in zip(
    snakemake.input.predictions, tables, snakemake.params.tested, strict=True
):
    check_complete(table, tested, path)
predictions = pd.concat(tables, ignore_index=True)
scores = score_table(
    predictions,
    seed=snakemake.params.seed,
    n_bootstrap=snakemake.params.n_bootstrap,
    n_permutations=snakemake.params.n_permutations,
)
predictions.to_csv(snakemake.output.predictions, sep="\t", index=False)
scores.to_csv(snakemake.output.scores, sep="\t", index=False)
logging.info("%d predictions\n%s", len(predictions), scores.to_string())
