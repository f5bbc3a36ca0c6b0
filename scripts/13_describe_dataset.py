"""Write what makes the converted images a BIDS dataset."""

from pathlib import Path

from scan2map import bids_dataset
from scan2map.images import write_json
from scan2map.jobs import begin

dataset = Path(snakemake.output.ignore).parent
begin(snakemake)
study, output = snakemake.params.study, snakemake.output
rows = bids_dataset.participants(bids_dataset.read_table(snakemake.input.cohort))
everybody = bids_dataset.with_left_over(rows, dataset)

bids_dataset.write_table(everybody, output.participants)
write_json(bids_dataset.describe_columns(rows), output.participants_json)
write_json(
    bids_dataset.describe_dataset(study, snakemake.params.source), output.description
)
Path(output.readme).write_text(bids_dataset.readme(study, rows))
Path(output.ignore).write_text(bids_dataset.bidsignore())
