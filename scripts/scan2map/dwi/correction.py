"""Estimate where the head is in every volume of a DWI."""

import numpy as np
from scipy.ndimage import binary_dilation

from scan2map.alignment import RIGID, align, smooth_with_slope
from scan2map.dwi.eddy import (
    eddy_velocities,
    join,
    linear_in_gradient,
    shrink_contrast,
    split,
)
from scan2map.dwi.gradients import LARGEST_B0, world_directions
from scan2map.dwi.motion import resample_volumes, rotate_bvecs
from scan2map.motion import image_centre, motion_of
from scan2map.tensor import design_matrix
from scan2map.transforms import grid_points, sample

MOST_POINTS = 10_000
"""Voxels of the brain that the registrations look at, at most."""

RIGID_ROUNDS = ((2.5, 6), (1.5, 5), (1.0, 4), (0.7, 4))
"""Rigid rounds: smoothing (standard deviation, voxels) and Gauss-Newton steps."""

EDDY_ROUND, LAST_ROUND = (1.0, 5), (0.7, 6)
"""A round that also moves along the phase encoding, and a rigid one after it."""

LARGEST_LEVERAGE = 0.5
"""Where volumes decide more than this share of their own tensor fit, the others tell
too little about one: about 14 directions or fewer."""


def correct_with_affines(data, affine, bvals, bvecs, mask, phase=1, seed=0):
    """Estimate every volume's motion, undo it, and turn the b-vectors.

    Parameters
    ----------
    data, affine, bvals, bvecs, mask, phase, seed
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
    matrices = estimate_motion(data, affine, bvals, bvecs, mask, phase=phase, seed=seed)
    motion = motion_of(matrices, image_centre(data.shape, affine))
    turned = rotate_bvecs(bvecs, matrices, affine)
    return resample_volumes(data, affine, matrices), turned, motion


def estimate_motion(data, affine, bvals, bvecs, mask, phase=1, seed=0):
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
    phase : {0, 1, 2}
        Array axis of the phase encoding, along which eddy currents distort.
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
    cent (b = 2500). So volumes of b = 0 are aligned among themselves, the others among
    themselves (`align_weighted`), and the groups are joined by one rigid registration
    (ANTs) of their means.
    """
    from scan2map.registration import register_rigid

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
    group = align_weighted(
        data[..., weighted], affine, bvals[weighted], bvecs[weighted], points, phase
    )
    aligned = resample_volumes(data[..., weighted], affine, group).mean(-1)
    b0 = resample_volumes(data[..., ~weighted], affine, matrices[~weighted]).mean(-1)
    matrices[weighted] = group @ register_rigid(b0, aligned, affine, region, seed=seed)
    return matrices


def align_weighted(data, affine, bvals, bvecs, points, phase=1):
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
    phase : {0, 1, 2}
        Array axis of the phase encoding.

    Returns
    -------
    ndarray, shape (n_volumes, 4, 4)
        Affines from their common space to each volume; the mean motion is 0.

    Notes
    -----
    First rigid, to the mean of all volumes. Then, where there are about 15 directions
    or more, with shear and stretch along the phase encoding, to what the tensors of
    all other volumes predict (as nifreeze and FSL's eddy do with their models); with
    fewer, shear cannot be told from contrast and matrices stay rigid. What contrast
    alone can imitate is taken out, see `scan2map.dwi.eddy`. No ANTs here: between
    images of one contrast least squares are exact and take a twentieth of the time.
    """
    along = affine[:3, phase] / np.linalg.norm(affine[:3, phase])
    centre = points.mean(0)
    gradients = world_directions(bvecs, affine) * (bvals / bvals.max())[:, None]
    matrices = np.tile(np.eye(4), (data.shape[3], 1, 1))
    many = leverages(bvals, gradients).max() < LARGEST_LEVERAGE
    rounds = [(RIGID, "mean", *one) for one in RIGID_ROUNDS]
    if many:
        rounds += [(eddy_velocities(along), "tensor", *EDDY_ROUND)]
        rounds += [(RIGID, "tensor", *LAST_ROUND)]
    for turn, (kind, model, width, steps) in enumerate(rounds):
        volumes = [smooth_with_slope(one, width) for one in np.moveaxis(data, -1, 0)]
        targets = signals_at(volumes, affine, matrices, points)
        if model == "tensor":
            turned = rotate_bvecs(bvecs, matrices, affine)
            directions = world_directions(turned, affine)
            targets = predict_left_out(targets, bvals, directions)
        else:
            targets = mean_signal(targets)
        for index, (volume, target) in enumerate(zip(volumes, targets, strict=True)):
            matrices[index] = align(
                volume, affine, points, target, matrices[index], kind, steps
            )
        motion, eddy = split(matrices, along, centre)
        motion -= motion.mean(0)
        if many and turn == len(RIGID_ROUNDS) - 1:
            motion = shrink_contrast(motion, gradients)
        matrices = join(motion, linear_in_gradient(eddy, gradients), along, centre)
    return matrices


def align_b0(volume, reference, affine, points):
    """Return the rigid matrix (4, 4) from one b = 0 volume's points to another's."""
    matrix = np.eye(4)
    for width in (2.5, 1.0):
        moving = smooth_with_slope(volume, width)
        target = sample(smooth_with_slope(reference, width)[0], affine, points)
        matrix = align(moving, affine, points, target, matrix, RIGID)
    return matrix


def hat_matrix(bvals, directions):
    """Return the matrix (n, n) that takes log signals to their tensor fits (OLS)."""
    design = design_matrix(bvals, directions)
    design = design / np.abs(design).max(0)
    return design @ np.linalg.pinv(design, rcond=1e-3)


def leverages(bvals, directions):
    """Return how much each volume decides about its own fit, shape (n,), 0 to 1."""
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.diag(hat_matrix(bvals, directions / lengths))


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
        From OLS fits to the logarithm.
    """
    floor = 1e-3 * signals.max() + 1e-12
    logarithm = np.log(np.maximum(signals, floor))
    hat = hat_matrix(bvals, directions)
    own = np.diag(hat)[:, None]
    return np.exp((hat @ logarithm - own * logarithm) / (1 - own))


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
