"""Keep the voxels of MNI space that hold a tensor in every session."""

import logging

from scan2map.images import read_grid, read_mask, write_image
from scan2map.jobs import begin
from scan2map.statistics import intersect_masks

begin(snakemake)
paths, mirror = snakemake.input.masks, snakemake.params.mirror
masks = (
    read_mask(path)[::-1] if flip else read_mask(path)
    for path, flip in zip(paths, mirror, strict=True)
)
brain = read_mask(snakemake.input.brain)
group, missing, alone = intersect_masks(masks, brain)
write_image(group, read_grid(snakemake.input.brain)[1], snakemake.output[0])
for path, lacks, costs in zip(paths, missing, alone, strict=True):
    logging.info("%s lacks %d voxels, %d of them alone", path, lacks, costs)
logging.info("%d of the template's %d voxels are left", group.sum(), brain.sum())
