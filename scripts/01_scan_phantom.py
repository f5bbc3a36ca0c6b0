"""Scan one phantom participant once: the wanted images as DICOM, and the truth."""

import logging
from pathlib import Path

from scan2map.images import write_json
from scan2map.jobs import begin
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.dicom import session_header, write_bold, write_dwi, write_t1w
from scan2map.phantom.session import scan_session

begin(snakemake)
phantom = snakemake.params.phantom
series, truth = scan_session(
    read_template(),
    phantom=phantom,
    row=snakemake.params.row,
    participant_seed=snakemake.params.participant_seed,
    seed=snakemake.params.seed,
    images=snakemake.params.images,
)

folder = Path(snakemake.output.dicom)
folder.mkdir(parents=True, exist_ok=True)
header = session_header(snakemake.params.row, snakemake.params.seed)
write_t1w(series["T1w"], header, folder)
if "dwi" in series:
    write_dwi(series["dwi"], header, folder)
if "bold" in series:
    write_bold(series["bold"], header, folder, phantom["bold"]["repetition_time"])
write_json(truth, snakemake.output.truth)
for name, scan in series.items():
    logging.info("%s: %s (volumes, columns, rows, slices)", name, scan.volumes.shape)
