"""Displacement fields: read, write, compose, differentiate, pull images through them.

In memory a field is an array (x, y, z, 3) of displacements in RAS+ mm on a grid with an
affine: the point p of that grid's space belongs to the point p + d(p) of the other
image's space, from where values are pulled. On disk it is ITK's: NIfTI (x, y, z, 1, 3),
intent vector, LPS+ mm, as ANTs reads and writes.
"""

import numpy as np
import scipy

from scan2map.nifti import nib

LPS = np.array([-1.0, -1.0, 1.0])
"""Signs between RAS+ and LPS+ vectors."""


def read_field(path):
    """Return displacements (x, y, z, 3) in RAS+ mm and the affine of their grid.

    Raises
    ------
    ValueError
        The file is not a displacement field as ITK writes them.
    """
    image = nib.load(path)
    if image.ndim != 5 or image.shape[3:] != (1, 3):
        raise ValueError(
            f"{path} should be a displacement field of shape (x, y, z, 1, 3), "
            f"got {image.shape}"
        )
    return image.get_fdata()[:, :, :, 0] * LPS, image.affine


def write_field(field, affine, path):
    """Write displacements (x, y, z, 3) in RAS+ mm as ANTs reads them."""
    data = (field * LPS)[:, :, :, None].astype(np.float32)
    image = nib.Nifti1Image(data, affine)
    image.header.set_intent("vector")
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)


def grid_points(shape, affine):
    """Return the world coordinates (mm) of all voxels, shape (x, y, z, 3)."""
    index = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    return index @ affine[:3, :3].T + affine[:3, 3]


def affine_field(matrix, shape, affine):
    """Return the field (x, y, z, 3) of a 4 × 4 matrix between RAS+ points."""
    points = grid_points(shape, affine)
    return points @ matrix[:3, :3].T + matrix[:3, 3] - points


def sample(data, affine, points, order=1, mode="constant"):
    """Interpolate an image at world coordinates.

    Parameters
    ----------
    data : ndarray, shape (x, y, z) or (x, y, z, channels)
        Image; channels are interpolated one by one.
    affine : ndarray, shape (4, 4)
        Voxel to world of `data`.
    points : ndarray, shape (…, 3)
        World coordinates in mm.
    order : int
        0 nearest, 1 linear, 3 cubic.
    mode : {"constant", "nearest"}
        Outside the image: 0, or the value at its edge.

    Returns
    -------
    ndarray, shape (…) or (…, channels)
    """
    inverse = np.linalg.inv(affine)
    voxels = np.moveaxis(points @ inverse[:3, :3].T + inverse[:3, 3], -1, 0)
    if data.ndim == 3:
        return scipy.ndimage.map_coordinates(data, voxels, order=order, mode=mode)
    channels = np.moveaxis(data, -1, 0)
    pulled = [
        scipy.ndimage.map_coordinates(one, voxels, order=order, mode=mode)
        for one in channels
    ]
    return np.stack(pulled, axis=-1)


def pull(data, affine, field, field_affine, order=1):
    """Resample an image on the grid of a field.

    Parameters
    ----------
    data : ndarray, shape (x, y, z) or (x, y, z, channels)
        Image in the space the field leads to.
    affine : ndarray, shape (4, 4)
        Voxel to world of `data`.
    field : ndarray, shape (i, j, k, 3)
        Displacements in RAS+ mm.
    field_affine : ndarray, shape (4, 4)
        Voxel to world of the field's grid.
    order : int
        0 nearest, 1 linear, 3 cubic.

    Returns
    -------
    ndarray, shape (i, j, k) or (i, j, k, channels)
        0 outside the field of view of `data`.
    """
    points = grid_points(field.shape[:3], field_affine) + field
    return sample(data, affine, points, order=order)


def compose(first, first_affine, second, second_affine):
    """Return the field that does `first`, then `second`.

    Parameters
    ----------
    first : ndarray, shape (x, y, z, 3)
        From the space of the result to the space in between, RAS+ mm.
    first_affine : ndarray, shape (4, 4)
        Voxel to world of its grid, which is also that of the result.
    second : ndarray, shape (i, j, k, 3)
        From the space in between to the last one. Beyond its grid the displacement at
        the grid's edge is used.
    second_affine : ndarray, shape (4, 4)
        Voxel to world of its grid.

    Returns
    -------
    ndarray, shape (x, y, z, 3)
        From the space of the result to the last one.
    """
    points = grid_points(first.shape[:3], first_affine) + first
    return first + sample(second, second_affine, points, mode="nearest")


def jacobian(field, affine):
    """Return the derivative of p + d(p) with respect to p.

    Parameters
    ----------
    field : ndarray, shape (x, y, z, 3)
        Displacements in RAS+ mm.
    affine : ndarray, shape (4, 4)
        Voxel to world of its grid.

    Returns
    -------
    ndarray, shape (x, y, z, 3, 3)
        ``[..., i, j]`` is the derivative of component i along world axis j, by central
        differences (one-sided at the edges of the grid).
    """
    per_voxel = np.stack(np.gradient(field, axis=(0, 1, 2)), axis=-1)
    return np.eye(3) + per_voxel @ np.linalg.inv(affine[:3, :3])
