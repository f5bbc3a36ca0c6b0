"""How a head moved: rigid matrices as translations, rotations and one number."""

import numpy as np
from scipy.linalg import polar
from scipy.spatial.transform import Rotation

HEAD_RADIUS = 50.0
"""Radius (mm) of the sphere on which framewise displacement turns rotations into mm."""


def motion_of(matrices, centre):
    """Split matrices into translations and rotations.

    Parameters
    ----------
    matrices : ndarray, shape (n_volumes, 4, 4)
        As in `resample_volumes`: where a point of the reference head is in the volume.
    centre : ndarray, shape (3,)
        World point (mm) around which rotations turn: the middle of the image.

    Returns
    -------
    ndarray, shape (n_volumes, 6)
        How far the centre moved (mm, RAS+), then the Euler angles (radian) about the
        fixed axes x, y, z of the rotation in the polar decomposition.
    """
    rows = []
    for matrix in matrices:
        shift = matrix[:3, :3] @ centre + matrix[:3, 3] - centre
        angles = Rotation.from_matrix(polar(matrix[:3, :3])[0]).as_euler("xyz")
        rows.append([*shift, *angles])
    return np.array(rows)


def framewise_displacement(motion):
    """Sum how far the head moved from volume to volume.

    Parameters
    ----------
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm), then rotations (radian).

    Returns
    -------
    ndarray, shape (n_volumes,)
        mm, 0 for the first volume: the sum of absolute differences from the volume
        before, rotations as arcs on a sphere of 50 mm (Power et al. 2012, doi
        10.1016/j.neuroimage.2011.10.018).
    """
    arcs = motion * [1, 1, 1, HEAD_RADIUS, HEAD_RADIUS, HEAD_RADIUS]
    return np.abs(np.diff(arcs, axis=0, prepend=arcs[:1])).sum(1)


def image_centre(shape, affine):
    """Return the world coordinates (mm) of the middle of an image."""
    return affine[:3, :3] @ ((np.array(shape[:3]) - 1) / 2) + affine[:3, 3]
