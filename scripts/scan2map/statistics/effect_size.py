"""How large effects are, in units that compare across studies."""

import numpy as np
from scipy.special import gammaln


def effect_size(statistic, values, effect, weights, level):
    """Return the effect size of a contrast.

    Parameters
    ----------
    statistic : {"T", "F"}
    values, effect : ndarray, shape (voxels,)
        t or F, and the effect in the unit of the data.
    weights : ndarray, shape (q, k)
    level : second_level.SecondLevel

    Returns
    -------
    name : {"hedges_g", "partial_r2"}
        Hedges' g where t compares or averages groups or conditions alone; otherwise
        partial R².
    size : ndarray of float32, shape (voxels,)
        Hedges' g: the effect, its weights scaled so that the positive or the negative
        ones add up to 1, over the standard deviation of the residuals, times the
        correction for small samples (Hedges 1981, J. Educ. Stat. 6:107-128). Of paired
        sessions that is the standard deviation within participants. Partial R²: the
        share of the variance, beside what other columns explain, between 0 and 1.
    """
    df = level.model.df
    others = np.delete(weights, list(level.intercept), axis=1)
    if statistic == "T" and level.intercept and not others.any():
        scale = max(weights[weights > 0].sum(), -weights[weights < 0].sum())
        sd = np.sqrt(level.model.variance)
        g = np.divide(effect / scale, sd, out=np.zeros(len(sd)), where=sd > 0)
        return "hedges_g", (small_sample_factor(df) * g).astype(np.float32)
    explained = np.asarray(values, dtype=np.float64)
    if statistic == "T":
        explained = explained**2
    numerator = max(np.linalg.matrix_rank(weights), 1)
    return "partial_r2", (numerator * explained / (numerator * explained + df)).astype(
        np.float32
    )


def small_sample_factor(df):
    """Return what makes a standardised difference unbiased; 0 of one degree."""
    if df < 2:
        return 0.0
    return float(np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) * np.sqrt(2 / df))
