"""Differentiate one fold's network at each of its held-out sessions."""

import logging
from functools import partial

import numpy as np

from scan2map import networks
from scan2map.features import open_features, scale
from scan2map.images import read_json, write_json
from scan2map.logs import log_to
from scan2map.networks.backend import use_threads
from scan2map.sensitivity import METRICS, UNITS, session_sensitivity
from scan2map.sensitivity.gradients import logit_gradient

log_to(snakemake.log[0])
use_threads(snakemake.threads)
model = networks.load(snakemake.input.model)
scaling = read_json(snakemake.input.scaling)
features = open_features(snakemake.input.features)

shape = (len(features), len(METRICS), *features[0].shape[:3])
stack = np.lib.format.open_memmap(snakemake.output.maps, "w+", np.float32, shape)
reports = []
for number, tensor in enumerate(features):
    stack[number], report = session_sensitivity(
        tensor=np.array(tensor),
        scaled=scale(tensor, scaling),
        sd=scaling["sd"],
        differentiate=partial(logit_gradient, model),
    )
    reports.append(report)
    logging.info("%s: %s", snakemake.params.subjects[number], report)
stack.flush()
description = {
    "subjects": list(snakemake.params.subjects),
    "sessions": list(snakemake.params.sessions),
    "metrics": list(METRICS),
    "units": UNITS,
    "reports": reports,
}
write_json(description, snakemake.output.description)
