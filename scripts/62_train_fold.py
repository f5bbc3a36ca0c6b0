"""Train the networks of some folds, each on its training participants."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

import logging
import os
from functools import partial
from pathlib import Path

# Networks of several folds are trained in forks of this process, which may have no
# threads of its own then; BLAS would start as many as Snakemake has told it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pandas as pd

from scan2map.features import open_stored
from scan2map.fold_jobs import Noted, of_fold, train_each
from scan2map.images import read_json, write_json
from scan2map.jobs import begin
from scan2map.networks import describe, save
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.resumption import KeptState
from scan2map.training import train

params = snakemake.params
states = [
    KeptState(Path(model).with_name("training_state.npz"), params.code)
    for model in snakemake.output.model
]
begin(snakemake)
output = snakemake.output


def train_fold(i, fold):
    """Train the network of one fold and write it, noting the files that it reads."""
    use_threads(max(1, snakemake.threads // len(params.folds)))
    check_gpu(asked, required=snakemake.config["gpu"] == "require")
    given = Noted(of_fold(fold, snakemake.input))
    opened = partial(
        open_stored, mask=given.get("mask"), selection=given.get("selection")
    )
    tuned = read_json(given["tuned"]) if "tuned" in given else {}
    watched = given.get("validation")
    model, scaling, history = train(
        opened(given["features"]),
        labels=params.labels[i],
        network=params.network | tuned.get("network", {}),
        training=params.training | tuned.get("training", {}),
        seed=params.seed[i],
        participants=params.participants[i],
        families=params.families[i],
        validation=(opened(watched), params.validation_labels[i]) if watched else None,
        state=states[i],
    )
    save(model, output.model[i])
    write_json(scaling, output.scaling[i])
    # A job of one fold has read what Snakemake noted, and needs no list of its own.
    sources = {"Sources": given.read} if len(params.folds) > 1 else {}
    write_json(describe(model) | sources, output.description[i])
    pd.DataFrame(history).to_csv(output.history[i], sep="\t", index=False)
    logging.info(
        "%d sessions, %d parameters, last epoch: %s",
        len(params.labels[i]),
        model.count_params(),
        history[-1],
    )


train_each(train_fold, params.folds, at_once=snakemake.threads)
for state in states:
    state.remove()
