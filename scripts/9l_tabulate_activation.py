"""Tabulate the mean of activation maps in each region of an atlas, group by group."""

import logging

import numpy as np

from scan2map.figures.regions import regions_page
from scan2map.images import read_array, read_grid, read_mask
from scan2map.jobs import begin
from scan2map.sensitivity.groups import regional_rows
from scan2map.statistics.regions import read_atlas
from scan2map.statistics.tables import write_rows

begin(snakemake)

params = snakemake.params
mask, (shape, affine) = read_mask(snakemake.input.mask), read_grid(snakemake.input.mask)
atlas = read_atlas(snakemake.input.atlas, mask, affine)
labels = np.where(mask, atlas.on_grid(shape, affine), 0)
n = len(params.participants)
rows = []
for place, kind in enumerate(params.kinds):
    maps = map(read_array, snakemake.input.maps[place * n : (place + 1) * n])
    people = params.participants, params.groups, params.order
    found = regional_rows(maps, *people, labels, atlas.names)
    rows += [{"map": kind} | row for row in found]
write_rows(rows, list(rows[0]), snakemake.output.tsv)
with open(snakemake.output.html, "w") as page:
    page.write(regions_page(rows, params.order, params.title))
logging.info("%d regions, %d sessions", len(set(r["index"] for r in rows)), n)
