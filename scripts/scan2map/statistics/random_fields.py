"""Random field theory: thresholds and p values of peaks, clusters and sets.

Formulas and conventions are SPM12's, of a single statistic (no conjunctions).

References
----------
Worsley K.J. et al. (1996), Human Brain Mapping 4:58-73.
Friston K.J. et al. (1994, 1996), Human Brain Mapping 1:210-220; NeuroImage 4:223-235.
"""

from typing import NamedTuple

import numpy as np
import scipy
from scipy.special import fdtrc, fdtri, gamma, gammaln, pdtrc, stdtr, stdtrit

LOG4 = 4 * np.log(2)

EPS = np.finfo(float).eps
"""SPM lets no expected number be smaller."""


HEIGHTS = np.logspace(-12, np.log10(0.5), 200)
"""Uncorrected p of the heights at which the expected Euler characteristic is known."""


class Search(NamedTuple):
    """A smooth statistic and where it is searched.

    `statistic` is ``T`` or ``F``; `df` its degrees of freedom (numerator, denominator),
    1 the numerator of T; `resels` R0 to R3; `fwhm` of the residuals in voxels along x,
    y, z; `voxels` in the mask.
    """

    statistic: str
    df: tuple
    resels: tuple
    fwhm: tuple
    voxels: int

    @property
    def resel(self):
        """Voxels of a resel."""
        return float(np.prod(self.fwhm))


def uncorrected_p(u, search):
    """Return the probability that the statistic of one voxel exceeds u.

    One tail, that of large values, for T and F alike.
    """
    u = np.asarray(u, dtype=np.float64)
    if search.statistic == "T":
        return stdtr(search.df[1], -u)
    return fdtrc(*search.df, np.maximum(u, 0))


def uncorrected_threshold(p, search):
    """Return the u that the statistic of one voxel exceeds with probability p."""
    if search.statistic == "T":
        return float(-stdtrit(search.df[1], p))
    return float(fdtri(*search.df, 1 - p))


def ec_densities(u, search):
    """Return the densities of the Euler characteristic above u, per resel.

    Parameters
    ----------
    u : array_like
    search : Search

    Returns
    -------
    ndarray, shape (4, ...)
        For 0 to 3 dimensions (Worsley 1996, Table II).
    """
    u = np.asarray(u, dtype=np.float64)
    tail, v = uncorrected_p(u, search), search.df[1]
    if search.statistic == "T":
        body = (1 + u**2 / v) ** ((1 - v) / 2)
        ratio = np.exp(gammaln((v + 1) / 2) - gammaln(v / 2)) / np.sqrt(v / 2)
        return np.array(
            [
                tail,
                LOG4**0.5 / (2 * np.pi) * body,
                LOG4 / (2 * np.pi) ** 1.5 * ratio * body * u,
                LOG4**1.5 / (2 * np.pi) ** 2 * body * ((v - 1) * u**2 / v - 1),
            ]
        )
    k = search.df[0]
    x = np.maximum(k * u / v, np.finfo(float).tiny)
    body = (1 + x) ** (-(v + k - 2) / 2)
    base = gammaln(v / 2) + gammaln(k / 2)

    def ratio(d):
        return np.exp(gammaln((v + k - d) / 2) - base) * x ** ((k - d) / 2) * body

    unit = LOG4 / (2 * np.pi)
    return np.array(
        [
            tail,
            unit**0.5 * 2**0.5 * ratio(1),
            unit * ratio(2) * ((v - 1) * x - (k - 1)),
            unit**1.5
            * 2**-0.5
            * ratio(3)
            * (
                (v - 1) * (v - 2) * x**2
                - (2 * v * k - v - k - 1) * x
                + (k - 1) * (k - 2)
            ),
        ]
    )


def expected_clusters(u, search):
    """Return how many clusters chance is expected to make above u."""
    densities = np.maximum(ec_densities(u, search), EPS)
    return np.tensordot(np.asarray(search.resels), densities, 1)


def peak_p(u, search):
    """Return the probability that the largest value of the search volume exceeds u.

    The smaller of random field theory's and Bonferroni's. It never falls where u does:
    below the height at which clusters merge, or holes outnumber them, the expected
    Euler characteristic falls and says nothing of the largest value; SPM does not look
    there.
    """
    u = np.asarray(u, dtype=np.float64)
    heights = np.sort([uncorrected_threshold(p, search) for p in HEIGHTS])
    above = np.maximum.accumulate(_field_p(heights, search)[::-1])[::-1]
    number = np.searchsorted(heights, u)
    higher = np.where(number < len(heights), np.append(above, 0)[number], 0)
    fields = np.maximum(_field_p(u, search), higher)
    return np.minimum(fields, bonferroni_p(u, search))


def _field_p(u, search):
    """Return the p of a height by the expected Euler characteristic; at least 0."""
    return np.maximum(-np.expm1(-expected_clusters(u, search)), 0)


def bonferroni_p(u, search):
    """Return the p of one voxel times the number of voxels, at most 1."""
    return np.minimum(search.voxels * uncorrected_p(u, search), 1)


def field_threshold(alpha, search):
    """Return the u that random field theory expects to be exceeded in alpha of cases.

    The largest such u: below it the expected number of clusters rises, and falls again
    where clusters merge.
    """

    def excess(u):
        found = float(expected_clusters(u, search) + np.log1p(-alpha))
        return found if np.isfinite(found) else -1.0

    low = high = uncorrected_threshold(alpha / max(*search.resels, 1), search)
    while excess(high) > 0:
        low, high = high, 1.2 * high
    least = uncorrected_threshold(0.5, search) + 0.1
    while excess(low) <= 0:
        low, high = low / 1.2, low
        if low < least:
            return uncorrected_threshold(alpha, search)
    return scipy.optimize.brentq(excess, low, high, xtol=1e-12, rtol=1e-14)


def peak_threshold(alpha, search):
    """Return the smaller of the thresholds of random fields and of Bonferroni."""
    bonferroni = uncorrected_threshold(alpha / search.voxels, search)
    return min(field_threshold(alpha, search), bonferroni)


def cluster_p(size, u, search):
    """Return the p values of a cluster's size.

    Parameters
    ----------
    size : array_like
        Voxels.
    u : float
        Threshold that formed the clusters.
    search : Search

    Returns
    -------
    uncorrected : ndarray
        That a cluster is at least as large (Friston 1994).
    corrected : ndarray
        That any is, in the search volume.
    """
    resels = np.asarray(search.resels, dtype=np.float64)
    dimensions = int(np.flatnonzero(resels)[-1])
    densities = np.maximum(ec_densities(u, search), EPS)
    expected = densities[0] / densities[dimensions]  # resels of a cluster
    beta = (gamma(dimensions / 2 + 1) / expected) ** (2 / dimensions)
    size = np.asarray(size, dtype=np.float64) / search.resel
    uncorrected = np.exp(-beta * size ** (2 / dimensions))
    number = cluster_number(u, search)
    return uncorrected, -np.expm1(-number * uncorrected)


def cluster_number(u, search):
    """Return how many clusters chance makes above u; inf where holes outnumber them.

    The expected Euler characteristic counts clusters less holes: where it is not above
    0, it does not say how many clusters there are.
    """
    number = float(expected_clusters(u, search)) + EPS
    return number if number > 0 else np.inf


def set_p(n_clusters, smallest, u, search):
    """Return the p of as many clusters of at least a size (voxels), by Poisson.

    One cluster of any size is a peak above u.
    """
    if n_clusters == 1 and smallest == 0:
        return float(peak_p(u, search))
    expected = cluster_number(u, search) * cluster_p(smallest, u, search)[0]
    return float(pdtrc(n_clusters - 1, min(expected, 1e9)))


def peak_chance(heights, u, search):
    """Return how often a peak above u is as high by chance (Chumbley 2010)."""
    number = cluster_number(u, search)
    if not np.isfinite(number):
        return np.ones(len(heights))
    return np.clip(expected_clusters(heights, search) / number, 0, 1)
