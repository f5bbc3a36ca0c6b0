"""Gather the tissue volumes of all sessions, mL."""

from pathlib import Path

from scan2map.images import read_json
from scan2map.jobs import begin

begin(snakemake)
people = zip(snakemake.params.participants, snakemake.params.sessions, strict=True)
lines = ["participant_id\tsession_id\tgm\twm\tcsf\ttiv"]
for (participant, session), path in zip(people, snakemake.input.volumes, strict=True):
    found = read_json(path)["native"]
    numbers = [f"{found[name]:.3f}" for name in ("GM", "WM", "CSF", "TIV")]
    lines.append("\t".join([participant, session, *numbers]))
Path(snakemake.output[0]).write_text("\n".join(lines) + "\n")
