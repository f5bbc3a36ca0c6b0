"""Describe how the scores of shuffles, or of repeats, are distributed."""

import logging

import pandas as pd

from scan2map.jobs import begin
from scan2map.runs import distribution_table, score_runs

begin(snakemake)
labels = {"participant_id": str, "session_id": str, "group": str}
paths = {
    "test": [snakemake.input.predictions],
    "validation": snakemake.input.validation,
}
runs, distributions = {}, {}
for split, files in paths.items():
    if files:
        tables = [pd.read_csv(path, sep="\t", dtype=labels) for path in files]
        predictions = pd.concat(tables, ignore_index=True)
        runs[split] = score_runs(predictions)
        distributions[split] = distribution_table(
            predictions,
            seed=snakemake.params.seed,
            n_bootstrap=snakemake.params.n_bootstrap,
        )
for tables, path in (
    (runs, snakemake.output.runs),
    (distributions, snakemake.output.distribution),
):
    table = pd.concat(tables, names=["split"]).reset_index("split")
    table.to_csv(path, sep="\t", index=False, float_format="%.6g")
logging.info("\n%s", table.to_string(index=False))
