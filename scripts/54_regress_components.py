"""Find the components of everybody in one session."""

import logging

import numpy as np

from scan2map.ica import (
    SessionRegression,
    describe_components,
    read_group,
    read_voxels,
)
from scan2map.images import read_json, write_json
from scan2map.jobs import begin

begin(snakemake)
settings, given = snakemake.params.ica, snakemake.input
session = SessionRegression(read_voxels(given.bold, given.mask), settings)
group = [given.maps, *given.group]
courses, maps = session.components(*read_group(*group))
description = describe_components(
    maps, courses, "all", read_json(given.sidecar)["RepetitionTime"], settings
)
sources = [given.bold, given.sidecar, given.mask, *group]
np.save(snakemake.output.maps, maps.astype(np.float16))
np.save(snakemake.output.courses, courses)
write_json({"Sources": sources, **description}, snakemake.output.description)
logging.info("activity %s", description["activity"])
