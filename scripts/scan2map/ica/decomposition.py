"""Independent components of a group, how stable they are, their sign and order."""

from typing import NamedTuple

import numpy as np
import scipy

from scan2map.ica.stability import centrotypes

TOLERANCE = 1e-4
"""FastICA stops when no component turns by more: 1 - |cosine| from step to step.
Picard stops when no entry of the gradient is larger."""

MOST_ITERATIONS = 500

SAMPLE = 30_000
"""Voxels, evenly spaced, that repeats look at; the last run looks at all. Neighbours
say nearly the same: repeats find the same optima in a fraction of the time."""

BLOCK = 8192
"""Voxels per product, so that what is computed in between stays in the cache."""


class GroupComponents(NamedTuple):
    """What `decompose` returns.

    maps : ndarray of float32, shape (n_components, n_voxels)
        Independent maps, variance 1 over voxels.
    mixing : ndarray, shape (n_components, n_components)
        ``components = mixing @ maps``, apart from the mean over voxels.
    quality : ndarray, shape (n_components,)
        ICASSO's index Iq: 1 where every repeat finds the same component.
    share : ndarray, shape (n_components,)
        Of the variance of the group's components that each explains; sums to 1.
    """

    maps: np.ndarray
    mixing: np.ndarray
    quality: np.ndarray
    share: np.ndarray


def decompose(components, seed, repeats=10, algorithm="fastica"):
    """Find spatially independent maps in a group's principal components.

    The algorithm runs `repeats` times from different starts; estimates are clustered
    as ICASSO does (Himberg et al. 2004, doi 10.1016/j.neuroimage.2004.03.027), and one
    more run starts from the clusters' centres, so that the components are an optimum
    of the algorithm (ICASSO keeps the centres). Repeats differ from ICASSO in looking
    at every n-th voxel only, `SAMPLE` in all.

    Parameters
    ----------
    components : ndarray, shape (n_components, n_voxels)
        As from `GroupReduction.components`.
    seed : int
        The same seed gives the same components.
    repeats : int
        Runs from which stability is judged; with 1, quality is 1 by definition.
    algorithm : {"fastica", "infomax"}
        See `fastica` and `infomax`.

    Returns
    -------
    GroupComponents
        Each with its long tail positive (skewness); the one that explains most first.

    Raises
    ------
    ValueError
        An unknown algorithm, or components that are linearly dependent or not finite.
    """
    if algorithm not in ALGORITHMS:
        raise ValueError(
            f"algorithm should be one of {', '.join(ALGORITHMS)}. {algorithm!r} was "
            "provided"
        )
    run = ALGORITHMS[algorithm]
    white, dewhitening = whiten(components)
    rng = np.random.default_rng(seed)
    n, n_voxels = white.shape
    sample = np.ascontiguousarray(white[:, :: max(1, n_voxels // SAMPLE)])
    starts = (orthogonalise(rng.standard_normal((n, n))) for _ in range(repeats))
    runs = [run(sample, start) for start in starts]
    centres, quality = centrotypes(np.concatenate(runs), n)
    unmixing = run(white, orthogonalise(centres))
    maps = unmixing.astype(np.float32) @ white
    tail = np.where(
        scipy.stats.skew(maps[:, :: max(1, n_voxels // SAMPLE)], axis=1) < 0, -1, 1
    )
    mixing = dewhitening @ np.linalg.inv(unmixing) * tail
    strength = np.square(mixing).sum(0)
    order = np.argsort(-strength, kind="stable")
    matched = quality[match(unmixing, centres)]
    return GroupComponents(
        maps=(maps * tail[:, None].astype(np.float32))[order],
        mixing=mixing[:, order],
        quality=matched[order],
        share=(strength / strength.sum())[order],
    )


def in_noise_units(maps, noise):
    """Divide maps by what no component explains, voxel by voxel.

    Sessions went into the group with every voxel's variance at 1, so a voxel in which
    networks are strong has little room for noise, and maps are flat where they are
    highest. In units of the noise they are not: MELODIC's step from raw maps to z
    (Beckmann & Smith 2004, doi 10.1109/TMI.2003.822821).

    Parameters
    ----------
    maps : ndarray, shape (n_components, n_voxels)
        From `decompose`.
    noise : ndarray, shape (n_voxels,)
        From `GroupReduction.noise`.

    Returns
    -------
    ndarray of float32, shape of `maps`
        Mean 0 and variance 1 over voxels again.
    """
    maps = maps / noise
    maps -= maps.mean(1, keepdims=True)
    return (maps / maps.std(1, keepdims=True)).astype(np.float32)


def whiten(components):
    """Return rows of mean 0 and covariance 1 over voxels, and the way back.

    Returns
    -------
    white : ndarray of float32, shape (n_components, n_voxels)
    dewhitening : ndarray, shape (n_components, n_components)
        ``components - mean = dewhitening @ white``.
    """
    components = np.asarray(components, dtype=np.float32)
    centred = components - components.mean(1, keepdims=True, dtype=np.float64)
    centred = centred.astype(np.float32)
    covariance = (centred @ centred.T).astype(np.float64) / centred.shape[1]
    if not np.isfinite(covariance).all():
        raise ValueError("the group's components have values that are not finite")
    variance, vectors = np.linalg.eigh(covariance)
    if variance[0] <= 1e-10 * variance[-1]:
        raise ValueError(
            f"the group's {len(components)} components are linearly dependent: ask for "
            "fewer of them"
        )
    whitening = (vectors / np.sqrt(variance)).T
    return whitening.astype(np.float32) @ centred, vectors * np.sqrt(variance)


def fastica(white, start):
    """Return the unmixing matrix that FastICA finds: orthogonal, one row each.

    Symmetric fixed-point iteration with the contrast logcosh (Hyvärinen 1999, doi
    10.1109/72.761722). What scikit-learn's does, block by block of voxels, so that
    nothing as large as the data is made in between.

    Parameters
    ----------
    white : ndarray of float32, shape (n_components, n_voxels)
        As from `whiten`.
    start : ndarray, shape (n_components, n_components)
        Orthogonal.

    Returns
    -------
    ndarray, shape (n_components, n_components)
        Where components are as good as Gaussian there is no optimum, and what
        `MOST_ITERATIONS` gave is returned: their quality is low.
    """
    unmixing = start
    for _ in range(MOST_ITERATIONS):
        before = unmixing
        unmixing = orthogonalise(_fixed_point(white, before))
        if (np.abs((unmixing * before).sum(1)) > 1 - TOLERANCE).all():
            break
    return unmixing


def _fixed_point(white, unmixing):
    """Return E[tanh(s) xᵀ] - diag(E[1 - tanh²(s)]) W for s = W x, over voxels."""
    n, n_voxels = white.shape
    weights = unmixing.astype(np.float32)
    product, squares = np.zeros((n, n)), np.zeros(n)
    for first in range(0, n_voxels, BLOCK):
        block = white[:, first : first + BLOCK]
        bent = np.tanh(weights @ block)
        product += bent @ block.T
        squares += np.einsum("ij,ij->i", bent, bent)
    return product / n_voxels - (1 - squares / n_voxels)[:, None] * unmixing


def infomax(white, start):
    """Return the unmixing matrix that Infomax finds, rows of length 1.

    Maximum likelihood of sources with long tails (Bell & Sejnowski 1995, doi
    10.1162/neco.1995.7.6.1129), by Picard (Ablin et al. 2018, doi
    10.1109/TSP.2018.2844203), which reaches the optimum in far fewer steps than
    Infomax's own gradient. Unlike those of `fastica`, maps may be correlated, as
    networks that overlap are. Not extended to short tails: where components are nearly
    Gaussian, as much of what 30 components hold is, their signs would not settle.

    Parameters and what is returned are those of `fastica`.
    """
    from picard import picard

    unmixing = picard(
        white,
        ortho=False,
        extended=False,
        whiten=False,
        centering=False,
        w_init=start,
        tol=TOLERANCE,
        max_iter=MOST_ITERATIONS,
    )[1]
    return unmixing / np.linalg.norm(unmixing, axis=1, keepdims=True)


ALGORITHMS = {"fastica": fastica, "infomax": infomax}


def orthogonalise(matrix):
    """Return the orthogonal matrix nearest to one."""
    left, _, right = np.linalg.svd(np.asarray(matrix, dtype=np.float64))
    return left @ right


def match(unmixing, centres):
    """Return, for each row of a matrix, the row of the other that is most like it."""
    return scipy.optimize.linear_sum_assignment(-np.abs(unmixing @ centres.T))[1]
