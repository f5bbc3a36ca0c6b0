"""Map what the networks of some folds make of their held-out sessions."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

import logging

import numpy as np

from scan2map import networks
from scan2map.features import open_stored, scale
from scan2map.fold_jobs import naming, of_fold
from scan2map.images import read_json, write_json
from scan2map.jobs import begin
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.sensitivity.activation import activation_maps
from scan2map.sensitivity.activation_kinds import UNITS


def explain_fold(i, fold):
    """Write the maps of one fold's sessions."""
    given, params, output = snakemake.input, snakemake.params, snakemake.output
    model, scaling = networks.load(given.model[i]), read_json(given.scaling[i])
    features = open_stored(of_fold(fold, given)["features"])
    shape = (len(features), len(params.kinds), *features[0].shape[:3])
    stack = np.lib.format.open_memmap(output.maps[i], "w+", np.float32, shape)
    for number, feature in enumerate(features):
        stack[number] = activation_maps(model, scale(feature, scaling), params.kinds)
        logging.info("%s", params.subjects[i][number])
    stack.flush()
    description = {
        "subjects": list(params.subjects[i]),
        "sessions": list(params.sessions[i]),
        "kinds": list(params.kinds),
        "units": [UNITS[kind] for kind in params.kinds],
    }
    write_json(description, output.description[i])


begin(snakemake)
use_threads(snakemake.threads)
check_gpu(asked, required=snakemake.config["gpu"] == "require")
for i, fold in enumerate(snakemake.params.folds):
    with naming(fold):
        explain_fold(i, fold)
