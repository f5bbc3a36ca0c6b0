"""Take preprocessed BOLD of another programme, such as fMRIPrep, onto our grid."""

import numpy as np
from scipy.ndimage import gaussian_filter

from scan2map.func.warping import warp_volumes, with_data
from scan2map.images import antialiasing, resample_to_grid, same_grid
from scan2map.transforms import grid_points


def check_mask(mask, image, where):
    """Check that a mask has the grid of the BOLD.

    Parameters
    ----------
    mask, image : nibabel.Nifti1Image
        The mask, and the BOLD beside which it lies.
    where : str
        Path of the mask.

    Raises
    ------
    ValueError
        It has another grid.
    """
    if not same_grid((mask.shape, mask.affine), (image.shape[:3], image.affine)):
        raise ValueError(
            f"{where} has another grid than the BOLD beside it: {mask.shape} voxels, "
            f"the first at {mask.affine[:3, 3].round(2).tolist()} mm, and the BOLD "
            f"{image.shape[:3]}, the first at "
            f"{image.affine[:3, 3].round(2).tolist()} mm. They are of different runs "
            "or programmes: copy both from one"
        )


def regrid(volumes, affine, mask, shape, target):
    """Bring a series that is in MNI space already to another grid of that space.

    Parameters
    ----------
    volumes : iterable of ndarray, shape (x, y, z)
        Read one by one.
    affine : ndarray, shape (4, 4)
        Voxel to world of the volumes.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    shape, target : sequence of int (3) and ndarray (4, 4)
        The grid wanted: shape and voxel to world.

    Returns
    -------
    values : ndarray of float32, shape (n_volumes, n_voxels)
        Inside the mask that is returned: as they were where the grids agree, otherwise
        by cubic splines, after the smoothing that a coarser grid needs.
    mask : ndarray of bool, shape `shape`

    Raises
    ------
    ValueError
        The mask is empty, or covers nothing of the grid, or a voxel of the brain is not
        finite.
    """
    if not mask.any():
        raise ValueError("the brain mask of the preprocessed BOLD is empty")
    volumes = _finite(volumes, mask)
    if same_grid((mask.shape, affine), (shape, target)):
        return np.stack([volume[mask] for volume in volumes]), mask
    inside = resample_to_grid(mask, affine, shape, target) >= 0.5
    points = grid_points(shape, target)[inside]
    width = antialiasing(affine, target)
    smooth = (gaussian_filter(volume, width) for volume in volumes)
    return with_data(warp_volumes(smooth, affine, points), inside)


def _finite(volumes, mask):
    """Yield volumes with 0 where they are not finite outside the brain."""
    for number, volume in enumerate(volumes, start=1):
        strange = ~np.isfinite(volume)
        if strange[mask].any():
            raise ValueError(
                f"{strange[mask].sum()} voxels of the brain are not finite in volume "
                f"{number} of the preprocessed BOLD: make it anew, or exclude the "
                "session"
            )
        yield np.where(strange, 0, volume)
