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


class _Test(NamedTuple):
    """What the corrections share: the contrast, and how its data are rearranged."""

    level: object
    search: random_fields.Search
    asked: object
    signs: tuple
    permuting: Permuting
    tested: permutation.Tested
    arranged: object

    @property
    def squared(self):
        """Whether the statistic is the square of t: F of one row of weights."""
        return self.search.statistic == "F" and self.tested.interest.shape[1] == 1

    def measure(self, measure):
        """Return what is measured of the statistic's map of each rearrangement."""

        def of_map(values):
            return measure(values**2 if self.squared else values)

        data, threads = self.level.data, self.permuting.threads
        return permutation.measure_maps(
            data, self.tested, self.arranged, of_map, threads
        )

    def observed(self):
        """Return the statistic of the original."""
        first = self.arranged._replace(
            rows=self.arranged.rows[:1], signs=self.arranged.signs[:1]
        )
        (values,) = permutation.statistic_maps(self.level.data, self.tested, first)
        return values**2 if self.squared else values


def correct_by_permutation(name, level, contrast, asked, signs, permuting):
    """Return corrected p, what is significant, and what else is to be said.

    Parameters and results are those of `corrections.correct`. The statistic is that of
    equal variances; sign flips hold without them.
    """
    if permuting is None:
        raise ValueError(f"{name} needs 'permuting': which images may change places")
    design = level.model.design
    arranged = rearrange(
        permuting.exchange, design, permuting.blocks, permuting.n, permuting.seed
    )
    tested = permutation.separate(design, contrast.weights)
    test = _Test(level, contrast.search, asked, signs, permuting, tested, arranged)
    work = {
        "permutation-max-t": _voxels,
        "permutation-cluster": _clusters,
        "permutation-tfce": _enhanced,
    }
    p, null, threshold = work[name](test)
    shares = (0.5, 0.9, 0.95, 0.99)
    about = {
        "exchange": permuting.exchange,
        "rearrangements": len(arranged.rows),
        "exhaustive": bool(arranged.exhaustive),
        "smallest_p": 1 / len(arranged.rows),
        "null_quantiles": {
            str(share): float(np.quantile(null, share)) for share in shares
        },
    }
    return p, threshold, about


def _voxels(test):
    """Compare each voxel with the largest value of every rearrangement."""
    largest, smallest = permutation.max_statistics(
        test.level.data, test.tested, test.arranged, test.permuting.threads
    )
    observed = test.observed()
    if test.squared:
        null = np.maximum(largest, -smallest) ** 2
    else:
        sides = {1: largest, -1: -smallest}
        null = np.max([sides[sign] for sign in test.signs], axis=0)
    values = np.max([sign * observed for sign in test.signs], axis=0)
    p = permutation.p_values(values, null)
    return p, null, {"statistic": critical_value(null, test.asked.alpha)}


def _clusters(test):
    """Compare each cluster with the largest of every rearrangement."""
    u = random_fields.uncorrected_threshold(test.asked.cluster_forming_p, test.search)
    neighbours = neighbour_table(test.level.mask, 18)

    def largest(values):
        return max(largest_clusters(s * values, u, neighbours)[0] for s in test.signs)

    null, observed = test.measure(largest), test.observed()
    p = np.ones(len(observed))
    for sign in test.signs:
        labels, n = ndimage.label(test.level.image(sign * observed) > u, NEIGHBOURS)
        sizes = np.bincount(labels.ravel(), minlength=n + 1)[1:]
        here = labels[test.level.mask]
        if n:
            p[here > 0] = permutation.p_values(sizes, null)[here[here > 0] - 1]
    return p, null, {"voxels": critical_value(null, test.asked.alpha), "forming": u}


def _enhanced(test):
    """Compare each enhanced voxel with the largest of every rearrangement."""
    neighbours = neighbour_table(test.level.mask, test.permuting.connectivity)
    powers = test.permuting.extent, test.permuting.height

    def enhanced(values):
        return np.abs(enhance(_looked_at(values, test.signs), neighbours, *powers))

    null = test.measure(lambda values: enhanced(values).max())
    p = permutation.p_values(enhanced(test.observed()), null)
    return p, null, {"enhanced": critical_value(null, test.asked.alpha)}


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
