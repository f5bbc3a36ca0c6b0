"""List the features of the sessions that one fold tests."""

import json

from scan2map.features import fingerprint, read_feature
from scan2map.jobs import begin

begin(snakemake)
files = list(snakemake.input)
# So that a list differs where a feature does, and networks are trained again.
digests = [fingerprint(read_feature(path)) for path in files]
with open(snakemake.output[0], "w") as file:
    json.dump({"files": files, "digests": digests}, file, indent=1)
