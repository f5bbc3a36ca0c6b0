"""Whether a map of a network says anything about the network.

What takes Keras, `randomisation` and `explained`, is imported from its module where it
is used.
"""

from scan2map.sanity.localisation import localise, mass_share, planted_regions
from scan2map.sanity.reliability import (
    intraclass_correlation,
    map_reliability,
    summarise_reliability,
)
from scan2map.sanity.similarity import map_similarity, rank_correlation, ssim
from scan2map.sanity.verdicts import UNCHANGED, judge, sentence

__all__ = [
    "UNCHANGED",
    "intraclass_correlation",
    "judge",
    "localise",
    "map_reliability",
    "map_similarity",
    "mass_share",
    "planted_regions",
    "rank_correlation",
    "sentence",
    "ssim",
    "summarise_reliability",
]
