"""Find the components of a repeat's scopes in the sessions that one fold tests."""

import logging

import numpy as np

from scan2map.ica import (
    SessionRegression,
    describe_components,
    describe_sessions,
    read_group,
    read_voxels,
)
from scan2map.images import read_json, write_json
from scan2map.jobs import begin

begin(snakemake)
settings, given, params = snakemake.params.ica, snakemake.input, snakemake.params
groups = [(path, *given.groups[i : i + 1]) for i, path in enumerate(given.maps)]
loaded = [read_group(*paths) for paths in groups]
stacks = [
    np.lib.format.open_memmap(path, "w+", np.float16, (len(given.bold), *read[0].shape))
    for path, read in zip(snakemake.output.maps, loaded, strict=True)
]
described = [[] for _ in stacks]
for number, bold in enumerate(given.bold):
    session = SessionRegression(read_voxels(bold, given.mask), settings)
    seconds = read_json(bold.removesuffix(".nii.gz") + ".json")["RepetitionTime"]
    for i, scope in enumerate(params.scopes):
        courses, maps = session.components(*loaded[i])
        stacks[i][number] = maps
        description = describe_components(maps, courses, scope, seconds, settings)
        described[i].append(description)
        logging.info("%s, %s: activity %s", bold, scope, description["activity"])
for stack, paths, said, path in zip(
    stacks, groups, described, snakemake.output.descriptions, strict=True
):
    stack.flush()
    description = describe_sessions(said, params.subjects, params.sessions)
    sources = [*given.bold, given.mask, *paths]
    write_json({"Sources": sources, **description}, path)
