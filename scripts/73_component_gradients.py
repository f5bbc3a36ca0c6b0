"""Differentiate the networks of some folds by components, at held-out sessions."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

import logging
from functools import partial

import numpy as np
import pandas as pd

from scan2map import networks
from scan2map.features import open_features, scale
from scan2map.fold_jobs import naming, of_fold
from scan2map.images import read_json, read_mask, write_json
from scan2map.jobs import begin
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.sensitivity.components import (
    COMPONENT_UNIT,
    as_one_channel,
    component_sensitivity,
    in_reference,
    rank_components,
)
from scan2map.sensitivity.gradients import logit_gradient


def explain_fold(i, fold):
    """Write the gradients at one fold's sessions, and the ranking of components."""
    params, output = snakemake.params, snakemake.output
    model = networks.load(snakemake.input.model[i])
    scaling = read_json(snakemake.input.scaling[i])
    given = of_fold(fold, snakemake.input)
    mask, selection, match = map(given.get, ("mask", "selection", "match"))
    mask = read_mask(mask)
    channels = read_json(selection)["selected"] if selection else None
    features = open_features(given["features"], mask, channels)
    match = pd.read_csv(match, sep="\t") if match else None
    if channels is None:
        channels = [0] if match is None else list(range(len(match)))

    shape = (len(features), 1 if match is None else len(match), int(mask.sum()))
    stack = np.lib.format.open_memmap(output.maps[i], "w+", np.float32, shape)
    logits = []
    for number, feature in enumerate(features):
        gradient, logit = component_sensitivity(
            scale(feature, scaling), mask, partial(logit_gradient, model)
        )
        stack[number] = (
            as_one_channel(gradient)
            if match is None
            else in_reference(gradient, channels, match["matched"] - 1, match["r"])
        )
        logits.append(logit)
        logging.info("%s: logit %.3f", params.subjects[i][number], logit)
    stack.flush()
    table = rank_components(stack, match, channels)
    table.to_csv(output.ranking[i], sep="\t", index=False, float_format="%.6g")
    description = {
        "subjects": list(params.subjects[i]),
        "sessions": list(params.sessions[i]),
        "units": COMPONENT_UNIT,
        "logits": logits,
    }
    write_json(description, output.description[i])


begin(snakemake)
use_threads(snakemake.threads)
check_gpu(asked, required=snakemake.config["gpu"] == "require")
for i, fold in enumerate(snakemake.params.folds):
    with naming(fold):
        explain_fold(i, fold)
