"""Registrations of diffusion images with ANTsPy, repeatable to the bit.

ANTs works in LPS+; the matrices and fields that come back are in RAS+ mm.
"""

import os
import tempfile

import numpy as np

from scan2map.transforms import LPS, grid_points

FLIP = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Between RAS+ and LPS+ points."""


def use_ants(seed):
    """Import ANTsPy so that the same seed gives the same result."""
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
    os.environ["ANTS_RANDOM_SEED"] = str(seed % 2**31)
    import ants

    ants.config.set_ants_deterministic(True, seed % 2**31)
    return ants


def to_ants(data, affine):
    """Return an array (x, y, z) with an RAS+ affine as ANTs image."""
    import ants

    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    return ants.from_numpy(
        np.ascontiguousarray(data, dtype=np.float32),
        origin=list(LPS * affine[:3, 3]),
        spacing=list(spacing),
        direction=LPS[:, None] * affine[:3, :3] / spacing,
    )


def read_matrix(path):
    """Return an ITK affine file as 4 × 4 matrix between RAS+ points."""
    import ants

    transform = ants.read_transform(path)
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


def register_b0(b0, b0_mask, affine, t1w, t1w_mask, grid, restrict=None, seed=0):
    """Register a b = 0 image to the T1w image: rigid, then SyN for EPI's distortion.

    Parameters
    ----------
    b0 : ndarray, shape (x, y, z)
        Mean b = 0 image.
    b0_mask : ndarray of bool, shape (x, y, z)
        Brain in `b0`.
    affine : ndarray, shape (4, 4)
        Voxel to world of `b0`.
    t1w : ndarray, shape (i, j, k)
        Preprocessed T1w image on the analysis grid.
    t1w_mask : ndarray of bool, shape (i, j, k)
        Brain in `t1w`.
    grid : ndarray, shape (4, 4)
        Voxel to world of the analysis grid.
    restrict : sequence of float, length 3, optional
        How freely the deformation moves along x, y, z (see `distortion_weights`).
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray, shape (i, j, k, 3)
        Displacements (RAS+ mm) from points of the T1w image to points of `b0`.
    """
    ants = use_ants(seed)
    fixed = to_ants(np.where(t1w_mask, t1w, 0), grid)
    moving = to_ants(np.where(b0_mask, b0, 0), affine)
    with tempfile.TemporaryDirectory() as folder:
        rigid = ants.registration(
            fixed,
            moving,
            type_of_transform="Rigid",
            outprefix=os.path.join(folder, "rigid_"),
            aff_iterations=(500, 500, 200),
            aff_shrink_factors=(4, 2, 1),
            aff_smoothing_sigmas=(2, 1, 0),
            aff_random_sampling_rate=0.5,
        )["fwdtransforms"][0]
        result = ants.registration(
            fixed,
            moving,
            type_of_transform="SyNOnly",
            initial_transform=rigid,
            outprefix=os.path.join(folder, "syn_"),
            syn_metric="mattes",
            reg_iterations=(40, 20, 10),
            grad_step=0.1,
            flow_sigma=3,
            total_sigma=0.5,
            restrict_transformation=restrict,
        )
        warp = ants.image_read(result["fwdtransforms"][0]).numpy() * LPS
        matrix = read_matrix(rigid)
    points = grid_points(t1w.shape, grid)
    return (points + warp) @ matrix[:3, :3].T + matrix[:3, 3] - points
