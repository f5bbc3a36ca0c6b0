"""Head motion and eddy currents: one affine per volume, b-vectors turned along."""

import numpy as np
from scipy.linalg import polar

from scan2map.dwi.gradients import fsl_bvecs, world_directions
from scan2map.motion import pull_volume
from scan2map.transforms import grid_points


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
            volume = pull_volume(out[..., index], affine, matrix, points)
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
