"""Unequal variances by restricted maximum likelihood, pooled over voxels, as in SPM12.

References
----------
Friston K.J. et al. (2002), NeuroImage 16:465-483.
"""

import logging

import numpy as np
from scipy import linalg
from scipy.special import fdtri

from scan2map.statistics import glm

ENTERING_P = 0.001
"""Voxels whose effects have a smaller p are those whose data are pooled."""

PRIOR_PRECISION = np.exp(-8)
"""Of each component's weight, around 0."""

MOST_STEPS, ENOUGH = 32, 0.1
"""Steps at most; the gain of log evidence (nats) that is too small to go on."""

REGULARISATION = 4.0
"""Logarithm of the time that a step follows the gradient's flow, at the start."""


def pool(data, design, effects):
    """Average the outer products of data over voxels in which effects are strong.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
    design : ndarray, shape (n, k)
    effects : sequence of int
        Columns of interest: conditions and covariates, not blocks and globals.

    Returns
    -------
    ndarray, shape (n, n)
        Each voxel's data scaled to a residual variance of 1.

    Raises
    ------
    ValueError
        No voxel has strong effects.
    """
    n, k = design.shape
    model = glm.fit(data, design)
    f, _, numerator = glm.f_contrast(model, np.eye(k)[effects])
    chosen = f > fdtri(numerator, model.df, 1 - ENTERING_P)
    if not chosen.any():
        raise ValueError(
            f"no voxel has effects with p < {ENTERING_P}, from which SPM's model of "
            "unequal variances is estimated: assume equal variances"
        )
    total = np.zeros((n, n))
    for block in glm.blocks(data.shape):
        here = chosen[block]
        values = np.asarray(data[:, block], np.float64)[:, here]
        values /= np.sqrt(model.variance[block][here])
        total += values @ values.T
    return total / np.count_nonzero(chosen)


def covariance(pooled, design, components):
    """Estimate a covariance as a weighted sum of components.

    Parameters
    ----------
    pooled : ndarray, shape (n, n)
        From `pool`.
    design : ndarray, shape (n, k)
    components : sequence of ndarray, shape (n, n)
        Such as a diagonal of 1 for each group.

    Returns
    -------
    ndarray, shape (n, n)
        Scaled to the trace n.

    Raises
    ------
    ValueError
        A variance comes out at 0 or below.
    """
    n, basis = len(design), linalg.orth(design)
    weights, time, gain = np.ones(len(components)), REGULARISATION, np.inf
    for steps in range(1, MOST_STEPS + 1):  # noqa: B007
        slope, curvature = _derivatives(pooled, basis, components, weights)
        change = _follow(slope, curvature, time)
        weights = weights + change
        last, gain = gain, slope @ change
        time = max(time - 1, -8.0) if gain > last else min(time + 0.25, 8.0)
        if gain < ENOUGH:
            break
    estimate = np.tensordot(weights, components, 1)
    logging.info("ReML: weights %s after %d steps", np.round(weights, 5), steps)
    if np.linalg.eigvalsh(estimate)[0] <= 0:
        raise ValueError(
            f"unequal variances cannot be estimated: the weights {weights.tolist()} "
            "make a variance negative; assume equal variances"
        )
    return estimate * n / np.trace(estimate)


def _derivatives(pooled, basis, components, weights):
    """Return slope and expected curvature of the log evidence by the weights."""
    precision = np.linalg.inv(np.tensordot(weights, components, 1))
    inside = precision @ basis
    projection = precision - inside @ np.linalg.solve(basis.T @ inside, inside.T)
    unexplained = np.eye(len(pooled)) - projection @ pooled
    products = [projection @ component for component in components]
    slope = np.array([-np.sum(one * unexplained.T) / 2 for one in products])
    curvature = [[-np.sum(a * b.T) / 2 for b in products] for a in products]
    prior = PRIOR_PRECISION * np.eye(len(weights))
    return slope - prior @ weights, np.array(curvature) - prior


def _follow(slope, curvature, time):
    """Return how far the flow along a quadratic's slope leads in a time."""
    n = len(slope)
    duration = np.exp(time - np.linalg.slogdet(-curvature)[1] / n)
    flow = np.zeros((n + 1, n + 1))
    flow[1:, 0], flow[1:, 1:] = duration * slope, duration * curvature
    return linalg.expm(flow)[1:, 0]
