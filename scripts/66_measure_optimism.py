"""Compare an experiment's scores with those of its replica."""

import pandas as pd

from scan2map.jobs import begin
from scan2map.scores import optimism

begin(snakemake)
labels = {"participant_id": str, "session_id": str, "group": str}
honest, replica = (
    pd.read_csv(path, sep="\t", dtype=labels)
    for path in (snakemake.input.honest, snakemake.input.replica)
)
gaps = optimism(
    honest,
    replica,
    seed=snakemake.params.seed,
    n_bootstrap=snakemake.params.n_bootstrap,
)
gaps.to_csv(snakemake.output[0], sep="\t", index=False)
