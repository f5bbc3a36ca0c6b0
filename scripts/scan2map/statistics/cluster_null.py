"""The largest cluster of a map, quickly: for many rearrangements of the data."""

import numba
import numpy as np


def largest_clusters(values, threshold, neighbours):
    """Return the extent and the mass of the largest clusters above a threshold.

    Parameters
    ----------
    values : ndarray, shape (n_voxels,)
    threshold : float
        Above 0.
    neighbours : ndarray, shape (n_voxels, k)
        From `tfce.neighbour_table`.

    Returns
    -------
    size : int
        Voxels.
    mass : float
        Sum of the values of a cluster's voxels, not necessarily of the largest one.
    """
    return _largest(np.flatnonzero(values > threshold), values, neighbours)


@numba.njit(nogil=True, cache=True)
def _largest(chosen, values, neighbours):
    parent = np.full(len(values), -1, dtype=np.int32)
    size = np.zeros(len(values), dtype=np.int32)
    mass = np.zeros(len(values))
    top_size, top_mass = 0, 0.0
    for v in chosen:
        parent[v], size[v], mass[v] = v, 1, values[v]
        root = v
        for w in neighbours[v]:
            if w < 0 or parent[w] < 0:
                continue
            while parent[w] != w:
                parent[w] = parent[parent[w]]
                w = parent[w]
            if w == root:
                continue
            if size[w] < size[root]:
                w, root = root, w
            parent[root] = w
            size[w] += size[root]
            mass[w] += mass[root]
            root = w
        top_size, top_mass = max(top_size, size[root]), max(top_mass, mass[root])
    return top_size, top_mass
