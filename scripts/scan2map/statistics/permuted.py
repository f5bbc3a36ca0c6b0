"""Corrections by permutation, of maps or of the labels before training."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from scan2map.statistics import permutation, random_fields, tail
from scan2map.statistics.cluster_null import largest_clusters
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permuting import PERMUTATIONS, Permuting, Retrained
from scan2map.statistics.tables import NEIGHBOURS
from scan2map.statistics.tfce import enhance, neighbour_table


class _Retrainings(NamedTuple):
    """What the corrections share where networks were trained anew."""

    level: object
    search: random_fields.Search
    asked: object
    signs: tuple
    permuting: Permuting
    values: np.ndarray
    retrained: Retrained

    def measure(self, measure):
        """Return what is measured of the original and of each retraining."""
        null = [measure(np.asarray(values)) for values in self.retrained.maps]
        return np.array([measure(self.values), *null])

    def extremes(self):
        """Return the largest statistic of the signs looked at, of each retraining."""
        return self.measure(lambda t: max((sign * t).max() for sign in self.signs))

    def observed(self):
        """Return the statistic of the original."""
        return self.values


class _Rearrangements(NamedTuple):
    """What the corrections share where maps are rearranged."""

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

    def extremes(self):
        """Return the largest statistic of the signs looked at, of each arrangement."""
        data, threads = self.level.data, self.permuting.threads
        largest, smallest = permutation.max_statistics(
            data, self.tested, self.arranged, threads
        )
        if self.squared:
            return np.maximum(largest, -smallest) ** 2
        sides = {1: largest, -1: -smallest}
        return np.max([sides[sign] for sign in self.signs], axis=0)

    def observed(self):
        """Return the statistic of the original."""
        first = self.arranged._replace(
            rows=self.arranged.rows[:1], signs=self.arranged.signs[:1]
        )
        (values,) = permutation.statistic_maps(self.level.data, self.tested, first)
        return values**2 if self.squared else values

    def smallest_p(self):
        """Return the share of arrangements that no data tell from the original."""
        data = np.random.default_rng(0).normal(size=(len(self.tested.interest), 8))
        values = permutation.statistic_maps(data, self.tested, self.arranged)
        if self.squared or len(self.signs) > 1:
            values = np.abs(values)
        return float(np.isclose(values, values[0], rtol=1e-4).all(1).mean())


def correct_by_permutation(name, level, contrast, asked, signs, permuting, retrained):
    """Return corrected p, what is significant, and what else is to be said.

    Parameters and results are those of `corrections.correct`. Where variances are
    unequal, data are weighed as in the model before they are rearranged.
    """
    if permuting is None:
        raise ValueError(f"{name} needs 'permuting': which images may change places")
    shared = level, contrast.search, asked, signs, permuting
    if retrained is not None:
        test = _Retrainings(*shared, contrast.values, retrained)
        about = {"null": "models" if retrained.extrapolate else "retrain"}
    else:
        design = level.model.design
        arranged = rearrange(
            permuting.exchange, design, permuting.blocks, permuting.n, permuting.seed
        )
        # Noisy images weigh as little in the mean that is taken out as in the model.
        weights = level.model.weights[:, None]
        tested = permutation.separate(weights * design, contrast.weights)
        tested = tested._replace(weights=weights)
        test = _Rearrangements(*shared, tested, arranged)
        about = {
            "null": "maps",
            "exchange": permuting.exchange,
            "exhaustive": bool(arranged.exhaustive),
        }
    statistic, null, unit, more = MEASURES[name](test)
    smallest = test.smallest_p() if retrained is None else 1 / len(null)
    p_of, threshold, told = _significance(
        null, retrained, smallest, asked.alpha, permuting.seed
    )
    about |= told | {
        "arrangements": len(null),
        "null_quantiles": {
            str(share): float(np.quantile(null, share)) for share in (0.5, 0.9, 0.95)
        },
    }
    return p_of(statistic), {unit: threshold} | more, about


def _significance(null, retrained, smallest, alpha, seed):
    """Return how a statistic becomes p, the critical value, and what to say of it."""
    if retrained is None or not retrained.extrapolate:
        threshold, told = critical_value(null, alpha), {"smallest_p": smallest}
        return lambda found: permutation.p_values(found, null), threshold, told
    others = null[1:]
    fitted = tail.fit_tail(others, seed)
    threshold = tail.tail_threshold(alpha, others, fitted)
    told = {"tail": fitted._asdict(), "values": others.tolist()}
    return lambda found: tail.tail_p(found, others, fitted), threshold, told


def _voxels(test):
    """Return each voxel's statistic, and the largest of every arrangement."""
    null, observed = test.extremes(), test.observed()
    farthest = np.max([sign * observed for sign in test.signs], axis=0)
    return farthest, null, "statistic", {}


def _clusters(test):
    """Return the size of each voxel's cluster, and the largest of every arrangement."""
    u = random_fields.uncorrected_threshold(test.asked.cluster_forming_p, test.search)
    neighbours = neighbour_table(test.level.mask, 18)

    def largest(values):
        return max(largest_clusters(s * values, u, neighbours)[0] for s in test.signs)

    null, observed = test.measure(largest), test.observed()
    extent = np.zeros(len(observed))
    for sign in test.signs:
        labels, n = ndimage.label(test.level.image(sign * observed) > u, NEIGHBOURS)
        sizes = np.bincount(labels.ravel(), minlength=n + 1)
        sizes[0] = 0
        extent = np.maximum(extent, sizes[labels[test.level.mask]])
    return extent, null, "voxels", {"forming": u}


def _enhanced(test):
    """Return each voxel's enhanced value, and the largest of every arrangement."""
    neighbours = neighbour_table(test.level.mask, test.permuting.connectivity)
    powers = test.permuting.extent, test.permuting.height

    def enhanced(values):
        return np.abs(enhance(_looked_at(values, test.signs), neighbours, *powers))

    null = test.measure(lambda values: enhanced(values).max())
    return enhanced(test.observed()), null, "enhanced", {}


MEASURES = dict(zip(PERMUTATIONS, (_voxels, _clusters, _enhanced), strict=True))
"""Corrections by permutation: what is compared with its largest value."""


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
