"""Head motion and eddy currents: one affine per volume, b-vectors turned along."""

import numpy as np
from scipy.linalg import polar
from scipy.ndimage import binary_dilation
from scipy.spatial.transform import Rotation

from scan2map.dwi.alignment import AFFINE, RIGID, align, smooth_with_slope
from scan2map.dwi.gradients import LARGEST_B0, fsl_bvecs, world_directions
from scan2map.tensor import design_matrix
from scan2map.transforms import grid_points, sample

HEAD_RADIUS = 50.0
"""Radius (mm) of the sphere on which framewise displacement turns rotations into mm."""

MOTION_COLUMNS = ("trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z")
"""Columns of the motion table besides framewise_displacement: mm, then degrees."""


MOST_POINTS = 10_000
"""Voxels of the brain that the registrations look at, at most."""

ROUNDS = (
    (2.5, RIGID, 10),
    (1.5, RIGID, 10),
    (1.0, AFFINE, 5),
    (1.0, AFFINE, 5),
    (1.0, AFFINE, 5),
)
"""Rounds of predicting and aligning: smoothing (standard deviation, voxels), what may
change, Gauss-Newton steps. The first one predicts the mean of all volumes."""


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
    prepared = {}
    for turn, (width, kind, steps) in enumerate(ROUNDS):
        if width not in prepared:
            prepared = {
                width: [smooth_with_slope(v, width) for v in np.moveaxis(data, -1, 0)]
            }
        volumes = prepared[width]
        directions = world_directions(rotate_bvecs(bvecs, matrices, affine), affine)
        signals = signals_at(volumes, affine, matrices, points)
        if turn == 0:
            targets = mean_signal(signals)
        else:
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
            moved = points @ matrix[:3, :3].T + matrix[:3, 3]
            volume = sample(out[..., index], affine, moved, order=3, mode="nearest")
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


def motion_table(matrices, centre):
    """Describe the head's motion, volume by volume.

    Parameters
    ----------
    matrices : ndarray, shape (n_volumes, 4, 4)
        As in `resample_volumes`: where a point of the reference head is in the volume.
    centre : ndarray, shape (3,)
        World point (mm) around which rotations turn: the middle of the image.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        `MOTION_COLUMNS`: how far the centre moved (mm, RAS+) and the Euler angles about
        the fixed axes x, y, z (degrees) of the rotation in the polar decomposition;
        ``framewise_displacement`` (mm), 0 for the first volume: the sum of absolute
        differences from the volume before, rotations as arcs on a sphere of 50 mm
        (Power et al. 2012, doi 10.1016/j.neuroimage.2011.10.018).
    """
    rows = []
    for matrix in matrices:
        shift = matrix[:3, :3] @ centre + matrix[:3, 3] - centre
        angles = Rotation.from_matrix(polar(matrix[:3, :3])[0]).as_euler("xyz")
        rows.append([*shift, *angles])
    rows = np.array(rows)
    steps = np.abs(np.diff(rows, axis=0, prepend=rows[:1]))
    steps[:, 3:] *= HEAD_RADIUS
    rows[:, 3:] = np.degrees(rows[:, 3:])
    table = dict(zip(MOTION_COLUMNS, rows.T, strict=True))
    return table | {"framewise_displacement": steps.sum(1)}


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


def mean_b0(data, bvals):
    """Return the mean (x, y, z) of the volumes with b ≤ 50 s/mm²."""
    return data[..., np.asarray(bvals) <= LARGEST_B0].mean(-1)
