"""Predict the held-out sessions of some folds, each with the network of its fold."""

from scan2map.gpu import take_gpus

take_gpus(0)  # before Keras looks for them

from scan2map import networks
from scan2map.features import open_stored
from scan2map.fold_jobs import naming, of_fold
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.networks.backend import use_threads
from scan2map.training import predict_logits, prediction_table

begin(snakemake)
use_threads(snakemake.threads)
params = snakemake.params
for i, fold in enumerate(params.folds):
    with naming(fold):
        given = of_fold(fold, snakemake.input)
        logits = predict_logits(
            networks.load(snakemake.input.model[i]),
            scaling=read_json(snakemake.input.scaling[i]),
            features=open_stored(
                given["features"], given.get("mask"), given.get("selection")
            ),
        )
        table = prediction_table(
            logits,
            participant_id=params.subjects[i],
            session_id=params.sessions[i],
            group=params.groups[i],
            label=params.labels[i],
            repeat=snakemake.wildcards.repeat,
            fold=fold,
        )
        table.to_csv(snakemake.output.predictions[i], sep="\t", index=False)
