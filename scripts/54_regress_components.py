"""Find the components of all scopes in one session, in one read of its BOLD."""

import logging

import numpy as np

from scan2map.ica import (
    describe_components,
    dual_regression,
    gica1,
    normalise_variance,
    read_voxels,
    reduce_session,
)
from scan2map.images import read_json, write_json
from scan2map.logs import log_to

log_to(snakemake.log[0])
settings, given = snakemake.params.ica, snakemake.input
sidecar = read_json(given.sidecar)
data = read_voxels(given.bold, given.mask)
groups = list(given.groups)
if groups:  # of GICA1 only
    reduced = reduce_session(normalise_variance(data), settings["reduce_to"])

for number, scope in enumerate(snakemake.params.scopes):
    path = given.maps[number]
    courses, maps = dual_regression(
        data, np.load(path), normalise=settings["normalise_courses"]
    )
    if groups:
        with np.load(groups[number]) as group:
            maps = gica1(reduced, group["components"], group["mixing"])
    sources = [given.bold, given.sidecar, given.mask, path]
    sources += groups[number : number + 1]
    description = describe_components(
        maps, courses, scope, sources, sidecar["RepetitionTime"], settings
    )
    np.save(snakemake.output.maps[number], maps.astype(np.float16))
    write_json(description, snakemake.output.descriptions[number])
    if scope == "all":
        np.save(snakemake.output.courses, courses)
    logging.info("%s: activity %s", scope, description["activity"])
