"""Correct a contrast for all voxels, and list what is significant."""

import numpy as np
from threadpoolctl import threadpool_limits

from scan2map.contrasts import contrast_weights
from scan2map.designs import cohort_design, exchange_of
from scan2map.images import read_json, write_image, write_json
from scan2map.jobs import begin
from scan2map.measured import read_volumes, with_volumes
from scan2map.nifti import nib
from scan2map.statistics import correct
from scan2map.statistics.analysis import (
    CLUSTERS,
    asked_of,
    contrast_map,
    describe_correction,
    fit_analysis,
    permuting_of,
    significant_clusters,
)
from scan2map.statistics.permuting import PERMUTATIONS, Retrained
from scan2map.statistics.regions import read_atlas
from scan2map.statistics.stacks import read_stack, take_apart
from scan2map.statistics.tables import write_rows

begin(snakemake)
threadpool_limits(1)  # sums of BLAS depend on its threads; permutations have their own
asked, groups = snakemake.params.statistics, snakemake.params.cohort_groups
rows = snakemake.params.rows
if snakemake.input.volumes:
    rows = with_volumes(rows, read_volumes(snakemake.input.volumes))
design = cohort_design(rows, asked, groups)
data, mask, affine, n_maps = read_stack(snakemake.input.stack, snakemake.input.mask)
atlas = read_atlas(snakemake.input.atlas, take_apart(mask, n_maps), affine)
stacked = read_json(snakemake.input.description)

level = fit_analysis(data, mask, affine, design, asked, stacked["GlobalValues"])
wanted = contrast_weights(
    design, snakemake.wildcards.contrast, snakemake.params.contrast
)
contrast = contrast_map(level, wanted)
permuting = None
if snakemake.wildcards.correction in PERMUTATIONS:
    exchange = exchange_of(design, wanted.weights, asked["variance"])
    seed, threads = snakemake.params.seed, snakemake.threads
    permuting = permuting_of(asked, exchange, design, seed, threads)
null = (
    np.asarray(nib.load(path).dataobj[..., snakemake.params.position])[mask]
    for path in snakemake.input.null
)
corrected = correct(
    snakemake.wildcards.correction,
    level,
    contrast,
    asked_of(asked),
    permuting,
    Retrained(null, asked["null"] == "models") if snakemake.input.null else None,
)
clusters = significant_clusters(
    level,
    contrast,
    corrected,
    asked_of(asked),
    n_maps,
    atlas,
)

out, significant = snakemake.output, corrected.p <= asked["alpha"]
write_rows(clusters, CLUSTERS, out.table)
for values, path in (
    (np.where(significant, contrast.values, 0), out.statistic),
    (-np.log10(corrected.p), out.p),
):
    write_image(take_apart(level.image(values), n_maps), affine, path)
summary = describe_correction(
    snakemake.wildcards.correction, corrected, contrast, asked, clusters
)
write_json(summary, out.summary)
