"""Test maps of components voxel by voxel: between the groups, or against zero."""

import tempfile

import pandas as pd
from scan2map.statistics.components import COMPONENT_COLUMNS

from scan2map.cohort import read_cohort
from scan2map.images import read_array, read_grid, read_mask, write_image, write_json
from scan2map.logs import log_to
from scan2map.sensitivity.components import COMPONENT_UNIT
from scan2map.statistics import (
    average_participants,
    group_design,
    stack_components,
    t_test_components,
)

log_to(snakemake.log[0])
asked, groups = snakemake.params.statistics, snakemake.params.groups
rows = read_cohort(snakemake.input.cohort, groups, "bids", asked["covariates"])
design = group_design(rows, groups, snakemake.wildcards.contrast, asked["covariates"])

mask, affine = read_mask(snakemake.input.mask), read_grid(snakemake.input.mask)[1]
with tempfile.TemporaryFile() as file:
    stack = stack_components(
        map(read_array, snakemake.input.maps),
        n_sessions=len(snakemake.input.maps),
        mask=mask,
        voxel_size=affine[0, 0],
        fwhm=asked["fwhm"],
        file=file,
    )
    tested = t_test_components(
        (average_participants(maps, rows) for maps in stack),
        design=design,
        mask=mask,
        affine=affine,
        alpha=asked["alpha"],
        extent_mm3=asked["extent_mm3"],
    )
table = pd.DataFrame(tested.clusters, columns=COMPONENT_COLUMNS)
table.to_csv(snakemake.output.clusters, sep="\t", index=False, float_format="%.6g")
write_image(tested.t, affine, snakemake.output.t)
facts = {"sessions": len(rows), "fwhm_mm": asked["fwhm"], "unit": COMPONENT_UNIT}
write_json({**tested.summary, **facts}, snakemake.output.summary)
