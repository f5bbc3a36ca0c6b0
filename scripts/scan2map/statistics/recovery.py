"""How well a statistic finds an effect that was planted."""

import numpy as np
import scipy


def enrichment(t, truth, mask, voxel_size, fraction=0.01, dilation_mm=6.0):
    """Compare where the largest |t| lie with where an effect was planted.

    Parameters
    ----------
    t : ndarray, shape (x, y, z)
        Statistic; only its size counts.
    truth : ndarray of bool, shape (x, y, z)
        Planted region.
    mask : ndarray of bool, shape (x, y, z)
        Voxels tested.
    voxel_size : float or sequence of 3 floats
        mm.
    fraction : float
        Which part of the mask's voxels counts as the largest, in (0, 1].
    dilation_mm : float
        The region is grown by voxels whose centre is at most this far from one of
        its own.

    Returns
    -------
    float
        How many times more often than by chance these voxels lie in the grown
        region: their share in it divided by the region's share of the mask. 1 is
        chance; of voxels with equal |t| each counts in part.

    Raises
    ------
    ValueError
        The region is empty or does not touch the mask, or `fraction` is off.
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction should be in (0, 1]. {fraction} was provided")
    if not truth.any():
        raise ValueError("the planted region is empty: nothing was planted there")
    sampling = np.broadcast_to(voxel_size, 3)
    grown = scipy.ndimage.distance_transform_edt(~truth, sampling) <= dilation_mm
    inside, size = grown[mask], np.abs(t[mask])
    if not inside.any():
        raise ValueError("the planted region does not touch the mask: are grids equal?")
    n = max(1, round(fraction * size.size))
    threshold = np.partition(size, -n)[-n]
    above, tied = size > threshold, size == threshold
    hits = inside[above].sum() + (n - above.sum()) * inside[tied].mean()
    return float(hits / n / inside.mean())
