"""Predict the held-out sessions of one fold with the network of that fold."""

from scan2map import networks
from scan2map.features import open_stored
from scan2map.images import read_json
from scan2map.logs import log_to
from scan2map.networks.backend import use_threads
from scan2map.training import predict_logits, prediction_table

log_to(snakemake.log[0])
use_threads(snakemake.threads)
given = snakemake.input
features = open_stored(given.features, given.get("mask"), given.get("selection"))
logits = predict_logits(
    networks.load(given.model),
    scaling=read_json(given.scaling),
    features=features,
)
table = prediction_table(
    logits,
    participant_id=snakemake.params.subjects,
    session_id=snakemake.params.sessions,
    group=snakemake.params.groups,
    label=snakemake.params.labels,
    repeat=snakemake.wildcards.repeat,
    fold=snakemake.wildcards.fold,
)
table.to_csv(snakemake.output.predictions, sep="\t", index=False)
