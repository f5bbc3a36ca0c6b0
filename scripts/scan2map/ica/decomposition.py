"""Independent components of a group, how stable they are, their sign and order."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.stats import skew
from sklearn.decomposition import FastICA

from scan2map.ica.stability import centrotypes

TOLERANCE = 1e-4
MOST_ITERATIONS = 500


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


def decompose(components, seed, repeats=10):
    """Find spatially independent maps in a group's principal components.

    FastICA (Hyvärinen 1999, symmetric, logcosh) runs `repeats` times from different
    starts; estimates are clustered as ICASSO does (Himberg et al. 2004, doi
    10.1016/j.neuroimage.2004.03.027), and one more run starts from the
    clusters' centres, so that components stay uncorrelated (ICASSO keeps the centres).

    Parameters
    ----------
    components : ndarray, shape (n_components, n_voxels)
        As from `GroupReduction.components`.
    seed : int
        The same seed gives the same components.
    repeats : int
        Runs from which stability is judged; with 1, quality is 1 by definition.

    Returns
    -------
    GroupComponents
        Each with its long tail positive (skewness); the one that explains most first.

    Raises
    ------
    ValueError
        Components that are linearly dependent, or not finite.
    """
    white, dewhitening = whiten(components)
    rng = np.random.default_rng(seed)
    n = len(white)
    runs = [run_fastica(white, rng.standard_normal((n, n))) for _ in range(repeats)]
    centres, quality = centrotypes(np.concatenate(runs), n)
    unmixing = run_fastica(white, centres)
    maps = unmixing @ white
    tail = np.where(skew(maps, axis=1) < 0, -1, 1)
    mixing = dewhitening @ unmixing.T * tail
    strength = np.square(mixing).sum(0)
    order = np.argsort(-strength, kind="stable")
    matched = quality[match(unmixing, centres)]
    return GroupComponents(
        maps=(maps * tail[:, None])[order].astype(np.float32),
        mixing=mixing[:, order],
        quality=matched[order],
        share=(strength / strength.sum())[order],
    )


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


def run_fastica(white, start):
    """Return the orthogonal unmixing matrix that FastICA finds from a start."""
    ica = FastICA(
        algorithm="parallel",
        whiten=False,
        fun="logcosh",
        w_init=orthogonalise(start),
        tol=TOLERANCE,
        max_iter=MOST_ITERATIONS,
    )
    ica.fit(white.T)
    return orthogonalise(ica.components_)


def orthogonalise(matrix):
    """Return the orthogonal matrix nearest to one."""
    left, _, right = np.linalg.svd(np.asarray(matrix, dtype=np.float64))
    return left @ right


def match(unmixing, centres):
    """Return, for each row of a matrix, the row of the other that is most like it."""
    return linear_sum_assignment(-np.abs(unmixing @ centres.T))[1]
