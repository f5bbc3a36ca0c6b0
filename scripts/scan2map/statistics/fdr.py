"""False discovery rate by Benjamini and Hochberg (1995)."""

import numpy as np


def adjusted_p(p):
    """Return the smallest rate at which each hypothesis would be rejected.

    Parameters
    ----------
    p : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum.accumulate(np.minimum(p[order] * len(p) / ranks, 1))
    return adjusted


def fdr_threshold(p, rate):
    """Return the largest p that is rejected at a rate; None where none is."""
    p = np.sort(np.asarray(p, dtype=np.float64))
    rejected = np.flatnonzero(p <= rate * np.arange(1, len(p) + 1) / len(p))
    return float(p[rejected[-1]]) if len(rejected) else None
