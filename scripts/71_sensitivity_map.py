"""Differentiate the networks of some folds, each at its held-out sessions."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

import logging
from functools import partial

import numpy as np

from scan2map import networks
from scan2map.features import open_features, scale
from scan2map.fold_jobs import naming, of_fold
from scan2map.images import read_json, write_json
from scan2map.jobs import begin
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.sensitivity import METRICS, UNITS, session_sensitivity
from scan2map.sensitivity.gradients import logit_gradient


def explain_fold(i, fold):
    """Write the maps of one fold's sessions."""
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    model, scaling = networks.load(given.model[i]), read_json(given.scaling[i])
    features = open_features(of_fold(fold, given)["features"])
    shape = (len(features), len(METRICS), *features[0].shape[:3])
    stack = np.lib.format.open_memmap(output.maps[i], "w+", np.float32, shape)
    reports = []
    for number, tensor in enumerate(features):
        stack[number], report = session_sensitivity(
            tensor=np.array(tensor),
            scaled=scale(tensor, scaling),
            sd=scaling["sd"],
            differentiate=partial(logit_gradient, model),
        )
        reports.append(report)
        logging.info("%s: %s", params.subjects[i][number], report)
    stack.flush()
    description = {
        "subjects": list(params.subjects[i]),
        "sessions": list(params.sessions[i]),
        "metrics": list(METRICS),
        "units": UNITS,
        "reports": reports,
    }
    write_json(description, output.description[i])


begin(snakemake)
use_threads(snakemake.threads)
check_gpu(asked, required=snakemake.config["gpu"] == "require")
for i, fold in enumerate(snakemake.params.folds):
    with naming(fold):
        explain_fold(i, fold)
