"""Align volumes of the same contrast by least squares, rigid or affine.

A BOLD volume looks like the mean of its run, an image of b = 0 like another one, and a
diffusion-weighted volume like what the tensors of all others predict for its direction:
for such pairs Gauss-Newton on the squared difference is both exact and quick. Pairs of
different contrast need mutual information (`scan2map.dwi.registration`).
"""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, spline_filter

RIGID = np.zeros((6, 3, 4))
"""Velocities of three rotations and three translations."""
for axis, (row, column) in enumerate([(2, 1), (0, 2), (1, 0)]):
    RIGID[axis, row, column] = 1
    RIGID[axis, column, row] = -1
    RIGID[3 + axis, axis, 3] = 1

ARM = 50.0
"""Distance (mm) at which a rotation weighs as much as a translation."""

DECIMALS = 7
"""Decimals kept of matrices: 1e-7 at an arm of 100 mm is 10 nm."""

AFFINE = np.eye(12).reshape(12, 3, 4)
"""Velocities of the twelve entries of an affine matrix."""


def smooth_with_slope(volume, width, order=1):
    """Return a smoothed image and its slopes, as `align` takes them.

    Parameters
    ----------
    volume : ndarray, shape (x, y, z)
        Image.
    width : float
        Standard deviation of the Gaussian, voxels.
    order : {1, 3}
        Of the splines by which they will be interpolated: 1 linear, quick; 3 cubic,
        half as far off.

    Returns
    -------
    ndarray of float32, shape (4, x, y, z)
        Coefficients of the splines of the image and of its derivatives per voxel along
        the three axes.
    """
    smooth = gaussian_filter(np.asarray(volume, dtype=np.float32), width)
    parts = np.stack([smooth, *np.gradient(smooth)])
    if order == 1:
        return parts
    return np.stack([spline_filter(part, order, np.float32) for part in parts])


def align(moving, affine, points, target, start, velocities=AFFINE, steps=10, order=1):
    """Find the matrix that makes an image agree with values at points.

    Parameters
    ----------
    moving : ndarray, shape (4, x, y, z)
        Result of `smooth_with_slope`.
    affine : ndarray, shape (4, 4)
        Voxel to world of `moving`.
    points : ndarray, shape (n, 3)
        World points (mm) of the reference.
    target : ndarray, shape (n,)
        Values of the reference at the points, as smooth as `moving`; their scale and
        offset are fitted.
    start : ndarray, shape (4, 4)
        Where to begin.
    velocities : ndarray, shape (n_parameters, 3, 4)
        `RIGID` or `AFFINE`.
    steps : int
        Gauss-Newton steps.
    order : {1, 3}
        As in `smooth_with_slope`.

    Returns
    -------
    ndarray, shape (4, 4)
        From world points of the reference to world points of `moving`; rounded, so
        that the last bits of floating-point sums do not reach the images.
    """
    matrix = start
    for _ in range(steps):
        step = _step(moving, affine, matrix, points, target, velocities, order)
        matrix = step @ matrix
    return matrix.round(DECIMALS)


def _step(moving, affine, matrix, points, target, velocities, order):
    """Return the 4 × 4 matrix of one Gauss-Newton step, in the space of `moving`."""
    moved = points @ matrix[:3, :3].T + matrix[:3, 3]
    centre = moved.mean(0)
    inverse = np.linalg.inv(affine)
    voxels = (moved @ inverse[:3, :3].T + inverse[:3, 3]).T
    observed, *slope = (
        map_coordinates(one, voxels, order=order, mode="nearest", prefilter=False)
        for one in moving
    )
    gradient = np.stack(slope, axis=1) @ inverse[:3, :3]
    arms = np.column_stack([(moved - centre) / ARM, np.ones(len(points))])
    outer = (gradient[:, :, None] * arms[:, None, :]).reshape(len(points), 12)
    design = np.column_stack(
        [outer @ velocities.reshape(-1, 12).T, -target, -np.ones(len(points))]
    )
    weights = _tukey(observed - _fitted(observed, target))
    normal = design.T @ (weights[:, None] * design)
    solution = -np.linalg.lstsq(normal, design.T @ (weights * observed), rcond=1e-12)[0]
    speed = np.zeros((4, 4))
    speed[:3] = np.tensordot(solution[: len(velocities)], velocities, axes=1)
    speed[:3, :3] /= ARM
    there = np.eye(4)
    there[:3, 3] = centre
    return there @ _exponential(speed) @ np.linalg.inv(there)


def _exponential(matrix, terms=12):
    """Return the exponential of a small matrix by its series.

    ``scipy.linalg.expm`` takes longer than all the rest of a step.
    """
    total = term = np.eye(len(matrix))
    for order in range(1, terms):
        term = term @ matrix / order
        total = total + term
    return total


def _fitted(observed, values):
    """Return the straight line of `observed` over `values`."""
    slope, offset = np.polyfit(values, observed, 1)
    return slope * values + offset


def _tukey(residual):
    """Return Tukey's weights, 0 beyond 4.7 robust standard deviations."""
    scale = 4.685 * 1.4826 * np.median(np.abs(residual)) + 1e-12
    return np.clip(1 - (residual / scale) ** 2, 0, None) ** 2
