"""Voxel-wise statistics on arrays: smooth, fit, threshold, list clusters."""

from scan2map.statistics.clusters import list_clusters
from scan2map.statistics.components import stack_components, t_test_components
from scan2map.statistics.design import Design, average_participants, group_design
from scan2map.statistics.glm import fit, t_contrast
from scan2map.statistics.masks import intersect_masks
from scan2map.statistics.recovery import enrichment
from scan2map.statistics.smoothing import smooth, smooth_within
from scan2map.statistics.t_maps import prepare_maps, t_test
from scan2map.statistics.thresholds import bonferroni

__all__ = [
    "Design",
    "average_participants",
    "bonferroni",
    "enrichment",
    "fit",
    "group_design",
    "intersect_masks",
    "list_clusters",
    "prepare_maps",
    "smooth",
    "smooth_within",
    "stack_components",
    "t_contrast",
    "t_test",
    "t_test_components",
]
