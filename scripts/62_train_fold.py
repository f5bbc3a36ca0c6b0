"""Train the network of one fold on the sessions of its training participants."""

import logging

import pandas as pd

from scan2map.features import read_feature
from scan2map.images import write_json
from scan2map.logs import log_to
from scan2map.networks import describe
from scan2map.networks.backend import use_threads
from scan2map.training import train

log_to(snakemake.log[0])
use_threads(snakemake.threads)
model, scaling, history = train(
    [read_feature(path) for path in snakemake.input.features],
    labels=snakemake.params.labels,
    network=snakemake.params.network,
    training=snakemake.params.training,
    seed=snakemake.params.seed,
)
model.save(snakemake.output.model)
write_json(scaling, snakemake.output.scaling)
write_json(describe(model), snakemake.output.network)
pd.DataFrame(history).to_csv(snakemake.output.history, sep="\t", index=False)
logging.info(
    "%d sessions, %d parameters, last epoch: %s",
    len(snakemake.params.labels),
    model.count_params(),
    history[-1],
)
