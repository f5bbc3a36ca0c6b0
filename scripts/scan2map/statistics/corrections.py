"""Corrections for multiple testing: corrected p of every voxel, and thresholds.

References
----------
Worsley et al. (1996), Human Brain Mapping 4:58-73: `rft-peak`.
Friston et al. (1994), Human Brain Mapping 1:210-220: `rft-cluster`.
Genovese et al. (2002), NeuroImage 15:870-878: `fdr-voxel`.
Chumbley et al. (2010), NeuroImage 49:3057-3064: `fdr-peak`, `fdr-cluster`.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from scan2map.statistics import random_fields
from scan2map.statistics.fdr import adjusted_p
from scan2map.statistics.permuting import PERMUTATIONS
from scan2map.statistics.tables import NEIGHBOURS, find_peaks, smallest

SIGNS = {"two": (1, -1), "positive": (1,), "negative": (-1,)}
"""Signs of t that are looked at, by `tails`."""


class Corrected(NamedTuple):
    """A contrast corrected for all voxels.

    Attributes
    ----------
    p : ndarray, shape (voxels,)
        Corrected p; 1 where nothing was found.
    threshold : dict
        What is significant at `alpha`: ``statistic``, the smallest |t| or F; or
        ``voxels``, of the smallest cluster above ``forming``; or ``enhanced``, of TFCE;
        inf where nothing is. The least of both signs.
    about : dict
        What else is to be said, such as the number of permutations.
    """

    p: np.ndarray
    threshold: dict
    about: dict


class Asked(NamedTuple):
    """What a correction is asked for.

    Attributes
    ----------
    alpha : float
    tails : {"two", "positive", "negative"}
        Of t; F has one. Corrected p are for all signs looked at.
    cluster_forming_p : float
        Uncorrected, of one tail.
    """

    alpha: float = 0.05
    tails: str = "two"
    cluster_forming_p: float = 0.001

    def signs(self, statistic):
        """Return the signs of the statistic that are looked at."""
        return (1,) if statistic == "F" else SIGNS[self.tails]


def correct(name, level, contrast, asked=None, permuting=None, retrained=None):
    """Correct a contrast for all voxels that were tested.

    Parameters
    ----------
    name : str
        ``rft-peak``, ``rft-cluster``, ``bonferroni``, ``fdr-voxel``, ``fdr-peak``,
        ``fdr-cluster``, ``permutation-max-t``, ``permutation-cluster`` or
        ``permutation-tfce``.
    level : second_level.SecondLevel
    contrast : second_level.ContrastMap
    asked : Asked, optional
    permuting : permuting.Permuting, optional
        For permutation: what is exchanged, how often.
    retrained : permuting.Retrained, optional
        For permutation: the null distribution is that of networks that were trained on
        permuted labels, instead of rearranged maps.

    Returns
    -------
    Corrected

    Raises
    ------
    ValueError
        The correction does not exist, or no exchange is given for a permutation.
    """
    asked = asked or Asked()
    if not 0 < asked.alpha < 1:
        raise ValueError(f"alpha should be between 0 and 1. {asked.alpha} was provided")
    signs = asked.signs(contrast.search.statistic)
    if name in PERMUTATIONS:
        # Numba takes 0.3 s.
        from scan2map.statistics.permuted import correct_by_permutation

        return Corrected(
            *correct_by_permutation(
                name, level, contrast, asked, signs, permuting, retrained
            )
        )
    if name not in PARAMETRIC:
        raise ValueError(
            f"correction should be one of {', '.join((*PARAMETRIC, *PERMUTATIONS))}. "
            f"{name} was provided"
        )
    p, threshold = PARAMETRIC[name](level, contrast, asked, signs)
    return Corrected(np.minimum(p, 1), threshold, {})


def _voxelwise(p_of, threshold_of):
    """Return a correction by a p of each voxel for the whole search volume."""

    def correct_voxels(_, contrast, asked, signs):
        values = _farthest(contrast.values, signs)
        p = len(signs) * p_of(values, contrast.search)
        threshold = threshold_of(asked.alpha / len(signs), contrast.search)
        return p, {"statistic": threshold}

    return correct_voxels


def _farthest(values, signs):
    """Return the statistic of the sign that is looked at and farther from 0."""
    return np.max([sign * values.astype(np.float64) for sign in signs], axis=0)


def _bonferroni_threshold(alpha, search):
    return random_fields.uncorrected_threshold(alpha / search.voxels, search)


def _fdr_voxel(_, contrast, asked, signs):
    """Control the false discovery rate over voxels."""
    values = _farthest(contrast.values, signs)
    p = len(signs) * random_fields.uncorrected_p(values, contrast.search)
    q = adjusted_p(np.minimum(p, 1))
    return q, {"statistic": smallest(values[q <= asked.alpha])}


def _fdr_peak(level, contrast, asked, signs):
    """Control the false discovery rate over peaks above the forming threshold."""
    u, search = _forming(contrast, asked)
    peaks = [find_peaks(level.image(s * contrast.values), u).value for s in signs]
    heights = np.concatenate(peaks)
    q = adjusted_p(random_fields.peak_chance(heights, u, search))
    order = np.argsort(heights)
    values = _farthest(contrast.values, signs)
    p = np.ones(len(values))
    # A voxel is as significant as the highest peak that it reaches.
    rank = np.searchsorted(heights[order], values, side="right")
    reached = rank > 0
    p[reached] = q[order][rank[reached] - 1]
    return p, {"statistic": smallest(heights[q <= asked.alpha]), "forming": u}


def _clusterwise(p_of):
    """Return a correction by a p of each cluster above the forming threshold."""

    def correct_clusters(level, contrast, asked, signs):
        u, search = _forming(contrast, asked)
        sizes, places = [], []
        for sign in signs:
            image = level.image(sign * contrast.values)
            labels, n = ndimage.label(image > u, NEIGHBOURS)
            places.append(labels[level.mask])
            sizes.append(np.bincount(labels.ravel(), minlength=n + 1)[1:])
        p = p_of(np.concatenate(sizes), u, search, len(signs))
        corrected, start = np.ones(len(contrast.values)), 0
        for labels, mine in zip(places, sizes, strict=True):
            inside = labels > 0
            corrected[inside] = p[start + labels[inside] - 1]
            start += len(mine)
        least = smallest(np.concatenate(sizes)[p <= asked.alpha])
        return corrected, {"voxels": least, "forming": u}

    return correct_clusters


def _cluster_fwe(sizes, u, search, n_signs):
    return np.minimum(n_signs * random_fields.cluster_p(sizes, u, search)[1], 1)


def _cluster_fdr(sizes, u, search, _):
    return adjusted_p(random_fields.cluster_p(sizes, u, search)[0])


def _forming(contrast, asked):
    """Return the threshold that forms clusters, and where it is searched."""
    search = contrast.search
    u = random_fields.uncorrected_threshold(asked.cluster_forming_p, search)
    return u, search


PARAMETRIC = {
    "rft-peak": _voxelwise(random_fields.peak_p, random_fields.peak_threshold),
    "rft-cluster": _clusterwise(_cluster_fwe),
    "bonferroni": _voxelwise(random_fields.bonferroni_p, _bonferroni_threshold),
    "fdr-voxel": _fdr_voxel,
    "fdr-peak": _fdr_peak,
    "fdr-cluster": _clusterwise(_cluster_fdr),
}
"""Corrections by formulas."""
