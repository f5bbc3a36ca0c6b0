"""Read, write and grid NIfTI images; world coordinates are RAS+ mm."""

import json
from pathlib import Path

import numpy as np
import scipy  # which imports its parts when they are first used, 0.3 s

from scan2map.nifti import nib, read_volume


def read_array(path):
    """Return the data of an image as float32."""
    return nib.load(path).get_fdata(dtype=np.float32)


def read_mask(path):
    """Return an image as boolean array: True where it is above 0."""
    return np.asanyarray(nib.load(path).dataobj) > 0


def write_image(data, affine, path, sidecar=None):
    """Write an array as NIfTI, with a JSON file beside it where `sidecar` is given.

    Parameters
    ----------
    data : ndarray
        Boolean arrays are written as uint8, everything else as float32.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm); stored as sform and qform, code 1.
    path : str or Path
        Ends in ``.nii.gz``.
    sidecar : dict, optional
        What the JSON says: unit, frame, order of components.
    """
    kind = np.uint8 if data.dtype == bool else np.float32
    image = nib.Nifti1Image(data.astype(kind), affine)
    image.set_sform(affine, 1)
    image.set_qform(affine, 1)
    image.header.set_xyzt_units("mm")
    nib.save(image, path)
    if sidecar is not None:
        write_json(sidecar, str(path).removesuffix(".nii.gz") + ".json")


def write_json(content, path):
    """Write a dictionary as indented JSON."""
    Path(path).write_text(json.dumps(content, indent=2) + "\n")


def read_json(path):
    """Return the content of a JSON file; ValueError names one that is broken."""
    try:
        return json.loads(Path(path).read_text())
    except ValueError as error:
        raise ValueError(f"{path} is no JSON ({error}): mend or remove it") from None


MNI_CENTRE = (0.0, -18.0, 18.0)
"""World coordinates (mm) of the middle of the analysis grid in MNI space; x is 0, so
that reversing the first axis mirrors the brain exactly."""


def analysis_grid(centre, shape, voxel_size):
    """Return the affine of a RAS-aligned isotropic grid around a point.

    Parameters
    ----------
    centre : sequence of float, length 3
        World coordinates (mm) of the middle of the grid.
    shape : sequence of int, length 3
        Voxels along x, y, z.
    voxel_size : float
        Edge of a voxel in mm.

    Returns
    -------
    ndarray, shape (4, 4)
        Voxel to world.
    """
    affine = np.diag([voxel_size, voxel_size, voxel_size, 1.0])
    affine[:3, 3] = np.asarray(centre) - voxel_size * (np.asarray(shape) - 1) / 2
    return affine


def brain_centre(mask, affine):
    """Return the world coordinates (mm) of the centre of mass of a mask."""
    return affine[:3, :3] @ np.argwhere(mask).mean(0) + affine[:3, 3]


def resample_to_grid(data, affine, shape, target_affine, order=1):
    """Resample a 3D array to another grid by spline interpolation.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Image to sample.
    affine, target_affine : ndarray, shape (4, 4)
        Voxel to world of `data` and of the result.
    shape : sequence of int, length 3
        Shape of the result.
    order : int
        0 nearest, 1 linear, 3 cubic.

    Returns
    -------
    ndarray, shape `shape`
        0 outside the field of view of `data`.
    """
    to_source = np.linalg.inv(affine) @ target_affine
    return scipy.ndimage.affine_transform(
        np.asarray(data, dtype=np.float32),
        to_source,
        output_shape=tuple(shape),
        order=order,
    )


def mask_on_grid(path, shape, affine):
    """Return a mask on a grid, by the nearest voxel.

    Parameters
    ----------
    path : str or Path
    shape : sequence of int, length 3
    affine : ndarray, shape (4, 4)
        Voxel to world of the grid.

    Returns
    -------
    ndarray of bool, shape `shape`

    Raises
    ------
    ValueError
        The file is no image of one volume; the mask is empty, or has no voxel on the
        grid.
    """
    image, data = read_volume(path)
    mask = data > 0
    if not mask.any():
        raise ValueError(f"the mask {path} is empty: it has no voxel above 0")
    if same_grid((mask.shape, image.affine), (shape, affine)):
        return mask
    there = resample_to_grid(mask, image.affine, shape, affine, order=0) > 0
    if not there.any():
        raise ValueError(
            f"the mask {path} has no voxel where the maps are, which have shape "
            f"{tuple(shape)} and affine {np.round(affine[:3], 3).tolist()}: is it in "
            "the same space?"
        )
    return there


def antialiasing(affine, target):
    """Return the smoothing that an image needs before it comes to a coarser grid.

    Parameters
    ----------
    affine, target : ndarray, shape (4, 4)
        Voxel to world of the image and of the grid it comes to.

    Returns
    -------
    ndarray, shape (3,)
        Standard deviation of a Gaussian, voxels; 0 along axes that do not get coarser.
    """
    steps = (np.linalg.norm(grid[:3, :3], axis=0) for grid in (target, affine))
    ratio = np.divide(*steps)
    return np.sqrt(np.maximum(ratio**2 - 1, 0)) / 2.355


def downsample(data, affine, shape, target):
    """Resample to a coarser grid after the smoothing that this needs.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Image to sample.
    affine, target : ndarray, shape (4, 4)
        Voxel to world of `data` and of the result.
    shape : sequence of int, length 3
        Shape of the result.

    Returns
    -------
    ndarray of float32, shape `shape`
    """
    image = np.asarray(data, dtype=np.float32)
    smooth = scipy.ndimage.gaussian_filter(image, antialiasing(affine, target))
    return resample_to_grid(smooth, affine, shape, target)


def to_image(values, mask):
    """Put masked maps back on the grid.

    Parameters
    ----------
    values : ndarray, shape (n_maps, n_voxels)
    mask : ndarray of bool, shape (x, y, z)

    Returns
    -------
    ndarray of float32, shape (x, y, z, n_maps)
        0 outside the mask.
    """
    image = np.zeros((*mask.shape, len(values)), dtype=np.float32)
    image[mask] = np.transpose(values)
    return image


SAME = 1e-3
"""Millimetres by which the affines of one and the same grid may differ."""


def same_grid(one, other):
    """Tell whether two grids, as from `read_grid`, are the same."""
    (shape, affine), (other_shape, other_affine) = one, other
    same = tuple(shape) == tuple(other_shape)
    return same and np.allclose(affine, other_affine, atol=SAME)


def read_grid(path):
    """Return shape (3D) and affine of an image without reading its data."""
    image = nib.load(path)
    return image.shape[:3], image.affine
