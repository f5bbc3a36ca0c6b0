"""Align volumes of the same contrast by least squares, rigid or affine.

A BOLD volume looks like the mean of its run, an image of b = 0 like another one, and a
diffusion-weighted volume like what the tensors of all others predict for its direction:
for such pairs Gauss-Newton on the squared difference is both exact and quick. Pairs of
different contrast need mutual information (`scan2map.registration`).
"""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates, spline_filter1d

from scan2map.transforms import grid_points

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


def smooth_with_slope(volume, width):
    """Return a smoothed image and its slopes, as `align` takes them.

    Parameters
    ----------
    volume : ndarray, shape (x, y, z)
        Image.
    width : float
        Standard deviation of the Gaussian, voxels.

    Returns
    -------
    ndarray of float32, shape (4, x, y, z)
        The image and its derivatives per voxel along the three axes.
    """
    smooth = gaussian_filter(np.asarray(volume, dtype=np.float32), width)
    return np.stack([smooth, *np.gradient(smooth)])


def align(moving, affine, points, target, start, velocities=AFFINE, steps=10):
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

    Returns
    -------
    ndarray, shape (4, 4)
        From world points of the reference to world points of `moving`; rounded, so
        that the last bits of floating-point sums do not reach the images.
    """
    matrix = start
    for _ in range(steps):
        step = _step(moving, affine, matrix, points, target, velocities)
        matrix = step @ matrix
    return matrix.round(DECIMALS)


def _step(moving, affine, matrix, points, target, velocities):
    """Return the 4 × 4 matrix of one Gauss-Newton step, in the space of `moving`."""
    moved = points @ matrix[:3, :3].T + matrix[:3, 3]
    centre = moved.mean(0)
    inverse = np.linalg.inv(affine)
    voxels = (moved @ inverse[:3, :3].T + inverse[:3, 3]).T
    observed, *slope = (
        map_coordinates(one, voxels, order=1, mode="nearest") for one in moving
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
    return _about(centre, _exponential(speed))


class Reference:
    """An image to which others of the same contrast are aligned rigidly, exactly.

    As `align`, but with cubic splines, and with the slopes of the reference in place
    of the other image's, so that these are computed once and a step interpolates one
    image instead of four (Baker & Matthews 2004, doi
    10.1023/B:VISI.0000011205.11775.fd).

    Parameters
    ----------
    image : ndarray, shape (x, y, z)
        Smooth image.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    chosen : ndarray of bool, shape (x, y, z)
        Voxels that are compared.
    """

    def __init__(self, image, affine, chosen):
        self.affine = affine
        self.points = grid_points(image.shape, affine)[chosen]
        self.centre = self.points.mean(0)
        slopes = [
            np.gradient(spline_filter1d(image, 3, axis), axis=axis)[chosen]
            for axis in range(3)
        ]
        gradient = np.stack(slopes, axis=1) @ np.linalg.inv(affine)[:3, :3]
        arms = np.column_stack(
            [(self.points - self.centre) / ARM, np.ones(len(self.points))]
        )
        turns = np.einsum("nr,kra,na->nk", gradient, RIGID, arms, optimize=True)
        target = image[chosen].astype(np.float64)
        self.design = np.column_stack([turns, target, np.ones(len(target))])

    def find(self, coefficients, start, still, most_steps=20):
        """Find where the reference's points are in another image.

        Parameters
        ----------
        coefficients : ndarray, shape (x, y, z)
            Of the cubic splines of the other image, as smooth as the reference and on
            its grid; scale and offset between the two are fitted.
        start : ndarray, shape (4, 4)
            Where to begin.
        still : float
            A step shorter than this (mm, at `ARM` from the middle) is the last one.
        most_steps : int
            Gauss-Newton steps at most; two to four are usual.

        Returns
        -------
        ndarray, shape (4, 4)
            Rigid, from world points of the reference to those of the other image;
            rounded to `DECIMALS`.
        """
        matrix = start
        for _ in range(most_steps):
            observed = self._observe(coefficients, matrix)
            *values, scale, _ = self._solve(observed)
            step = -np.array(values) / scale
            speed = np.zeros((4, 4))
            speed[:3] = np.tensordot(step, RIGID, axes=1)
            speed[:3, :3] /= ARM
            matrix = matrix @ _about(self.centre, _exponential(speed))
            if np.abs(step).max() < still:
                break
        return matrix.round(DECIMALS)

    def _observe(self, coefficients, matrix):
        to_voxels = np.linalg.inv(self.affine) @ matrix
        voxels = to_voxels[:3, :3] @ self.points.T + to_voxels[:3, 3:]
        return map_coordinates(
            coefficients, voxels, order=3, mode="nearest", prefilter=False
        )

    def _solve(self, observed):
        """Return what makes the design explain the values, outliers left out."""
        weights = _tukey(observed - _fitted(observed, self.design[:, -2]))
        weighted = weights[:, None] * self.design
        return np.linalg.lstsq(
            weighted.T @ self.design, weighted.T @ observed, rcond=1e-12
        )[0]


def _about(centre, matrix):
    """Return a matrix about a point in place of the origin."""
    there = np.eye(4)
    there[:3, 3] = centre
    return there @ matrix @ np.linalg.inv(there)


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
