"""The general linear model at every voxel, with one variance for all participants.

Conventions are SPM12's (equal variance, no proportional scaling): degrees of freedom
``n - rank(X)``, residual variance ``RSS / df``.
"""

from typing import NamedTuple

import numpy as np


class Fit(NamedTuple):
    """A fitted linear model: shapes (k, voxels), (voxels,), int, (k, k)."""

    beta: np.ndarray
    variance: np.ndarray
    df: int
    covariance: np.ndarray


def fit(data, design):
    """Fit a linear model to each voxel by least squares, in float64.

    Parameters
    ----------
    data : ndarray, shape (n, voxels)
        One row per participant, in any unit.
    design : ndarray, shape (n, k)
        One column per regressor; may be rank deficient.

    Returns
    -------
    Fit
        `beta` in the unit of the data per unit of the regressor, residual `variance`
        in its square, `df` = n - rank, and `covariance`, the pseudo-inverse of
        ``design' design``: times the variance it is the covariance of beta.

    Raises
    ------
    ValueError
        Numbers of rows differ, or no degree of freedom is left.
    """
    design = np.asarray(design, dtype=np.float64)
    if len(data) != len(design):
        raise ValueError(f"{len(data)} maps do not fit a design of {len(design)} rows")
    tolerance = max(design.shape) * np.finfo(float).eps
    inverse = np.linalg.pinv(design, rcond=tolerance)
    df = len(design) - np.linalg.matrix_rank(design)
    if df < 1:
        raise ValueError(
            f"{len(design)} participants leave no degree of freedom for a design of "
            f"rank {len(design) - df}: use fewer covariates or more participants"
        )
    data = np.asarray(data, dtype=np.float64)
    beta = inverse @ data
    residuals = data - design @ beta
    variance = np.einsum("ij,ij->j", residuals, residuals) / df
    return Fit(beta, variance, int(df), inverse @ inverse.T)


def t_contrast(model, contrast):
    """Test a weighted sum of regressors against zero at each voxel.

    Parameters
    ----------
    model : Fit
        From `fit`.
    contrast : array_like, shape (k,)
        Weights of the regressors.

    Returns
    -------
    t : ndarray, shape (voxels,)
        Student's t with ``model.df`` degrees of freedom; 0 where the residual
        variance is 0.
    effect : ndarray, shape (voxels,)
        The weighted sum of beta, in the unit of the data.
    """
    contrast = np.asarray(contrast, dtype=np.float64)
    effect = contrast @ model.beta
    error = np.sqrt(model.variance * (contrast @ model.covariance @ contrast))
    return np.divide(effect, error, out=np.zeros_like(effect), where=error > 0), effect


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
