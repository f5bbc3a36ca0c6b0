"""Tune the network of one fold in inner folds of its training participants."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

from pathlib import Path

import optuna
from optuna.storages.journal import JournalFileBackend

from scan2map.features import open_stored
from scan2map.images import write_json
from scan2map.jobs import begin
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.tuning import tune

# Not an output: Snakemake would remove it before it runs a killed job again.
journal = Path(snakemake.output.tuned).with_name("trials.journal").resolve()
begin(snakemake)
optuna.logging.disable_default_handler()
optuna.logging.enable_propagation()
use_threads(snakemake.threads)
check_gpu(asked, required=snakemake.config["gpu"] == "require")
given, params = snakemake.input, snakemake.params
features = open_stored(given.features, given.get("mask"), given.get("selection"))
tuned, trials = tune(
    features,
    labels=params.labels,
    participants=params.participants,
    families=params.families,
    network=params.network,
    training=params.training,
    budget=params.tune,
    seed=params.seed,
    storage=optuna.storages.JournalStorage(JournalFileBackend(str(journal))),
    version=params.code,
)
write_json(tuned, snakemake.output.tuned)
trials.to_csv(snakemake.output.trials, sep="\t", index=False)
