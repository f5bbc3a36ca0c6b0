"""Write where in MNI space each planted effect is, one mask per effect."""

import logging

from scan2map.images import MNI_CENTRE, analysis_grid, write_image
from scan2map.jobs import begin
from scan2map.phantom.anatomy import effect_mask, read_template

begin(snakemake)
template = read_template()
shape = tuple(snakemake.params.grid["shape"])
affine = analysis_grid(MNI_CENTRE, shape, snakemake.params.grid["voxel_size"])

for effect, path in zip(snakemake.params.effects, snakemake.output, strict=True):
    mask = effect_mask(template, effect, affine, shape)
    if not mask.any():
        raise ValueError(
            f"effect {effect['name']} has no voxel of tissue on the analysis grid: "
            "check the centre and radius of its regions (MNI, mm)"
        )
    write_image(mask, affine, path)
    logging.info("%s: %d voxels", effect["name"], mask.sum())
