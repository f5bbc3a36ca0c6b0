"""Say of each session's DICOM what there was, and what became of it."""

from pathlib import Path

from scan2map.bids_dataset import read_table
from scan2map.figures.inventory import inventory_page
from scan2map.jobs import begin

begin(snakemake)

sessions, tables = snakemake.params.sessions, snakemake.input.inventories
inventories = {
    session: read_table(path) for session, path in zip(sessions, tables, strict=True)
}
page = inventory_page(inventories, snakemake.params.study)
Path(snakemake.output[0]).write_text(page)
