"""Rank components by how much the networks of all folds are sensitive to them."""

import logging

import pandas as pd

from scan2map.jobs import begin
from scan2map.sensitivity.components import summarise_importance

begin(snakemake)
rankings = [pd.read_csv(path, sep="\t") for path in snakemake.input.rankings]
table = summarise_importance(rankings)
table.to_csv(snakemake.output.ranking, sep="\t", index=False, float_format="%.6g")
logging.info("%d networks\n%s", len(rankings), table.to_string(index=False))
