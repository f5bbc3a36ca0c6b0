"""Estimate where the head is in every volume of a DWI."""

import numpy as np
from scipy.ndimage import binary_dilation

from scan2map.dwi.alignment import AFFINE, RIGID, align, smooth_with_slope
from scan2map.dwi.gradients import LARGEST_B0, world_directions
from scan2map.dwi.motion import (
    image_centre,
    motion_of,
    resample_volumes,
    rotate_bvecs,
)
from scan2map.tensor import design_matrix
from scan2map.transforms import grid_points, sample

MOST_POINTS = 10_000
"""Voxels of the brain that the registrations look at, at most."""

RIGID_ROUNDS = ((2.5, 10), (1.5, 8), (1.0, 8), (0.7, 8))
"""Rigid rounds: smoothing (standard deviation, voxels) and Gauss-Newton steps."""

AFFINE_ROUNDS = ((1.0, 5), (0.7, 5))
"""Affine rounds, likewise."""


def correct_with_affines(data, affine, bvals, bvecs, mask, seed=0):
    """Estimate every volume's motion, undo it, and turn the b-vectors.

    Parameters
    ----------
    data, affine, bvals, bvecs, mask, seed
        As in `estimate_motion`.

    Returns
    -------
    data : ndarray of float32, shape (x, y, z, n_volumes)
        All volumes where the first b = 0 volume is, interpolated once.
    bvecs : ndarray, shape (n_volumes, 3)
        FSL's convention, turned along.
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm) and rotations (radian), see `motion_of`.
    """
    matrices = estimate_motion(data, affine, bvals, bvecs, mask, seed=seed)
    motion = motion_of(matrices, image_centre(data.shape, affine))
    turned = rotate_bvecs(bvecs, matrices, affine)
    return resample_volumes(data, affine, matrices), turned, motion


def estimate_motion(data, affine, bvals, bvecs, mask, seed=0):
    """Find where the head of the first b = 0 volume is in every volume.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        DWI.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    bvals : ndarray, shape (n_volumes,)
        s/mm².
    bvecs : ndarray, shape (n_volumes, 3)
        FSL's convention.
    mask : ndarray of bool, shape (x, y, z)
        Brain in the first b = 0 volume.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray, shape (n_volumes, 4, 4)
        From world points (RAS+ mm) of the reference to those of the volume: rigid for
        b = 0, affine for diffusion-weighted volumes (eddy currents shear and stretch).

    Notes
    -----
    A diffusion-weighted volume is dark where its reference at b = 0 is bright: mutual
    information between the two prefers affines that shrink the head by several per
    cent (b = 2500). So volumes of b = 0 are aligned among themselves, the others to
    what the tensors of all others predict for their direction (as nifreeze and FSL's
    eddy do with their models), and the two groups are joined by one rigid
    registration (ANTs) of their means. Eddy currents are taken to cancel over the
    directions: the mean of the affines is made the identity before joining.
    """
    from scan2map.dwi.registration import register_rigid

    weighted = np.asarray(bvals) > LARGEST_B0
    reference = np.flatnonzero(~weighted)[0]
    region = binary_dilation(mask, iterations=2)
    points = sample_points(region, affine)
    matrices = np.tile(np.eye(4), (len(bvals), 1, 1))
    for index in np.flatnonzero(~weighted):
        if index != reference:
            matrices[index] = align_b0(
                data[..., index], data[..., reference], affine, points
            )
    group = align_to_prediction(
        data[..., weighted], affine, bvals[weighted], bvecs[weighted], points
    )
    aligned = resample_volumes(data[..., weighted], affine, group)
    b0 = resample_volumes(data[..., ~weighted], affine, matrices[~weighted]).mean(-1)
    link = register_rigid(b0, aligned.mean(-1), affine, region, seed=seed)
    matrices[weighted] = group @ link
    return matrices


def align_to_prediction(data, affine, bvals, bvecs, points):
    """Align diffusion-weighted volumes with each other.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        Volumes with b > 50 s/mm².
    affine : ndarray, shape (4, 4)
        Voxel to world.
    bvals, bvecs : ndarray, shapes (n_volumes,) and (n_volumes, 3)
        s/mm² and FSL's convention.
    points : ndarray, shape (n_points, 3)
        World points (mm) in the brain.

    Returns
    -------
    ndarray, shape (n_volumes, 4, 4)
        Affines from their common space to each volume; their mean is the identity.
    """
    matrices = np.tile(np.eye(4), (data.shape[3], 1, 1))
    rounds = [(RIGID, *one) for one in RIGID_ROUNDS]
    rounds += [(AFFINE, *one) for one in AFFINE_ROUNDS]
    for kind, width, steps in rounds:
        volumes = [smooth_with_slope(one, width) for one in np.moveaxis(data, -1, 0)]
        signals = signals_at(volumes, affine, matrices, points)
        if kind is RIGID:
            targets = mean_signal(signals)
        else:
            directions = rotate_bvecs(bvecs, matrices, affine)
            directions = world_directions(directions, affine)
            targets = predict_left_out(signals, bvals, directions)
        for index, (volume, target) in enumerate(zip(volumes, targets, strict=True)):
            matrices[index] = align(
                volume, affine, points, target, matrices[index], kind, steps
            )
        matrices = matrices @ np.linalg.inv(matrices.mean(0))
    return matrices


def align_b0(volume, reference, affine, points):
    """Return the rigid matrix (4, 4) from one b = 0 volume's points to another's."""
    matrix = np.eye(4)
    for width in (2.5, 1.0):
        moving = smooth_with_slope(volume, width)
        target = sample(smooth_with_slope(reference, width)[0], affine, points)
        matrix = align(moving, affine, points, target, matrix, RIGID)
    return matrix


def predict_left_out(signals, bvals, directions):
    """Predict each volume from the tensors of all other volumes.

    Parameters
    ----------
    signals : ndarray, shape (n_volumes, n_points)
        Diffusion-weighted signals.
    bvals, directions : ndarray, shapes (n_volumes,) and (n_volumes, 3)
        s/mm² and world frame.

    Returns
    -------
    ndarray, shape (n_volumes, n_points)
        Tensor fits to the logarithm (OLS); where a volume cannot be left out of them,
        because there are hardly more volumes than unknowns, the mean of all.
    """
    floor = 1e-3 * signals.max() + 1e-12
    logarithm = np.log(np.maximum(signals, floor))
    design = design_matrix(bvals, directions)
    design = design / np.abs(design).max(0)
    hat = design @ np.linalg.pinv(design, rcond=1e-3)
    leverage = np.diag(hat)
    if leverage.max() > 0.9:
        return mean_signal(signals)
    fit = hat @ logarithm
    return np.exp((fit - leverage[:, None] * logarithm) / (1 - leverage)[:, None])


def sample_points(mask, affine):
    """Return at most `MOST_POINTS` voxels of a mask as world points (n, 3)."""
    points = grid_points(mask.shape, affine)[mask]
    return points[:: max(1, -(-len(points) // MOST_POINTS))]


def mean_signal(signals):
    """Return the mean over volumes (n_volumes, n_points), once for each volume."""
    return np.tile(signals.mean(0), (len(signals), 1))


def signals_at(volumes, affine, matrices, points):
    """Return the values (n_volumes, n_points) of aligned volumes at points."""
    moved = [points @ m[:3, :3].T + m[:3, 3] for m in matrices]
    pairs = zip(volumes, moved, strict=True)
    return np.stack([sample(v[0], affine, p, mode="nearest") for v, p in pairs])
