"""Train a study's networks on labels that mean nothing, and test their maps."""

import numpy as np
import pandas as pd

from scan2map.features import open_features
from scan2map.images import read_array, read_grid, read_mask
from scan2map.jobs import begin
from scan2map.networks.backend import use_threads
from scan2map.sensitivity.null_study import Pool, run_study

begin(snakemake)
use_threads(snakemake.threads)
given, params = snakemake.input, snakemake.params
diffusion = np.array([read_array(path) for path in given.diffusion])
pool = Pool(
    rows=params.pool,
    groups=params.groups,
    features=open_features(given.features),
    masks=[read_mask(path) for path in given.masks],
    diffusion=diffusion.reshape(len(params.pool), -1, *diffusion.shape[1:]),
    metrics=params.metrics,
    brain=read_mask(given.brain),
    affine=read_grid(given.brain)[1],
)
found = run_study(
    int(snakemake.wildcards.study),
    pool,
    params.experiment,
    params.statistics,
    params.per_group,
    params.labellings,
    params.seed,
)
pd.DataFrame(found).to_csv(
    snakemake.output[0], sep="\t", index=False, float_format="%.10g"
)
