"""Find the brain in b = 0 images, and the tensors that can be used."""

import numpy as np
from scipy.ndimage import (
    binary_closing,
    binary_fill_holes,
    label,
)

from scan2map.dwi.gradients import LARGEST_B0
from scan2map.tensor import is_positive_definite


def mean_b0(data, bvals):
    """Return the mean (x, y, z) of the volumes with b ≤ 50 s/mm²."""
    return data[..., np.asarray(bvals) <= LARGEST_B0].mean(-1)


def mask_dwi(data, bvals, affine):
    """Find the brain of a DWI (x, y, z, n_volumes) in its mean b = 0 image."""
    voxel_size = abs(np.linalg.det(affine[:3, :3])) ** (1 / 3)
    return mask_brain(mean_b0(data, bvals), voxel_size=voxel_size)


def mask_brain(b0, voxel_size=2.0):
    """Separate brain from background in a b = 0 image.

    Parameters
    ----------
    b0 : ndarray, shape (x, y, z)
        Mean b = 0 image, where fat is suppressed and the skull is dark.
    voxel_size : float
        Mean edge of a voxel in mm; the median filter covers about 8 mm.

    Returns
    -------
    ndarray of bool, shape (x, y, z)
        One connected region without holes.

    Raises
    ------
    ValueError
        The image is empty.

    Notes
    -----
    DIPY's ``median_otsu``: median filter, then Otsu's threshold.
    """
    from dipy.segment.mask import median_otsu

    if not np.any(b0 > 0):
        raise ValueError("the mean b = 0 image has no value above 0; is the DWI empty?")
    ceiling = np.percentile(b0[b0 > 0], 98)
    radius = max(1, round(4 / voxel_size))
    _, mask = median_otsu(np.minimum(b0, ceiling), median_radius=radius, numpass=1)
    mask = binary_closing(np.pad(mask, 3), iterations=2)[3:-3, 3:-3, 3:-3]
    return binary_fill_holes(largest_part(mask))


def largest_part(mask):
    """Return the largest connected region of a mask."""
    parts, count = label(mask)
    if count == 0:
        return mask
    return parts == np.bincount(parts.ravel())[1:].argmax() + 1


def mask_tensors(tensor, mask):
    """Set tensors outside a mask, and those not positive definite, to 0.

    Parameters
    ----------
    tensor : ndarray, shape (x, y, z, 6)
        Tensors in mm²/s.
    mask : ndarray of bool, shape (x, y, z)
        Brain.

    Returns
    -------
    tensor : ndarray of float32, shape (x, y, z, 6)
    counts : dict of int
        ``VoxelsInMask`` that keep a tensor and ``VoxelsMaskedNotPositiveDefinite``.
    """
    usable = mask & is_positive_definite(tensor)
    counts = {
        "VoxelsInMask": int(usable.sum()),
        "VoxelsMaskedNotPositiveDefinite": int((mask & ~usable).sum()),
    }
    return np.where(usable[..., None], tensor, 0).astype(np.float32), counts
