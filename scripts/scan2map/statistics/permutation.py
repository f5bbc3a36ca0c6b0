"""Permutation inference in the general linear model, by Freedman and Lane.

The data without the nuisance regressors are rearranged, and the whole model is fitted
again (Freedman and Lane 1983; Winkler et al. 2014, NeuroImage 92:381-397). With unit
vectors x of what is tested (nuisance taken out) and u of the nuisance, and data y of a
voxel without nuisance, a rearrangement P has

    F = (sum (x'Py)^2 / q) / ((y'y - sum (u'Py)^2 - sum (x'Py)^2) / df),

so that all rearrangements of all voxels are one matrix product, [P'x, P'u]' Y, and a
sum of squares. It is made in blocks of a fixed shape that stay in the processor's
cache: the result is the same to the last bit with any number of threads.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np
from threadpoolctl import threadpool_limits

from scan2map.statistics.glm import blocks

VOXELS, ROWS = 512, 384
"""Of a block: voxels, and rows of the left matrix (a few per rearrangement)."""

BATCH_BYTES = 2**27
"""Of maps in float32, held at once where maps are needed as a whole."""


class Tested(NamedTuple):
    """What a contrast tests, apart from the nuisance.

    `interest` (n, q) and `nuisance` (n, p), orthonormal; `df` of the residuals of the
    whole model; `weights` (n, 1), factors of the data's rows that make variances equal.
    """

    interest: np.ndarray
    nuisance: np.ndarray
    df: int
    weights: np.ndarray | float = 1.0


def separate(design, contrasts):
    """Separate a design into what contrasts test and nuisance.

    Parameters
    ----------
    design : ndarray, shape (n, k)
    contrasts : ndarray, shape (q, k)

    Returns
    -------
    Tested
        The nuisance is the space of the model in which all contrasts are 0.
    """
    design = np.asarray(design, dtype=np.float64)
    contrasts = np.atleast_2d(np.asarray(contrasts, dtype=np.float64))
    free = _null_space(contrasts)
    size = np.linalg.norm(design)
    nuisance = _orthonormal(design @ free, size)
    interest = _orthonormal(_without(nuisance, design), size)
    if interest.shape[1] == 1:  # t has the sign of its contrast
        towards = design @ np.linalg.pinv(design.T @ design) @ contrasts[0]
        interest = interest * np.sign(interest[:, 0] @ towards)
    df = len(design) - interest.shape[1] - nuisance.shape[1]
    return Tested(interest, nuisance, df)


def _null_space(matrix):
    """Return an orthonormal basis (k, k - rank) of what a matrix (q, k) makes 0."""
    _, values, right = np.linalg.svd(matrix)
    rank = int((values > values.max() * 1e-10).sum()) if values.size else 0
    return right[rank:].T


def _orthonormal(matrix, scale=1.0):
    """Return an orthonormal basis of a matrix's columns; far below a scale is 0."""
    if not matrix.size:
        return np.zeros((len(matrix), 0))
    left, values, _ = np.linalg.svd(matrix, full_matrices=False)
    return left[:, values > 1e-10 * scale]


def _without(vectors, data):
    """Take orthonormal vectors (n, p) out of data (n, k)."""
    return data - vectors @ (vectors.T @ data)


def left_matrix(tested, rearrangements):
    """Return the rows by which data are multiplied, rearrangement by rearrangement.

    Returns
    -------
    ndarray of float32, shape (m, q + p, n)
        Nuisance that no rearrangement changes is left out: it explains nothing of data
        that are without it.
    """
    rows, signs = rearrangements.rows, rearrangements.signs
    nuisance = _not_invariant(tested.nuisance, rows, signs)
    vectors = np.concatenate([tested.interest, nuisance], axis=1)
    left = np.empty((len(rows), vectors.shape[1], len(vectors)), dtype=np.float32)
    for number, (order, sign) in enumerate(zip(rows, signs, strict=True)):
        left[number][:, order] = (vectors * sign[:, None]).T
    return left


def _not_invariant(nuisance, rows, signs):
    """Take the vector of ones out of the nuisance where rows are only permuted."""
    n = len(nuisance)
    ones = np.full((n, 1), 1 / np.sqrt(n))
    inside = np.allclose(nuisance @ (nuisance.T @ ones), ones, atol=1e-8)
    if inside and (signs > 0).all():
        return _orthonormal(_without(ones, nuisance))
    return nuisance


def max_statistics(data, tested, rearrangements, threads=None):
    """Return the largest and smallest statistic over voxels of each rearrangement.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
        Read once; may be `stored_maps.StoredMaps`.
    tested : Tested
    rearrangements : exchange.Rearrangements
    threads : int, optional
        Blocks computed at a time; all cores by default.

    Returns
    -------
    largest, smallest : ndarray of float32, shape (m,)
        Of t; of F, the second is of no use. Voxels that do not vary are left out.
    """
    left, q = left_matrix(tested, rearrangements), tested.interest.shape[1]
    m, rows, n = left.shape

    def one_block(values):
        right, power = _prepare(values, tested)
        right, power = right[:, power > 0], power[power > 0]
        high, low = np.empty(m, np.float32), np.empty(m, np.float32)
        step = max(ROWS // rows, 1)
        products = np.empty((step, rows, len(power)), np.float32)
        ratios = np.empty((step, len(power)), np.float32)
        for first in range(0, m, step):
            here = slice(first, min(first + step, m))
            part = slice(here.stop - first)
            flat = products[part].reshape(-1, len(power))
            np.dot(left[here].reshape(-1, n), right, out=flat)
            _ratios(products[part], power, q, ratios[part])
            ratios[part].max(1, initial=-np.inf, out=high[here])
            ratios[part].min(1, initial=np.inf, out=low[here])
        return high, low

    largest = np.full(m, -np.inf, np.float32)
    smallest = np.full(m, np.inf, np.float32)
    for high, low in _each_block(one_block, data, threads):
        np.maximum(largest, high, out=largest)
        np.minimum(smallest, low, out=smallest)
    return _as_statistic(largest, q, tested.df), _as_statistic(smallest, q, tested.df)


def statistic_maps(data, tested, rearrangements, threads=None):
    """Return the map of the statistic of some rearrangements.

    Returns
    -------
    ndarray of float32, shape (m, voxels)
        t, or F; 0 in voxels that do not vary.
    """
    left, q = left_matrix(tested, rearrangements), tested.interest.shape[1]

    def one_block(values):
        right, power = _prepare(values, tested)
        products = left.reshape(-1, left.shape[2]) @ right
        ratios = np.empty((len(left), len(power)), np.float32)
        _ratios(products.reshape(*left.shape[:2], -1), power, q, ratios)
        return _as_statistic(ratios, q, tested.df)

    return np.concatenate([*_each_block(one_block, data, threads)], axis=1)


def measure_maps(data, tested, rearrangements, measure, threads=None):
    """Measure something of the statistic's map of each rearrangement.

    Parameters
    ----------
    data, tested, rearrangements
        As for `max_statistics`; data are read once per batch of maps.
    measure : callable
        Takes a map (voxels,) and returns a number, or several: its largest cluster, or
        its largest enhanced value. Called from several threads.
    threads : int, optional
        All cores by default; the result does not depend on it.

    Returns
    -------
    ndarray, shape (m,) or (m, k)
    """
    m = len(rearrangements.rows)
    batch = max(BATCH_BYTES // (4 * data.shape[1]), 1)
    measured = []
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for first in range(0, m, batch):
            part = rearrangements._replace(
                rows=rearrangements.rows[first : first + batch],
                signs=rearrangements.signs[first : first + batch],
            )
            maps = statistic_maps(data, tested, part, threads)
            measured += pool.map(measure, maps)
    return np.array(measured)


def _each_block(work, data, threads):
    """Yield what is made of each block of data; blocks are read many at a time."""
    with threadpool_limits(1), ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for part in blocks(data.shape):
            values = data[:, part]
            starts = range(0, values.shape[1], VOXELS)
            yield from pool.map(work, (values[:, i : i + VOXELS] for i in starts))


def _prepare(values, tested):
    """Return a block of data without nuisance, and its sum of squares."""
    block = tested.weights * np.asarray(values, dtype=np.float64)
    values = _without(tested.nuisance, block)
    power = np.einsum("ij,ij->j", values, values)
    # What is left of constant data is rounding error.
    power[power <= 1e-20 * np.einsum("ij,ij->j", block, block)] = 0
    scale = np.sqrt(np.where(power > 0, power, np.inf))
    return (values / scale).astype(np.float32), (power > 0).astype(np.float32)


def _as_statistic(ratio, q, df):
    """Turn the ratio of sums of squares into t (one row, with its sign) or F."""
    if q > 1:
        return ratio * np.float32(df / q)
    return np.sign(ratio) * np.sqrt(np.abs(ratio) * np.float32(df))


@numba.njit(nogil=True, fastmath=True, cache=True)
def _ratios(products, power, q, target):
    """Write explained over residual sum of squares; of one row, with its sign.

    The innermost loops go over voxels: the compiler vectorises no others.
    """
    m, rows, voxels = products.shape
    rest = np.empty_like(power)
    for i in range(m):
        for v in range(voxels):
            rest[v] = power[v]
        for r in range(rows):
            for v in range(voxels):
                rest[v] -= products[i, r, v] * products[i, r, v]
        for v in range(voxels):
            x = products[i, 0, v]
            target[i, v] = x * abs(x) if q == 1 else x * x
        for r in range(1, q):
            for v in range(voxels):
                target[i, v] += products[i, r, v] * products[i, r, v]
        for v in range(voxels):
            target[i, v] /= max(rest[v], np.float32(1e-12))


def p_values(observed, null):
    """Return the share of rearrangements that reach each observed value.

    Parameters
    ----------
    observed : ndarray
    null : ndarray, shape (m,)
        The statistic, or its largest value, in each rearrangement; the first is the
        original, so that p is (b + 1) / (m + 1) of m others, of which b reach it.

    Returns
    -------
    ndarray, shape of `observed`
        Values that differ by rounding count as equal: other arrangements of the same
        groups have the same statistic.
    """
    slack = 1e-5 * np.abs(observed)
    reached = len(null) - np.searchsorted(np.sort(null), observed - slack)
    return np.maximum(reached, 1) / len(null)
