"""Where planted effects are: balls in MNI space with a soft edge."""

import numpy as np

EDGE_MM = 1.0
"""Softness of a region's edge: its weight falls from 0.88 to 0.12 over 4 mm."""


def region_weight(points, region):
    """Return how much of a point belongs to a ball with a soft edge.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).
    region : dict
        ``centre`` (three coordinates) and ``radius``, mm.

    Returns
    -------
    ndarray, shape (n,)
        0 to 1; 0.5 at the radius.
    """
    centre = np.asarray(region["centre"], dtype=np.float32)
    return ball_weight(np.linalg.norm(points - centre, axis=1), region["radius"])


def ball_weight(distance, radius):
    """Return how much of a point at a distance (mm) from its centre is in a ball."""
    return 0.5 - 0.5 * np.tanh((distance - radius) / (2 * EDGE_MM))
