"""Smooth BOLD within the brain."""

import numpy as np
from scipy.ndimage import find_objects, gaussian_filter

FWHM_TO_SD = 1 / np.sqrt(8 * np.log(2))
"""Standard deviation of a Gaussian of full width 1 at half its height."""


def smooth_inside(volumes, mask, affine, fwhm):
    """Smooth volumes with a Gaussian over the voxels of a mask alone.

    Parameters
    ----------
    volumes : iterable of ndarray, shape (x, y, z)
        Read one by one; what is outside the mask does not count.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    fwhm : float
        Full width at half maximum, mm; 0 leaves the volumes as they are.

    Returns
    -------
    ndarray of float32, shape (n_volumes, n_voxels)
        Inside the mask. Divided by the smoothed mask, so that the rim of the brain is
        not darkened by the air beside it, which SPM and CONN let happen.
    """
    width = fwhm * FWHM_TO_SD / np.linalg.norm(affine[:3, :3], axis=0)
    box = find_objects(mask.astype(np.uint8))[0]
    inside = mask[box]
    share = gaussian_filter(inside.astype(np.float32), width, mode="constant")[inside]
    rows = []
    for volume in volumes:
        values = np.where(inside, volume[box], 0).astype(np.float32)
        rows.append(gaussian_filter(values, width, mode="constant")[inside] / share)
    return np.stack(rows)
