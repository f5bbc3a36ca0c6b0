"""List the features of the sessions that one fold tests."""

import json
import os

from scan2map.logs import log_to

log_to(snakemake.log[0])
files = list(snakemake.input)
# So that a list differs where a feature was made anew, and networks are trained again.
written = [os.stat(path).st_mtime_ns for path in files]
with open(snakemake.output[0], "w") as file:
    json.dump({"files": files, "written": written}, file, indent=1)
