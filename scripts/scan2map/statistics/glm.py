"""The general linear model at every voxel, with SPM12's conventions.

Degrees of freedom are ``n - rank(X)``, the residual variance is ``RSS / df``; betas,
contrasts and statistics are rounded to float32, as SPM's files are. Data are read a
block of voxels at a time, so that they may be larger than memory.
"""

from typing import NamedTuple

import numpy as np

BLOCK_BYTES = 2**26
"""Of data in float64, read at once."""


class Fit(NamedTuple):
    """A linear model fitted to each voxel.

    `beta` (k, voxels), `variance` (voxels,) of the residuals, `df`; `design` (n, k) and
    `weights` (n,), the factors of rows that make variances equal; `covariance` (k, k):
    times the variance it is that of beta.
    """

    beta: np.ndarray
    variance: np.ndarray
    df: int
    design: np.ndarray
    weights: np.ndarray
    covariance: np.ndarray


def fit(data, design, weights=None):
    """Fit a linear model to each voxel by least squares, in float64.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
        One row per image, in any unit; may be `stored_maps.StoredMaps`.
    design : ndarray, shape (n, k)
        One column per regressor; may be rank deficient.
    weights : ndarray, shape (n,), optional
        Factors of the rows that make their variances equal: one over the square root of
        the diagonal of `reml.covariance`.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        Numbers of rows differ, or no degree of freedom is left.
    """
    design = np.asarray(design, dtype=np.float64)
    n, k = design.shape
    if len(data) != n:
        raise ValueError(f"{len(data)} maps do not fit a design of {n} rows")
    weights = np.ones(n) if weights is None else np.asarray(weights, np.float64)
    weighted = weights[:, None] * design
    inverse = np.linalg.pinv(weighted, rcond=max(design.shape) * np.finfo(float).eps)
    df = n - int(np.linalg.matrix_rank(weighted))
    if df < 1:
        raise ValueError(
            f"{n} images leave no degree of freedom for a design of rank {n - df}: use "
            "fewer covariates or more images"
        )
    voxels = data.shape[1]
    beta, variance = np.empty((k, voxels)), np.empty(voxels)
    for block in blocks(data.shape):
        values = weights[:, None] * np.asarray(data[:, block], dtype=np.float64)
        beta[:, block] = inverse @ values
        residuals = values - weighted @ beta[:, block]
        variance[block] = np.einsum("ij,ij->j", residuals, residuals) / df
    return Fit(beta, variance, df, design, weights, inverse @ inverse.T)


def blocks(shape):
    """Yield slices of voxels of data (n, voxels), so that each takes `BLOCK_BYTES`."""
    step = max(BLOCK_BYTES // (8 * shape[0]), 1)
    for start in range(0, shape[1], step):
        yield slice(start, min(start + step, shape[1]))


def standardised_residuals(data, model, images):
    """Yield residuals over their standard deviation, image by image.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
    model : Fit
    images : iterable of int
        Rows wanted.

    Yields
    ------
    ndarray, shape (voxels,)
    """
    error = np.sqrt(model.variance)
    for i in images:
        fitted = model.design[i] @ model.beta
        yield model.weights[i] * (np.asarray(data[i], np.float64) - fitted) / error


def t_contrast(model, contrast):
    """Test a weighted sum of regressors against zero at each voxel.

    Parameters
    ----------
    model : Fit
    contrast : array-like, shape (k,)
        Weights of the regressors.

    Returns
    -------
    t : ndarray of float32, shape (voxels,)
        Student's t with ``model.df`` degrees of freedom; 0 where nothing varies.
    effect : ndarray of float32, shape (voxels,)
        The weighted sum of beta, in the unit of the data.
    """
    contrast = np.asarray(contrast, dtype=np.float64)
    effect = _rounded(contrast @ _rounded(model.beta))
    error = np.sqrt(model.variance * (contrast @ model.covariance @ contrast))
    t = np.divide(effect, error, out=np.zeros_like(error), where=error > 0)
    return t.astype(np.float32), effect.astype(np.float32)


def f_contrast(model, contrasts):
    """Test whether any of several weighted sums of regressors differs from zero.

    Parameters
    ----------
    model : Fit
    contrasts : array-like, shape (q, k)
        A weighted sum per row.

    Returns
    -------
    f : ndarray of float32, shape (voxels,)
        F with (`df`, ``model.df``) degrees of freedom.
    explained : ndarray of float32, shape (voxels,)
        Extra sum of squares that the sums explain.
    df : int
        Numerator degrees of freedom: the rank of `contrasts`.
    """
    contrasts = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    middle = contrasts @ model.covariance @ contrasts.T
    df = int(np.linalg.matrix_rank(middle))
    sums = contrasts @ _rounded(model.beta)
    explained = _rounded(np.einsum("iv,ij,jv->v", sums, np.linalg.pinv(middle), sums))
    variance = model.variance
    f = np.divide(explained / df, variance, np.zeros_like(variance), where=variance > 0)
    return f.astype(np.float32), explained.astype(np.float32), df


def _rounded(values):
    """Return what float32 keeps of values, in float64."""
    return np.asarray(values, np.float32).astype(np.float64)


def dependent_columns(design, contrast):
    """Return the columns that make a contrast impossible to estimate.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    contrast : array_like, shape (k,)

    Returns
    -------
    list of int
        Columns of a linear dependence that the contrast weighs on; empty if the
        contrast can be estimated.
    """
    design = np.asarray(design, dtype=np.float64)
    scaled = design / np.maximum(np.linalg.norm(design, axis=0), 1e-300)
    _, singular, rows = np.linalg.svd(scaled)
    singular = np.r_[singular, np.zeros(len(rows) - len(singular))]
    null = rows[singular <= singular[0] * max(design.shape) * 1e-12]
    contrast = np.asarray(contrast) / np.maximum(np.linalg.norm(design, axis=0), 1e-300)
    blocking = null[np.abs(null @ contrast) > 1e-8 * np.linalg.norm(contrast)]
    return np.flatnonzero(np.abs(blocking).max(0, initial=0) > 1e-8).tolist()
