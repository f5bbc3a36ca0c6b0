"""Smoothness of residuals, and the size of a search volume in resels, as in SPM12.

References
----------
Kiebel S.J. et al. (1999), NeuroImage 10:756-766.
Worsley K.J. et al. (1996), Human Brain Mapping 4:58-73.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np

LOG4 = 4 * np.log(2)

MOST_IMAGES = 64
"""Residual images that smoothness is estimated from at most; evenly spread, as SPM."""


class Smoothness(NamedTuple):
    """FWHM in voxels along x, y, z, and resels per voxel, (x, y, z), NaN at borders."""

    fwhm: np.ndarray
    rpv: np.ndarray


def chosen_images(n):
    """Return the numbers of the images whose residuals are looked at."""
    if n <= MOST_IMAGES:
        return np.arange(n)
    # MATLAB rounds halves up.
    return np.floor(np.linspace(1, n, MOST_IMAGES) + 0.5).astype(int) - 1


def estimate_smoothness(residuals, n_images, df, mask):
    """Estimate the smoothness of the noise from standardised residuals.

    Parameters
    ----------
    residuals : iterable of ndarray, shape (n_voxels,)
        In the mask, over their standard deviation ``sqrt(RSS / df)``; one per image,
        read one after the other.
    n_images : int
        Images of the model; `residuals` may be those of some (`chosen_images`).
    df : float
        Degrees of freedom of the residuals.
    mask : ndarray of bool, shape (x, y, z)

    Returns
    -------
    Smoothness

    Raises
    ------
    ValueError
        No cube of 2x2x2 voxels lies in the mask, or residuals do not vary in space.
    """
    whole = cubes(mask)
    if not whole.any():
        raise ValueError(
            "no 2 x 2 x 2 voxels of the mask lie together, so that the smoothness "
            "cannot be estimated: look at the mask"
        )
    corner = np.nonzero(whole)
    number = np.zeros(mask.shape, dtype=np.int64)
    number[mask] = np.arange(mask.sum())
    steps = np.eye(3, dtype=int)
    here = number[corner]
    beyond = [number[tuple(np.add(corner, step[:, None]))] for step in steps]
    products, count = np.zeros((6, len(here))), 0
    for image in residuals:
        x, y, z = (image[there] - image[here] for there in beyond)
        for row, product in enumerate((x * x, y * y, z * z, x * y, x * z, y * z)):
            products[row] += product
        count += 1
    products *= n_images / (df * count)
    xx, yy, zz, xy, xz, yz = products
    determinant = xx * yy * zz + 2 * xy * yz * xz - xx * yz**2 - yy * xz**2 - zz * xy**2
    resels = np.sqrt(np.maximum(determinant, 0) / LOG4**3)
    along = np.sqrt(products[:3] / LOG4)
    valid = np.isfinite(resels)
    rate, axes = resels[valid].mean(), along[:, valid].mean(1)
    if not rate > 0:
        raise ValueError(
            "the residuals do not vary along all three axes: look at the maps"
        )
    # Scaled so that 1 / prod(FWHM) is the mean of resels per voxel.
    scaled = axes * (rate / axes.prod()) ** (1 / 3)
    rpv = np.full(mask.shape, np.nan)
    rpv[corner] = resels
    return Smoothness(1 / scaled, rpv)


def cubes(mask):
    """Return which voxels of a mask have the seven after them in it, too."""
    inside = mask.copy()
    for axis in range(mask.ndim):
        inside &= _after(inside, axis)
    return inside


def count_resels(mask, fwhm):
    """Return R0 to R3 of a search volume.

    Parameters
    ----------
    mask : ndarray of bool, shape (x, y, z)
    fwhm : sequence of float, length 3
        Voxels.

    Returns
    -------
    ndarray, shape (4,)
        Points, edges, faces and cubes that lie wholly in the mask, combined as in
        Worsley et al. (1996); R0 is the Euler characteristic.
    """
    resels = np.zeros(4)
    size = 1 / np.asarray(fwhm, dtype=np.float64)
    for n in range(4):
        for axes in combinations(range(3), n):
            inside = mask
            for axis in axes:
                inside = inside & _after(inside, axis)
            count = int(inside.sum())
            # A simplex of n axes counts for every subset of them, signs alternating.
            for kept in range(n + 1):
                for subset in combinations(axes, kept):
                    volume = size[list(subset)].prod()
                    resels[kept] += (-1) ** (n - kept) * count * volume
    return resels


def _after(mask, axis):
    """Return a mask in which each voxel says what the next one on an axis is."""
    moved = np.zeros_like(mask)
    there = [slice(None)] * mask.ndim
    here = [slice(None)] * mask.ndim
    there[axis], here[axis] = slice(1, None), slice(None, -1)
    moved[tuple(here)] = mask[tuple(there)]
    return moved
