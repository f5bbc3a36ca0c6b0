"""Write the page on calibration: its text, with the measured rates."""

from pathlib import Path

import pandas as pd

from scan2map.jobs import begin
from scan2map.statistics.error_rates import markdown_tables

begin(snakemake)
rates = pd.read_csv(snakemake.input.rates, sep="\t")
text = Path(snakemake.input.page).read_text(encoding="utf-8")
page = text.format(
    tables=markdown_tables(rates, snakemake.params.labels),
    datasets=rates["datasets"].min(),
    permutations=snakemake.params.permutations,
)
Path(snakemake.output[0]).write_text(page, encoding="utf-8")
