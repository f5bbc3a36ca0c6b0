"""Head motion and eddy currents: one affine per volume, b-vectors turned along."""

import numpy as np
from scipy.linalg import polar
from scipy.spatial.transform import Rotation

from scan2map.dwi.gradients import fsl_bvecs, world_directions
from scan2map.transforms import grid_points, sample

HEAD_RADIUS = 50.0
"""Radius (mm) of the sphere on which framewise displacement turns rotations into mm."""

MOTION_COLUMNS = ("trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z")
"""Columns of the motion table besides framewise_displacement: mm, then degrees."""


def resample_volumes(data, affine, matrices):
    """Put every volume where the first one is.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        DWI.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    matrices : ndarray, shape (n_volumes, 4, 4)
        Per volume, from world points of the reference to world points of the volume.

    Returns
    -------
    ndarray of float32, shape (x, y, z, n_volumes)
        Cubic spline, values below 0 raised to 0; volumes with an identity matrix are
        untouched.
    """
    points = grid_points(data.shape[:3], affine)
    out = np.array(data, dtype=np.float32)
    for index, matrix in enumerate(matrices):
        if not np.allclose(matrix, np.eye(4), atol=1e-9):
            moved = points @ matrix[:3, :3].T + matrix[:3, 3]
            volume = sample(out[..., index], affine, moved, order=3, mode="nearest")
            out[..., index] = np.maximum(volume, 0)
    return out


def rotate_bvecs(bvecs, matrices, affine):
    """Turn FSL's b-vectors with their volumes.

    Parameters
    ----------
    bvecs : ndarray, shape (n_volumes, 3)
        As acquired.
    matrices : ndarray, shape (n_volumes, 4, 4)
        As in `resample_volumes`.
    affine : ndarray, shape (4, 4)
        Voxel to world of the image.

    Returns
    -------
    ndarray, shape (n_volumes, 3)
        Turned by the rotation of each matrix's polar decomposition, back to where the
        reference is (Leemans & Jones 2009, doi 10.1002/mrm.21890).
    """
    rotations = np.stack([polar(matrix[:3, :3])[0] for matrix in matrices])
    directions = world_directions(bvecs, affine)
    turned = np.einsum("nji,nj->ni", rotations, directions)
    return fsl_bvecs(turned, affine)


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


def motion_table(motion):
    """Describe the head's motion, volume by volume.

    Parameters
    ----------
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm), then rotations (radian), along and about x, y, z.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        `MOTION_COLUMNS` in mm and degrees, and ``framewise_displacement`` (mm), 0 for
        the first volume: the sum of absolute differences from the volume before,
        rotations as arcs on a sphere of 50 mm (Power et al. 2012, doi
        10.1016/j.neuroimage.2011.10.018).
    """
    arcs = motion * [1, 1, 1, HEAD_RADIUS, HEAD_RADIUS, HEAD_RADIUS]
    steps = np.abs(np.diff(arcs, axis=0, prepend=arcs[:1])).sum(1)
    degrees = np.column_stack([motion[:, :3], np.degrees(motion[:, 3:])])
    table = dict(zip(MOTION_COLUMNS, degrees.T, strict=True))
    return table | {"framewise_displacement": steps}


def write_motion(table, path):
    """Write a motion table as TSV, microns and millionths of a degree."""
    lines = ["\t".join(table)]
    for row in zip(*table.values(), strict=True):
        lines.append("\t".join(f"{value + 0.0:.6f}" for value in row))
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def image_centre(shape, affine):
    """Return the world coordinates (mm) of the middle of an image."""
    return affine[:3, :3] @ ((np.array(shape[:3]) - 1) / 2) + affine[:3, 3]
