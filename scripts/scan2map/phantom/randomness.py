"""Seeded random streams, smooth random fields and rigid motions."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np

FIELD_EXTENT = ((-130.0, 130.0), (-170.0, 140.0), (-130.0, 150.0))
"""Where a smooth field is drawn, in mm along x, y, z: any head fits."""


def stream(seed, purpose):
    """Return the random generator of one purpose.

    Purposes do not disturb each other: a change in what one of them draws, or a new
    effect in the configuration, leaves all other draws as they were.

    Parameters
    ----------
    seed : int
        Not negative.
    purpose : str
        What is drawn.
    """
    return np.random.default_rng([int(seed), crc32(purpose.encode())])


@dataclass
class SmoothField:
    """A Gaussian random field: independent weights on a lattice of Gaussian bumps.

    Attributes
    ----------
    weights : ndarray, shape (nx, ny, nz)
        Unit variance times the bumps' normalisation.
    width : float
        Standard deviation of a bump in mm; the lattice has this spacing. The
        field's correlation at distance d is exp(-d² / (4 width²)).
    """

    weights: np.ndarray
    width: float

    def on_axes(self, axes):
        """Return the field on a regular grid.

        Parameters
        ----------
        axes : sequence of three ndarray
            Coordinates of the grid's planes along x, y, z in mm.

        Returns
        -------
        ndarray of float32, one axis per entry of `axes`
        """
        field = self.weights
        for axis, (coordinates, (low, high)) in enumerate(
            zip(axes, FIELD_EXTENT, strict=True)
        ):
            bumps = np.exp(-(_offsets(coordinates, low, high, self.width) ** 2) / 2)
            field = np.moveaxis(np.tensordot(bumps, field, (1, axis)), 0, axis)
        return field.astype(np.float32)


def smooth_field(rng, sd, width):
    """Draw a smooth random field.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    sd : float
        Standard deviation of the field over draws; it has the field's unit.
    width : float
        Standard deviation in mm of the bumps that the field is made of.

    Returns
    -------
    SmoothField
    """
    shape = [len(_knots(low, high, width)) for low, high in FIELD_EXTENT]
    # The squares of bumps one width apart sum to sqrt(pi) per axis.
    return SmoothField(sd * rng.standard_normal(shape) / np.pi**0.75, width)


def _knots(low, high, width):
    return np.arange(low - 3 * width, high + 3 * width, width)


def _offsets(coordinates, low, high, width):
    return (np.asarray(coordinates)[:, None] - _knots(low, high, width)) / width


def rigid(translation, degrees, centre):
    """Return the 4 x 4 matrix of a rotation about a centre followed by a shift.

    Parameters
    ----------
    translation : sequence of float, length 3
        Shift in mm along x, y, z.
    degrees : sequence of float, length 3
        Rotation about x, then y, then z.
    centre : sequence of float, length 3
        Point in mm that the rotation leaves where it is.

    Returns
    -------
    ndarray, shape (4, 4)
    """
    rotation = np.eye(3)
    for axis, angle in enumerate(np.radians(degrees)):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(3)
        step[[i, j], [i, j]] = np.cos(angle)
        step[j, i], step[i, j] = np.sin(angle), -np.sin(angle)
        rotation = step @ rotation
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = np.asarray(centre) - rotation @ np.asarray(centre) + translation
    return matrix
