"""Fit the model of an analysis, test a contrast, and list clusters as SPM does."""

from scan2map.contrasts import contrast_weights
from scan2map.designs import cohort_design
from scan2map.images import read_json, write_image, write_json
from scan2map.jobs import begin
from scan2map.map_units import unit_of
from scan2map.measured import read_volumes, with_volumes
from scan2map.statistics import Asked
from scan2map.statistics.analysis import (
    TABLE,
    contrast_map,
    describe_test,
    fit_analysis,
    has_random_fields,
    tabulate_contrast,
    without_p,
)
from scan2map.statistics.regions import read_atlas
from scan2map.statistics.stacks import read_stack, take_apart
from scan2map.statistics.tables import write_rows

begin(snakemake)
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
table, sets = tabulate_contrast(
    level,
    contrast,
    Asked(tails=asked["tails"], cluster_forming_p=asked["cluster_forming_p"]),
    asked["extent_mm3"],
    n_maps,
    atlas,
)
if not has_random_fields(design, contrast):
    table, sets = without_p(table, sets)

out = snakemake.output
write_rows(table, TABLE, out.table)
for values, path in (
    (contrast.values, out.statistic),
    (contrast.effect, out.effect),
    (contrast.size, out.size),
    (level.model.variance, out.variance),
    (level.smoothness.rpv[mask], out.rpv),
):
    write_image(take_apart(level.image(values), n_maps), affine, path)
unit = unit_of(snakemake.params.kind, snakemake.wildcards.maps)
summary = describe_test(level, contrast, design, sets, asked, unit)
summary |= {"WithoutMaps": snakemake.params.unmapped, "Stack": stacked}
write_json(summary, out.summary)
