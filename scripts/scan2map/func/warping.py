"""Bring BOLD volumes to another grid, each interpolated once."""

import numpy as np
from scipy.ndimage import map_coordinates, spline_filter


def warp_volumes(volumes, affine, points, matrices=None):
    """Pull every volume to points of another space by cubic splines.

    Parameters
    ----------
    volumes : iterable of ndarray, shape (x, y, z)
        Read one by one.
    affine : ndarray, shape (4, 4)
        Voxel to world of the volumes.
    points : ndarray, shape (n_points, 3)
        World points (RAS+ mm) of the reference volume.
    matrices : ndarray, shape (n_volumes, 4, 4), optional
        From world points of the reference to those of each volume (`realign`);
        without them the head rests.

    Returns
    -------
    ndarray of float32, shape (n_volumes, n_points)
        NaN where a point lies outside the field of view of the volume.
    """
    inverse, rows = np.linalg.inv(affine), []
    for number, volume in enumerate(volumes):
        to_voxels = inverse if matrices is None else inverse @ matrices[number]
        voxels = to_voxels[:3, :3] @ points.T + to_voxels[:3, 3:]
        spline = spline_filter(volume, 3, np.float32)
        rows.append(
            map_coordinates(
                spline, voxels, np.float32, order=3, cval=np.nan, prefilter=False
            )
        )
    return np.stack(rows)


def with_data(values, mask):
    """Leave out voxels that a volume does not show.

    Parameters
    ----------
    values : ndarray, shape (n_volumes, n_voxels)
        Inside `mask`; NaN outside the field of view.
    mask : ndarray of bool, shape (x, y, z)

    Returns
    -------
    values : ndarray, shape (n_volumes, n_left)
    mask : ndarray of bool, shape (x, y, z)
        With n_left voxels.

    Raises
    ------
    ValueError
        No voxel is left.
    """
    seen = np.isfinite(values).all(0)
    if not seen.any():
        raise ValueError(
            "no voxel of the brain is in the field of view of all BOLD volumes: the "
            "registration to the T1w image failed, or the head moved out of the "
            "image. Look at the figure of the session, or exclude it"
        )
    left = mask.copy()
    left[mask] = seen
    return values[:, seen], left
