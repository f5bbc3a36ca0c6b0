"""Differentiate one fold's network by components, at each held-out session."""

import logging
from functools import partial

import numpy as np
import pandas as pd

from scan2map import networks
from scan2map.features import open_features, scale
from scan2map.images import read_json, read_mask, write_json
from scan2map.logs import log_to
from scan2map.networks.backend import use_threads
from scan2map.sensitivity.components import (
    COMPONENT_UNIT,
    as_one_channel,
    component_sensitivity,
    in_reference,
    rank_components,
)
from scan2map.sensitivity.gradients import logit_gradient

log_to(snakemake.log[0])
use_threads(snakemake.threads)
model = networks.load(snakemake.input.model)
scaling, mask = read_json(snakemake.input.scaling), read_mask(snakemake.input.mask)
selection, match = (snakemake.input.get(name) for name in ("selection", "match"))
channels = read_json(selection)["selected"] if selection else None
features = open_features(snakemake.input.features, mask, channels)
match = pd.read_csv(match, sep="\t") if match else None
if channels is None:
    channels = [0] if match is None else list(range(len(match)))

shape = (len(features), 1 if match is None else len(match), int(mask.sum()))
stack = np.lib.format.open_memmap(snakemake.output.maps, "w+", np.float32, shape)
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
    logging.info("%s: logit %.3f", snakemake.params.subjects[number], logit)
stack.flush()
table = rank_components(stack, match, channels)
table.to_csv(snakemake.output.ranking, sep="\t", index=False, float_format="%.6g")
description = {
    "subjects": list(snakemake.params.subjects),
    "sessions": list(snakemake.params.sessions),
    "units": COMPONENT_UNIT,
    "logits": logits,
}
write_json(description, snakemake.output.description)
