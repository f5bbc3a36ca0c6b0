"""Group ICA: reduction, decomposition, stability, and the way back to sessions."""

from scan2map.ica.back_projection import (
    SessionRegression,
    check_dimensions,
    describe_components,
    describe_sessions,
    dual_regression,
    gica1,
    read_group,
)
from scan2map.ica.decomposition import GroupComponents, decompose, in_noise_units
from scan2map.ica.matching import label_maps, match_maps, spatial_correlation
from scan2map.ica.reduction import (
    GroupReduction,
    normalise_variance,
    reduce_session,
    rows_between,
)
from scan2map.ica.selection import associated_components, average_activity
from scan2map.ica.voxels import (
    evenly_spaced,
    read_templates,
    read_voxels,
)

__all__ = [
    "GroupComponents",
    "GroupReduction",
    "SessionRegression",
    "associated_components",
    "average_activity",
    "check_dimensions",
    "decompose",
    "describe_components",
    "describe_sessions",
    "dual_regression",
    "evenly_spaced",
    "gica1",
    "in_noise_units",
    "label_maps",
    "match_maps",
    "normalise_variance",
    "read_group",
    "read_templates",
    "read_voxels",
    "reduce_session",
    "rows_between",
    "spatial_correlation",
]
