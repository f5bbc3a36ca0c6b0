"""Compare the groups of null datasets with every correction."""

from scan2map.jobs import begin
from scan2map.statistics.calibration import study_datasets
from scan2map.statistics.null_data import ellipsoid

begin(snakemake)
wildcards, params = snakemake.wildcards, snakemake.params
first = int(wildcards.job) * params.per_job
p = study_datasets(
    range(first, first + params.per_job),
    name=wildcards.setting,
    setting=params.setting,
    smoothing_mm=float(wildcards.smoothing),
    search=ellipsoid(params.voxel_size),
    permutations=params.permutations,
    seed=params.seed,
)
p.to_csv(snakemake.output[0], sep="\t", index=False, float_format="%.10g")
