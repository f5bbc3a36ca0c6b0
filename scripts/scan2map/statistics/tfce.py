"""Threshold-free cluster enhancement, integrated exactly.

A voxel's value is the integral over all thresholds h below it of ``e(h)^E h^H``, where
e(h) is the size of the cluster around it at h (Smith and Nichols 2009, NeuroImage
44:83-98). Between the values of two voxels no cluster changes, so that the integral is
a sum of as many terms as there are voxels: voxels are visited from the highest to the
lowest, clusters merged by union-find, and a cluster's integral kept at its root.
"""

import numba
import numpy as np

CONNECTIVITY = {6: 1, 18: 2, 26: 3}
"""Neighbours: how many axes they may differ along."""


def neighbour_table(mask, connectivity=6):
    """Return the neighbours of each voxel of a mask.

    Parameters
    ----------
    mask : ndarray of bool, shape (x, y, z)
    connectivity : {6, 18, 26}

    Returns
    -------
    ndarray of int32, shape (n_voxels, connectivity)
        Numbers in the order of ``np.nonzero(mask)``; -1 where there is none.
    """
    if connectivity not in CONNECTIVITY:
        raise ValueError(
            f"connectivity should be 6, 18 or 26. {connectivity} was provided"
        )
    number = np.full(np.add(mask.shape, 2), -1, dtype=np.int32)
    number[1:-1, 1:-1, 1:-1][mask] = np.arange(mask.sum(), dtype=np.int32)
    place = np.argwhere(mask) + 1
    steps = np.argwhere(np.ones((3, 3, 3))) - 1
    reach = np.abs(steps).sum(1)
    steps = steps[(reach > 0) & (reach <= CONNECTIVITY[connectivity])]
    return np.stack([number[tuple((place + step).T)] for step in steps], axis=1)


def enhance(values, neighbours, extent=0.5, height=2.0):
    """Enhance a map, positive and negative values apart.

    Parameters
    ----------
    values : ndarray, shape (n_voxels,)
        t, or F, in the mask.
    neighbours : ndarray
        From `neighbour_table`.
    extent, height : float
        Exponents E and H.

    Returns
    -------
    ndarray of float64, shape (n_voxels,)
        With the sign of `values`.
    """
    powers = np.arange(len(values) + 1, dtype=np.float64) ** extent
    values = np.asarray(values, dtype=np.float64)
    enhanced = np.zeros(len(values))
    for sign in (1, -1):
        enhance_one_tail(sign * values, neighbours, powers, height, sign, enhanced)
    return enhanced


def enhance_one_tail(values, neighbours, powers, height, sign, enhanced):
    """Write the enhanced positive values, times a sign, where values are positive."""
    chosen = np.flatnonzero(values > 0)
    order = chosen[np.argsort(-values[chosen], kind="stable")]
    heights = values[order] ** (height + 1) / (height + 1)
    _integrate(order, heights, neighbours, powers, sign, enhanced)


@numba.njit(nogil=True, cache=True)
def _root(parent, v):
    while parent[v] != v:
        v = parent[v]
    return v


@numba.njit(nogil=True, cache=True)
def _integrate(order, heights, neighbours, powers, sign, enhanced):
    n = len(neighbours)
    parent = np.full(n, -1, dtype=np.int32)
    size = np.zeros(n, dtype=np.int32)
    level = np.zeros(n)  # height down to which a root is integrated
    total = np.zeros(n)  # integral, of a child relative to its parent
    for position in range(len(order)):
        v, h = order[position], heights[position]
        parent[v], size[v], level[v] = v, 1, h
        root = v
        for w in neighbours[v]:
            if w < 0 or parent[w] < 0:
                continue
            other = _root(parent, w)
            if other == root:
                continue
            total[other] += powers[size[other]] * (level[other] - h)
            level[other] = h
            if size[other] < size[root]:
                root, other = other, root
            # The smaller hangs on the larger: `other` becomes the root.
            parent[root] = other
            total[root] -= total[other]
            size[other] += size[root]
            root = other
    for position in range(len(order)):
        v = order[position]
        if parent[v] == v:
            total[v] += powers[size[v]] * level[v]
    # A parent's integral is whole before those that hang on it are read: walk up.
    for position in range(len(order)):
        v = order[position]
        value, w = total[v], v
        while parent[w] != w:
            w = parent[w]
            value += total[w]
        enhanced[v] = sign * value
