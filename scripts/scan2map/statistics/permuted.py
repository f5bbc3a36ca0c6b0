"""Corrections of a contrast by permutation: of voxels, clusters and TFCE."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from scan2map.statistics import permutation, random_fields
from scan2map.statistics.cluster_null import largest_clusters
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.tables import NEIGHBOURS
from scan2map.statistics.tfce import enhance, neighbour_table

PERMUTATION = ("permutation-max-t", "permutation-cluster", "permutation-tfce")
"""Corrections by permutation."""


class Permuting(NamedTuple):
    """What is rearranged, and how often.

    Attributes
    ----------
    exchange : {"labels", "signs"}
        See `exchange.rearrange`.
    blocks : sequence, length n
        Images that stay together: participants.
    n : int
        Rearrangements beside the original.
    seed : int
    extent, height, connectivity : float, float, int
        Of TFCE.
    threads : int, optional
        All cores by default; results do not depend on it.
    """

    exchange: str
    blocks: list
    n: int = 5000
    seed: int = 0
    extent: float = 0.5
    height: float = 2.0
    connectivity: int = 6
    threads: int | None = None


def correct_by_permutation(name, level, contrast, asked, signs, permuting):
    """Return corrected p, what is significant, and what else is to be said.

    Parameters and the first two results are those of `corrections.correct`; the
    statistic is that of equal variances; sign flips hold without them.
    """
    if permuting is None:
        raise ValueError(f"{name} needs 'permuting': which images may change places")
    design = level.model.design
    tested = permutation.separate(design, contrast.weights)
    arranged = rearrange(
        permuting.exchange, design, permuting.blocks, permuting.n, permuting.seed
    )
    first = arranged._replace(rows=arranged.rows[:1], signs=arranged.signs[:1])
    observed = permutation.statistic_maps(level.data, tested, first)[0]
    work = {
        "permutation-max-t": _voxels,
        "permutation-cluster": _clusters,
        "permutation-tfce": _enhanced,
    }
    p, null, threshold = work[name](
        level, contrast, asked, signs, permuting, tested, arranged, observed
    )
    about = {
        "exchange": permuting.exchange,
        "rearrangements": len(arranged.rows),
        "exhaustive": bool(arranged.exhaustive),
        "smallest_p": 1 / len(arranged.rows),
        "null_quantiles": dict(
            zip(
                ("0.5", "0.9", "0.95", "0.99"),
                np.quantile(null, (0.5, 0.9, 0.95, 0.99)).tolist(),
                strict=True,
            )
        ),
    }
    return p, threshold, about


def _voxels(level, contrast, asked, signs, permuting, tested, arranged, observed):
    """Compare each voxel with the largest value of every rearrangement."""
    largest, smallest = permutation.max_statistics(
        level.data, tested, arranged, permuting.threads
    )
    sides = {1: largest, -1: -smallest}
    null = np.max([sides[sign] for sign in signs], axis=0)
    values = np.max([sign * observed for sign in signs], axis=0)
    p = permutation.p_values(values, null)
    return p, null, {"statistic": critical_value(null, asked.alpha)}


def _clusters(level, contrast, asked, signs, permuting, tested, arranged, observed):
    """Compare each cluster with the largest of every rearrangement."""
    u = random_fields.uncorrected_threshold(asked.cluster_forming_p, contrast.search)
    neighbours = neighbour_table(level.mask, 18)

    def largest(values):
        return max(largest_clusters(s * values, u, neighbours)[0] for s in signs)

    null = permutation.measure_maps(
        level.data, tested, arranged, largest, permuting.threads
    )
    p = np.ones(len(observed))
    for sign in signs:
        labels, n = ndimage.label(level.image(sign * observed) > u, NEIGHBOURS)
        sizes = np.bincount(labels.ravel(), minlength=n + 1)[1:]
        here = labels[level.mask]
        if n:
            p[here > 0] = permutation.p_values(sizes, null)[here[here > 0] - 1]
    return p, null, {"voxels": critical_value(null, asked.alpha), "forming": u}


def _enhanced(level, contrast, asked, signs, permuting, tested, arranged, observed):
    """Compare each enhanced voxel with the largest of every rearrangement."""
    neighbours = neighbour_table(level.mask, permuting.connectivity)
    powers = permuting.extent, permuting.height

    def highest(values):
        enhanced = enhance(_looked_at(values, signs), neighbours, *powers)
        return np.abs(enhanced).max()

    null = permutation.measure_maps(
        level.data, tested, arranged, highest, permuting.threads
    )
    enhanced = np.abs(enhance(_looked_at(observed, signs), neighbours, *powers))
    p = permutation.p_values(enhanced, null)
    return p, null, {"enhanced": critical_value(null, asked.alpha)}


def _looked_at(values, signs):
    """Return values with 0 in place of the sign that is not looked at."""
    return np.clip(values, None if -1 in signs else 0, None if 1 in signs else 0)


def critical_value(null, alpha):
    """Return the value above which a statistic has p <= alpha.

    Parameters
    ----------
    null : ndarray, shape (m,)
        With the original's value.
    alpha : float

    Returns
    -------
    float
        inf where rearrangements are too few for any to be significant.
    """
    allowed = int(np.floor(alpha * len(null) + 1e-9))
    if allowed < 1:
        return float("inf")
    return float(np.sort(null)[-min(allowed + 1, len(null))])
