"""Say of each experiment whether its networks had seen the people they test."""

from pathlib import Path

import pandas as pd

from scan2map.figures.leaks import leak_rows
from scan2map.figures.tables import html_table
from scan2map.jobs import begin

begin(snakemake)

labels = snakemake.params.experiments
audits = {
    label: pd.read_csv(path, sep="\t")
    for label, path in zip(labels, snakemake.input.audits, strict=True)
}
rows = leak_rows(audits)
page = html_table(
    rows,
    leads=[True] * len(rows),
    title=f"Leak audit: {snakemake.params.study}",
    note="From each network, Snakemake's records of which files each job read were "
    "followed back to the images. Whoever is upstream had a part in the network.",
)
Path(snakemake.output[0]).write_text(page)
