"""Copy the images of one session from an existing BIDS dataset."""

import gzip
import logging
from pathlib import Path
from shutil import copyfile

from scan2map.bids_images import check_image
from scan2map.images import read_json, write_json
from scan2map.logs import log_to

log_to(snakemake.log[0])
given, output = snakemake.input, snakemake.output
check_image("T1w", Path(given.t1w))
check_image("dwi", Path(given.dwi), given.bval, given.bvec)

for name in ("t1w", "dwi"):
    sidecar = {}
    for path in given.get(f"{name}_json"):
        sidecar |= read_json(path)
    write_json(sidecar, output.get(f"{name}_json"))

    source, target = given.get(name), output.get(name)
    logging.info("%s: %s", name, source)
    if source.endswith(".gz"):
        copyfile(source, target)
    else:
        Path(target).write_bytes(gzip.compress(Path(source).read_bytes(), mtime=0))
copyfile(given.bval, output.bval)
copyfile(given.bvec, output.bvec)
