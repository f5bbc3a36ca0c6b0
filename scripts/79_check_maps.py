"""Compare maps of the networks of some folds with those of untrained networks."""

from scan2map.gpu import take_gpus

asked = snakemake.resources.get("gpu", 0)
take_gpus(asked)  # before Keras looks for them

import logging

import pandas as pd

from scan2map import networks
from scan2map.features import open_stored
from scan2map.fold_jobs import naming, of_fold
from scan2map.images import read_json
from scan2map.jobs import begin
from scan2map.networks.backend import check_gpu, use_threads
from scan2map.sanity.checks import check_network, spread
from scan2map.sanity.explained import EXPLAINED


def check_fold(i, fold):
    """Write how alike the maps of one fold's sessions are."""
    params, given = snakemake.params, of_fold(fold, snakemake.input)
    features = open_stored(given["features"], given.get("mask"), given.get("selection"))
    places = spread(len(features), params.n_sessions)
    permuted = None
    if "permuted" in given:
        permuted = (
            networks.load(given["permuted"]),
            read_json(given["permuted_scaling"]),
        )
    rows = check_network(
        networks.load(snakemake.input.model[i]),
        scaling=read_json(snakemake.input.scaling[i]),
        features=[features[place] for place in places],
        explain=EXPLAINED[params.kind],
        seed=params.seed[i],
        permuted=permuted,
    )
    table = pd.DataFrame(rows)
    place = table.pop("place").map(places.__getitem__)
    table.insert(0, "subject", place.map(params.subjects[i].__getitem__))
    table.insert(1, "session", place.map(params.sessions[i].__getitem__))
    table.to_csv(snakemake.output.checks[i], sep="\t", index=False, float_format="%.6g")
    logging.info("fold %d: %d comparisons of maps", fold, len(table))


begin(snakemake)
use_threads(snakemake.threads)
check_gpu(asked, required=snakemake.config["gpu"] == "require")
for i, fold in enumerate(snakemake.params.folds):
    with naming(fold):
        check_fold(i, fold)
