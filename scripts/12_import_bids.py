"""Copy the images of one session from an existing BIDS dataset."""

import gzip
import logging
from pathlib import Path
from shutil import copyfile

from scan2map.bids_images import check_image, complete_sidecar, read_sidecar
from scan2map.images import write_json
from scan2map.jobs import begin

begin(snakemake)
given, output, wanted = snakemake.input, snakemake.output, snakemake.params.wanted
sidecars = {}
for suffix in wanted:
    image = Path(given.get(suffix.lower()))
    check_image(suffix, image, given.get("bval"), given.get("bvec"))
    sidecar = read_sidecar(given.get(f"{suffix.lower()}_json"))
    sidecars[suffix.lower()] = complete_sidecar(suffix, sidecar, image)

for name, sidecar in sidecars.items():
    source, target = given.get(name), output.get(name)
    logging.info("%s: %s", name, source)
    if source.endswith(".gz"):
        copyfile(source, target)
    else:
        Path(target).write_bytes(gzip.compress(Path(source).read_bytes(), mtime=0))
    write_json(sidecar, output.get(f"{name}_json"))
if "dwi" in wanted:
    copyfile(given.bval, output.bval)
    copyfile(given.bvec, output.bvec)
