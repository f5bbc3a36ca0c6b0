"""Which sessions are unlike the others: volumes and maps far from everybody's."""

import numpy as np

FAR = 3.5
"""Robust z beyond which a session is named: Iglewicz and Hoaglin's (1993) threshold."""

COARSE_MM = 4.0
"""Voxel size, about, at which maps are compared: what differs between good maps of a
tissue is finer, and a thousand maps fit into memory."""


def robust_z(values):
    """Return how many robust standard deviations values are from their median.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        Deviation from the median over 1.4826 times the median absolute deviation; 0
        where more than half of the values are equal.
    """
    deviation, spread = values - np.median(values), robust_spread(values)
    return deviation / spread if spread > 0 else np.zeros(len(deviation))


def robust_spread(values):
    """Return 1.4826 times the median absolute deviation: the SD where it is normal."""
    return 1.4826 * np.median(np.abs(values - np.median(values)))


def coarse_values(data, mask, voxel_size):
    """Return what a map is like at about `COARSE_MM`: means over blocks of the mask.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    voxel_size : float
        Edge of a voxel in mm.

    Returns
    -------
    ndarray of float32, shape (n_blocks,)
        Of blocks that lie in the mask by half or more.
    """
    edge = max(round(COARSE_MM / voxel_size), 1)
    return _block_means(data, edge)[_block_means(mask, edge) >= 0.5]


def _block_means(data, edge):
    shape = np.array(data.shape) // edge
    whole = data[tuple(slice(n * edge) for n in shape)]
    blocks = np.stack([shape, np.full(3, edge)], axis=1).ravel()
    return whole.reshape(blocks).mean((1, 3, 5), dtype=np.float32)


def correlate(maps, names):
    """Return how alike maps are.

    Parameters
    ----------
    maps : ndarray, shape (n, n_values)
        One row per session.
    names : sequence of str, length n
        What errors call them.

    Returns
    -------
    ndarray, shape (n, n)
        Pearson's correlations.

    Raises
    ------
    ValueError
        A map is the same everywhere.
    """
    flat = [
        name for name, values in zip(names, maps, strict=True) if not np.ptp(values)
    ]
    if flat:
        raise ValueError(
            f"the map of {', '.join(flat)} has the same value everywhere in the brain: "
            "look at the segmentation of the session, or exclude it"
        )
    return np.corrcoef(maps)


def mean_correlation(matrix):
    """Return each session's mean correlation with all others, shape (n,)."""
    others = max(len(matrix) - 1, 1)
    return (matrix.sum(1) - np.diag(matrix)) / others
