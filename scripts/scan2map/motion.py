"""How a head moved: rigid matrices as translations, rotations and one number."""

import numpy as np
import scipy

from scan2map.transforms import sample

MOTION_COLUMNS = ("trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z")
"""Columns of motion tables: translations, then rotations."""

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
        rotation, _ = scipy.linalg.polar(matrix[:3, :3])
        angles = scipy.spatial.transform.Rotation.from_matrix(rotation).as_euler("xyz")
        rows.append([*shift, *angles])
    return np.array(rows)


def pull_volume(volume, affine, matrix, points):
    """Return a volume's values where points of the reference are in it.

    Parameters
    ----------
    volume : ndarray, shape (x, y, z)
        Image.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    matrix : ndarray, shape (4, 4)
        From world points of the reference to world points of the volume.
    points : ndarray, shape (…, 3)
        World points (mm) of the reference.

    Returns
    -------
    ndarray, shape (…)
        By cubic splines, edges repeated.
    """
    moved = points @ matrix[:3, :3].T + matrix[:3, 3]
    return sample(volume, affine, moved, order=3, mode="nearest")


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


def motion_table(motion):
    """Describe the head's motion, volume by volume.

    Parameters
    ----------
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm), then rotations (radian), along and about x, y, z.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        `MOTION_COLUMNS` in mm and degrees, and `framewise_displacement` (mm).
    """
    degrees = np.column_stack([motion[:, :3], np.degrees(motion[:, 3:])])
    table = dict(zip(MOTION_COLUMNS, degrees.T, strict=True))
    return table | {"framewise_displacement": framewise_displacement(motion)}


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


def spm_matrices(parameters):
    """Return the matrices that SPM's realignment parameters stand for.

    Parameters
    ----------
    parameters : ndarray, shape (n, 6)
        Lines of an ``rp_*.txt``: mm along x, y, z, radian about them.

    Returns
    -------
    ndarray, shape (n, 4, 4)
        T · Rx · Ry · Rz as in ``spm_matrix``, whose angles about x and z turn the other
        way round than the right hand does. An rp file holds the inverse of the head's
        motion.
    """
    matrices = np.tile(np.eye(4), (len(parameters), 1, 1))
    angles = parameters[:, 3:] * [-1, 1, -1]
    rotations = scipy.spatial.transform.Rotation.from_euler("XYZ", angles)
    matrices[:, :3, :3] = rotations.as_matrix()
    matrices[:, :3, 3] = parameters[:, :3]
    return matrices


def displacements(matrices, others, radius=65.0):
    """Return how far apart two motions take points on a sphere about the origin.

    Parameters
    ----------
    matrices, others : ndarray, shape (n, 4, 4)
        Motions, mm.
    radius : float
        Of the sphere, mm.

    Returns
    -------
    ndarray, shape (n, 500)
        mm, for points spread evenly over the sphere.
    """
    steps = np.arange(500)
    z = 1 - (2 * steps + 1) / 500
    angle = steps * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - z**2)
    points = radius * np.stack([ring * np.cos(angle), ring * np.sin(angle), z])
    off = np.asarray(matrices) - others
    return np.linalg.norm(off[:, :3, :3] @ points + off[:, :3, 3:], axis=1)
