"""Group ICA: reduction, decomposition, stability, and the way back to sessions."""

from scan2map.ica.back_projection import dual_regression, gica1
from scan2map.ica.decomposition import GroupComponents, decompose
from scan2map.ica.reduction import GroupReduction, normalise_variance, reduce_session
from scan2map.ica.selection import associated_components

__all__ = [
    "GroupComponents",
    "GroupReduction",
    "associated_components",
    "decompose",
    "dual_regression",
    "gica1",
    "normalise_variance",
    "reduce_session",
]
