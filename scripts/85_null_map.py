"""Test the maps of networks that were trained on permuted labels."""

import tempfile

import numpy as np

from scan2map.contrasts import contrast_weights
from scan2map.designs import cohort_design
from scan2map.images import (
    mask_on_grid,
    read_grid,
    read_json,
    read_mask,
    to_image,
    write_image,
)
from scan2map.jobs import begin
from scan2map.measured import read_volumes, with_volumes
from scan2map.sensitivity import average_over_repeats, maps_held_out
from scan2map.statistics.analysis import contrast_map, fit_analysis, stack_analysis
from scan2map.transforms import pull, read_field

begin(snakemake)
given, params = snakemake.input, snakemake.params
stacks = [np.load(path, mmap_mode="r") for path in given.stacks]
tables = [read_json(path) for path in given.tables]
rows = params.rows
if given.volumes:
    rows = with_volumes(rows, read_volumes(given.volumes))
design = cohort_design(rows, params.statistics, params.cohort_groups)
shape, affine = read_grid(given.masks[0])
explicit = np.logical_and.reduce([mask_on_grid(p, shape, affine) for p in given.masks])
grid = read_mask(given.grid_mask) if params.kind == "volumes" else None


def map_of(number):
    """Return the map of one session in MNI, as it is tested."""
    row, mirror = rows[number], params.mirror[number]
    who = row["participant_id"], row["session_id"]
    mean = average_over_repeats(maps_held_out(stacks, tables, *who), mirror)
    if params.kind == "volumes":
        return to_image(mean, grid)[..., 0]
    image = mean[params.maps.index(snakemake.wildcards.maps)]
    if given.fields:
        field, target = read_field(given.fields[number])
        image = pull(image, read_grid(given.grids[number])[1], field, target)
    return image[::-1] if mirror else image


with tempfile.NamedTemporaryFile(suffix=".npy") as file:
    stack = stack_analysis(
        (np.mean([map_of(i) for i in m], axis=0) for m in design.members),
        n_images=len(design.members),
        path=file.name,
        asked=params.statistics,
        explicit=explicit,
        affine=affine,
    )
    level = fit_analysis(
        stack.data, stack.mask, affine, design, params.statistics, stack.globals
    )
    tested = [
        contrast_map(level, contrast_weights(design, name, asked)).values
        for name, asked in params.contrasts.items()
    ]
images = [level.image(values) for values in tested]
write_image(np.stack(images, axis=-1), affine, snakemake.output[0])
