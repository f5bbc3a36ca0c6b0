"""A run of BOLD as volumes by voxels of a mask, and back to images."""

import logging

import numpy as np

from scan2map.func.series import read_volumes
from scan2map.images import read_grid, read_mask, resample_to_grid, same_grid
from scan2map.nifti import nib


def read_voxels(path, mask_path):
    """Read a run volume by volume; only what is inside the mask is held.

    Parameters
    ----------
    path : str
        BOLD, a 4D image.
    mask_path : str
        Mask on the same grid.

    Returns
    -------
    ndarray of float32, shape (n_volumes, n_voxels)
        Voxels in the order of ``data[mask]``. A voxel that is not finite in some
        volume (outside of the field of view, in SPM's images) is 0 in all.

    Raises
    ------
    ValueError
        The image is not 4D, cut off, or not on the mask's grid.
    """
    mask, grid = read_mask(mask_path), read_grid(mask_path)
    image = nib.load(path)
    if image.ndim != 4:
        raise ValueError(f"{path} should be a run of volumes (4D), got {image.shape}")
    if not same_grid((image.shape[:3], image.affine), grid):
        raise ValueError(
            f"{path} is not on the grid of {mask_path}: shapes {image.shape[:3]} and "
            f"{grid[0]}, affines {image.affine.tolist()} and {grid[1].tolist()}"
        )
    data = np.empty((image.shape[3], int(mask.sum())), dtype=np.float32)
    for number, volume in enumerate(read_volumes(path)):
        data[number] = volume[mask]
    infinite = ~np.isfinite(data).all(0)
    if infinite.any():
        logging.info("%s: %d voxels are not finite", path, infinite.sum())
        data[:, infinite] = 0
    return data


def read_templates(path, mask_path):
    """Return known networks on the grid of a mask.

    Parameters
    ----------
    path : str
        4D image in the space of the mask, on any grid; linearly interpolated.
    mask_path : str

    Returns
    -------
    ndarray of float32, shape (n_templates, n_voxels)

    Raises
    ------
    ValueError
        The image is not 4D.
    """
    image = nib.load(path)
    if image.ndim != 4:
        raise ValueError(
            f"{path} should hold one template per volume (4D), got {image.shape}"
        )
    mask, (shape, affine) = read_mask(mask_path), read_grid(mask_path)
    volumes = (np.asanyarray(image.dataobj[..., n]) for n in range(image.shape[3]))
    pulled = (
        resample_to_grid(np.nan_to_num(volume), image.affine, shape, affine)
        for volume in volumes
    )
    return np.array([volume[mask] for volume in pulled])


def evenly_spaced(n_volumes, wanted, left_out=()):
    """Choose volumes from the whole of a run.

    Parameters
    ----------
    n_volumes : int
        Of the run.
    wanted : int
    left_out : sequence of int
        Volumes, from 0, that hold nothing: outliers that were regressed out.

    Returns
    -------
    ndarray of int, shape (wanted,)
        The middle one of each of as many parts of the run: at its ends the band-pass
        leaves little.

    Raises
    ------
    ValueError
        The run has fewer volumes.
    """
    there = np.setdiff1d(np.arange(n_volumes), left_out)
    if not 1 <= wanted <= len(there):
        raise ValueError(
            f"{wanted} volumes were asked for, the run has {len(there)} that are no "
            "outliers: set 'volumes' of the feature to what every session has"
        )
    middles = (np.arange(wanted) + 0.5) * len(there) / wanted
    return there[middles.astype(int)]
