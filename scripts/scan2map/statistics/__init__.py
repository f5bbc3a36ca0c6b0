"""Voxel-wise statistics on arrays: stack, fit, test, correct, list clusters."""

from scan2map.statistics.corrections import Asked, correct
from scan2map.statistics.masks import intersect_masks
from scan2map.statistics.permuting import Permuting
from scan2map.statistics.recovery import enrichment
from scan2map.statistics.second_level import fit_second_level
from scan2map.statistics.stacks import (
    Masking,
    Scaling,
    check_grids,
    read_map,
    stack_images,
)

__all__ = [
    "Asked",
    "Masking",
    "Permuting",
    "Scaling",
    "check_grids",
    "correct",
    "enrichment",
    "fit_second_level",
    "intersect_masks",
    "read_map",
    "stack_images",
]
