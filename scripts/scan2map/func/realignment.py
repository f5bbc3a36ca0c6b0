"""Realignment: where the head is in every volume of a BOLD run."""

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter, spline_filter

from scan2map.alignment import Reference

FWHM_MM = 5.0
"""Smoothing of volumes while they are compared, as SPM12's default."""

MOST_POINTS = 40_000
"""Voxels of the head that are compared, at most."""

BACKGROUND = 0.1
"""Share of the brightest value below which a voxel of the smoothed image is air."""

EDGE = 2
"""Voxels at each side of the image that are not compared: they move out of it."""

STILL = (1e-2, 1e-3)
"""A step shorter than this (mm) is the last one: coarse while volumes are aligned to
the first, fine while they are aligned to the mean."""


def realign(data, affine):
    """Find where the head of the first volume is in every volume.

    Volumes are aligned to the first, then to the mean of the aligned ones, by least
    squares with cubic splines; the result is given relative to the first volume.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        BOLD.
    affine : ndarray, shape (4, 4)
        Voxel to world.

    Returns
    -------
    ndarray, shape (n_volumes, 4, 4)
        Rigid matrices from world points (RAS+ mm) of the first volume to those of each
        volume.

    Raises
    ------
    ValueError
        Fewer than two volumes, or a volume that is constant or not finite.
    """
    check_volumes(data)
    width = FWHM_MM / np.sqrt(8 * np.log(2)) / np.linalg.norm(affine[:3, :3], axis=0)
    smooth = (
        gaussian_filter(v.astype(np.float32), width) for v in np.moveaxis(data, -1, 0)
    )
    splines = [spline_filter(volume, 3, np.float32) for volume in smooth]
    first = gaussian_filter(data[..., 0].astype(np.float32), width)
    chosen = choose_points(first)
    coarse, fine = STILL
    reference = Reference(first, affine, chosen)
    matrices = [np.eye(4)]
    for spline in splines[1:]:
        matrices.append(reference.find(spline, matrices[-1], coarse))
    reference = Reference(mean_of(splines, affine, matrices), affine, chosen)
    matrices = [
        reference.find(spline, start, fine)
        for spline, start in zip(splines, matrices, strict=True)
    ]
    return np.stack(matrices) @ np.linalg.inv(matrices[0])


def mean_volume(data, affine, matrices):
    """Return the mean (x, y, z) of a series, aligned to its first volume."""
    splines = (
        spline_filter(v.astype(np.float32), 3, np.float32)
        for v in np.moveaxis(data, -1, 0)
    )
    return mean_of(splines, affine, matrices)


def mean_of(splines, affine, matrices):
    """Return the mean (x, y, z) of aligned volumes, given as cubic splines."""
    total = 0.0
    for spline, matrix in zip(splines, matrices, strict=True):
        turn = np.linalg.inv(affine) @ matrix @ affine
        total = total + affine_transform(
            spline, turn, order=3, mode="nearest", prefilter=False
        )
    return total / len(matrices)


def check_volumes(data):
    """Raise ValueError unless every volume of a series can be aligned."""
    if data.ndim != 4 or data.shape[3] < 2:
        raise ValueError(
            f"realignment needs a series of volumes, got an image of shape {data.shape}"
        )
    for number in range(data.shape[3]):
        volume = data[..., number]
        if not np.isfinite(volume).all():
            raise ValueError(f"volume {number + 1} has values that are not finite")
        if volume.min() == volume.max():
            raise ValueError(f"volume {number + 1} has the same value everywhere")


def choose_points(image):
    """Return which voxels of a smoothed image are compared: the head's, thinned."""
    chosen = np.zeros(image.shape, bool)
    inner = tuple(
        slice(EDGE, -EDGE if size > 4 * EDGE else None) for size in image.shape
    )
    chosen[inner] = image[inner] > BACKGROUND * image.max()
    index = np.flatnonzero(chosen)
    step = -(-len(index) // MOST_POINTS)
    thinned = np.zeros(image.size, bool)
    thinned[index[::step]] = True
    return thinned.reshape(image.shape)
