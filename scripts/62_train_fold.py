"""Train the network of one fold on the sessions of its training participants."""

import logging
from functools import partial
from pathlib import Path

import pandas as pd

from scan2map.features import open_stored
from scan2map.images import read_json, write_json
from scan2map.logs import log_to
from scan2map.networks import describe
from scan2map.networks.backend import use_threads
from scan2map.resumption import KeptState
from scan2map.training import train

log_to(snakemake.log[0])
use_threads(snakemake.threads)
given, params = snakemake.input, snakemake.params
opened = partial(open_stored, mask=given.get("mask"), selection=given.get("selection"))
tuned = read_json(given.tuned) if given.get("tuned") else {}
watched = given.get("validation")
state = KeptState(
    Path(snakemake.output.model).with_name("training_state.npz"), params.code
)
model, scaling, history = train(
    opened(given.features),
    labels=params.labels,
    network=params.network | tuned.get("network", {}),
    training=params.training | tuned.get("training", {}),
    seed=params.seed,
    participants=params.participants,
    families=params.families,
    validation=(opened(watched), params.validation_labels) if watched else None,
    state=state,
)
model.save(snakemake.output.model)
write_json(scaling, snakemake.output.scaling)
write_json(describe(model), snakemake.output.network)
pd.DataFrame(history).to_csv(snakemake.output.history, sep="\t", index=False)
state.remove()
logging.info(
    "%d sessions, %d parameters, last epoch: %s",
    len(params.labels),
    model.count_params(),
    history[-1],
)
