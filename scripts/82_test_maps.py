"""Test maps voxel by voxel: between the groups, or their mean against zero."""

import pandas as pd
from scan2map.statistics.clusters import COLUMNS

from scan2map.cohort import read_cohort
from scan2map.images import read_array, read_grid, read_mask, write_image, write_json
from scan2map.logs import log_to
from scan2map.sensitivity import UNITS
from scan2map.statistics import average_participants, group_design, prepare_maps, t_test
from scan2map.tensor import METRIC_UNITS

log_to(snakemake.log[0])
asked, wildcards = snakemake.params.statistics, snakemake.wildcards
groups, covariates = snakemake.params.groups, asked["covariates"]
units = METRIC_UNITS if wildcards.maps == "traditional" else UNITS
rows = read_cohort(snakemake.input.cohort, groups, "bids", covariates)
design = group_design(rows, groups, wildcards.contrast, covariates)

mask, affine = read_mask(snakemake.input.mask), read_grid(snakemake.input.mask)[1]
data = prepare_maps(
    map(read_array, snakemake.input.maps),
    mask=mask,
    voxel_size=affine[0, 0],
    fwhm=asked["fwhm"],
    mirrored=snakemake.params.mirror,
)
tested = t_test(
    average_participants(data, rows),
    design=design,
    mask=mask,
    affine=affine,
    alpha=asked["alpha"],
    extent_mm3=asked["extent_mm3"],
)
table = pd.DataFrame(tested.clusters, columns=COLUMNS)
table.to_csv(snakemake.output.clusters, sep="\t", index=False, float_format="%.6g")
write_image(tested.t, affine, snakemake.output.t)
facts = {
    "sessions": len(rows),
    "fwhm_mm": asked["fwhm"],
    "unit": units[wildcards.metric],
}
write_json({**tested.summary, **facts}, snakemake.output.summary)
