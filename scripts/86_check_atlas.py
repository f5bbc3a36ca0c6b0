"""Look whether an atlas names regions of the brain before networks are trained."""

import numpy as np

from scan2map.images import read_grid, read_mask, write_json
from scan2map.jobs import begin
from scan2map.statistics.regions import read_atlas

begin(snakemake)
mask, (shape, affine) = read_mask(snakemake.input.mask), read_grid(snakemake.input.mask)
atlas = read_atlas(snakemake.input.atlas, mask, affine)
counts = np.bincount(atlas.on_grid(shape, affine)[mask])
found = [number for number in np.flatnonzero(counts).tolist() if number]
voxels = {f"{number} {atlas.names[number]}": int(counts[number]) for number in found}
said = {"Description": "voxels of the template's brain in each region of the atlas"}
write_json(said | {"Voxels": voxels}, snakemake.output[0])
