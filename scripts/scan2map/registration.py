"""Registrations of EPI images with ANTsPy, repeatable to the bit.

ANTs works in LPS+; the matrices and fields that come back are in RAS+ mm.
"""

import os
import tempfile

import numpy as np

from scan2map.ants_bridge import LPS, import_ants, to_ants, use_ants
from scan2map.images import (
    analysis_grid,
    brain_centre,
    downsample,
    resample_to_grid,
)
from scan2map.transforms import grid_points

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Between RAS+ and LPS+ points."""

LINEAR_STEPS = {
    "aff_iterations": (300, 200, 100),
    "aff_shrink_factors": (4, 2, 1),
    "aff_smoothing_sigmas": (2, 1, 0),
    "aff_random_sampling_rate": 0.5,
}
"""Schedule of the linear step from EPI to T1w, coarse to fine."""

LINEAR = {"syn": "Rigid", "rigid": "Rigid", "affine": "Affine"}
"""ANTs' linear step of each way to register."""

SYN_STEPS = {
    "syn_metric": "mattes",
    "reg_iterations": (40, 20, 5),
    "grad_step": 0.1,
    "flow_sigma": 3,
    "total_sigma": 2,
}
"""Schedule of SyN. `total_sigma` (voxels²) keeps the whole deformation as smooth as
EPI's distortion is: without it mutual information follows noise."""


def read_matrix(path):
    """Return an ITK affine file as 4 × 4 matrix between RAS+ points."""
    transform = import_ants().read_transform(path)
    linear = np.reshape(transform.parameters[:9], (3, 3))
    centre = np.asarray(transform.fixed_parameters)
    matrix = np.eye(4)
    matrix[:3, :3] = linear
    matrix[:3, 3] = transform.parameters[9:] + centre - linear @ centre
    return FLIP @ matrix @ FLIP


def register_rigid(fixed, moving, affine, mask, seed=0):
    """Register two images of different contrast on one grid, by mutual information.

    Parameters
    ----------
    fixed, moving : ndarray, shape (x, y, z)
        Images.
    affine : ndarray, shape (4, 4)
        Voxel to world of both.
    mask : ndarray of bool, shape (x, y, z)
        Where `fixed` counts.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray, shape (4, 4)
        From world points (RAS+ mm) of `fixed` to those of `moving`.
    """
    ants = use_ants(seed)
    with tempfile.TemporaryDirectory() as folder:
        result = ants.registration(
            to_ants(fixed, affine),
            to_ants(moving, affine),
            type_of_transform="Rigid",
            initial_transform="Identity",
            mask=to_ants(mask, affine),
            mask_all_stages=True,
            outprefix=os.path.join(folder, "rigid_"),
            aff_iterations=(100, 50),
            aff_shrink_factors=(2, 1),
            aff_smoothing_sigmas=(1, 0),
            aff_random_sampling_rate=0.5,
        )
        return read_matrix(result["fwdtransforms"][-1])


def register_epi(
    epi, affine, mask, t1w, grid, t1w_mask, phase=None, method="syn", seed=0
):
    """Register an EPI image, of b = 0 or mean BOLD, to the T1w image.

    Parameters
    ----------
    epi : ndarray, shape (x, y, z)
        Mean of aligned volumes.
    affine : ndarray, shape (4, 4)
        Voxel to world of `epi`.
    mask : ndarray of bool, shape (x, y, z)
        Brain in `epi`.
    t1w : ndarray, shape (i, j, k)
        T1w image on the analysis grid.
    grid : ndarray, shape (4, 4)
        Voxel to world of the analysis grid.
    t1w_mask : ndarray of bool, shape (i, j, k)
        Brain in `t1w`.
    phase : {0, 1, 2}, optional
        World axis nearest to the phase encoding, the only one along which `syn`
        deforms; None leaves all axes free.
    method : {"syn", "rigid", "affine"}
        ``syn`` moves and turns, then deforms against EPI's distortion.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray, shape (i, j, k, 3)
        Displacements (RAS+ mm) from points of the T1w image to points of `epi`.

    Raises
    ------
    ValueError
        `method` is unknown.

    Notes
    -----
    Mutual information (Mattes) throughout: the contrasts are nearly opposite.
    """
    if method not in LINEAR:
        raise ValueError(
            f"registration should be one of {', '.join(LINEAR)}, got '{method}'"
        )
    ants = use_ants(seed)
    fixed = to_ants(np.where(t1w_mask, t1w, 0), grid)
    moving = to_ants(np.where(mask, epi, 0), affine)
    points = grid_points(t1w.shape, grid)
    warp = 0.0
    with tempfile.TemporaryDirectory() as folder:
        linear = ants.registration(
            fixed,
            moving,
            type_of_transform=LINEAR[method],
            outprefix=os.path.join(folder, "linear_"),
            **LINEAR_STEPS,
        )["fwdtransforms"][0]
        matrix = read_matrix(linear)
        if method == "syn":
            result = ants.registration(
                fixed,
                moving,
                type_of_transform="SyNOnly",
                initial_transform=linear,
                outprefix=os.path.join(folder, "syn_"),
                restrict_transformation=_freedom(phase),
                **SYN_STEPS,
            )
            warp = ants.image_read(result["fwdtransforms"][0]).numpy() * LPS
    return (points + warp) @ matrix[:3, :3].T + matrix[:3, 3] - points


def _freedom(phase):
    """Return how freely a deformation moves along x, y, z, as ANTs takes it."""
    if phase is None:
        return (1, 1, 1)
    return tuple(int(axis == phase) for axis in range(3))


def on_analysis_grid(t1w, mask, affine, shape, voxel_size):
    """Put a T1w image and its brain mask on the analysis grid around the brain.

    Parameters
    ----------
    t1w : ndarray, shape (x, y, z)
        T1w image.
    mask : ndarray of bool, shape (x, y, z)
        Its brain.
    affine : ndarray, shape (4, 4)
        Voxel to world of both.
    shape : sequence of int, length 3
        Shape of the analysis grid.
    voxel_size : float
        Its voxel size in mm. Where it is coarser than the image, that is smoothed.

    Returns
    -------
    t1w : ndarray of float32, shape `shape`
    mask : ndarray of bool, shape `shape`
    grid : ndarray, shape (4, 4)
        Voxel to world of both.
    """
    grid = analysis_grid(brain_centre(mask, affine), shape, voxel_size)
    inside = resample_to_grid(mask, affine, shape, grid)
    return downsample(t1w, affine, shape, grid), inside >= 0.5, grid
