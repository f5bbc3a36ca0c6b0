"""Find the brain in b = 0 images, and the tensors that can be used."""

import numpy as np
from scipy.ndimage import (
    binary_fill_holes,
    distance_transform_edt,
    label,
    median_filter,
)

from scan2map.dwi.gradients import LARGEST_B0
from scan2map.receive_field import flatten
from scan2map.tensor import is_positive_definite

FIELD = 30.0
"""Standard deviation (mm) of the Gaussian that tells a receive field from anatomy."""

MEDIAN = 8.0
"""Width (mm) of the median filter before the threshold."""

SCALP = 6.0
"""What is thinner than twice this (mm) is not brain: scalp, optic nerves."""

BAY = 20.0
"""Bays narrower than twice this (mm) are filled: the brain stem is dark, too."""


def mean_b0(data, bvals):
    """Return the mean (x, y, z) of the volumes with b ≤ 50 s/mm²."""
    return data[..., np.asarray(bvals) <= LARGEST_B0].mean(-1)


def mask_dwi(data, bvals, affine):
    """Find the brain of a DWI (x, y, z, n_volumes) in its mean b = 0 image."""
    voxel_size = abs(np.linalg.det(affine[:3, :3])) ** (1 / 3)
    return mask_brain(mean_b0(data, bvals), voxel_size=voxel_size)


def mask_brain(b0, voxel_size=2.0):
    """Separate brain from background and scalp in a b = 0 image.

    Parameters
    ----------
    b0 : ndarray, shape (x, y, z)
        Mean b = 0 image, where fat is suppressed and the skull is dark.
    voxel_size : float
        Mean edge of a voxel in mm.

    Returns
    -------
    ndarray of bool, shape (x, y, z)
        One connected region without holes or deep bays. It is generous: that of the
        T1w image decides later what is brain.

    Raises
    ------
    ValueError
        The image is empty, or nothing in it is as large as a brain.

    Notes
    -----
    As DIPY's ``median_otsu``, a median filter and Otsu's threshold, but of an image
    whose receive field is taken out first: many-channel coils show the middle of the
    brain as dark as the scalp. Then the scalp is cut off, and bays are filled.
    """
    from dipy.segment.threshold import otsu

    if not np.any(b0 > 0):
        raise ValueError("the mean b = 0 image has no value above 0; is the DWI empty?")
    flat = without_field(b0, voxel_size)
    smooth = median_filter(flat, size=2 * max(1, round(MEDIAN / 2 / voxel_size)) + 1)
    mask = smooth > otsu(smooth)
    core = largest_part(shrink(mask, SCALP / voxel_size))
    if not core.any():
        raise ValueError(
            f"nothing in the mean b = 0 image is thicker than {2 * SCALP:.0f} mm and "
            f"brighter than its surroundings (voxels of {voxel_size:.1f} mm); is it a "
            "brain, and is the voxel size in the header right?"
        )
    mask = grow(core, SCALP / voxel_size)
    reach = BAY / voxel_size
    margin = int(reach) + 2
    filled = shrink(grow(np.pad(mask, margin), reach), reach)
    inner = (slice(margin, -margin),) * 3
    return binary_fill_holes(filled[inner])


def without_field(b0, voxel_size):
    """Take the receive field out of an image (x, y, z).

    The brightest 2 % of the head, eyes and fluid, are cut off; air becomes 0.
    """
    from dipy.segment.threshold import otsu

    logarithm = np.log(np.maximum(b0, 0) + 1)
    head = logarithm >= otsu(logarithm)
    flat = np.where(head, flatten(b0, head, FIELD / voxel_size), 0)
    return np.minimum(flat, np.percentile(flat[head], 98))


def shrink(mask, radius):
    """Return the voxels of a mask that are more than `radius` voxels inside."""
    return distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1, 1:-1] > radius


def grow(mask, radius):
    """Return the voxels at most `radius` voxels from a mask."""
    return distance_transform_edt(~mask) <= radius


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
