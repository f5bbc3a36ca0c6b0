"""Planted changes of volume: a ball of anatomy grows, the shell around it gives way."""

import numpy as np

from scan2map.phantom.regions import EDGE_MM, ball_weight

SHELL = 2.0
"""Outer radius of the shell that makes room, in radii of the ball. It has seven times
the ball's volume, so it changes by a seventh of the ball's change, and nothing moves
beyond."""

STEP_MM = 0.05
"""Spacing at which the deformation is tabulated along a radius."""


def carry_radii(radius, change):
    """Return how far from the centre a change of volume puts what was at each distance.

    The determinant of its Jacobian is 1 + change in the ball and 1 - change / 7 in the
    shell; both have a soft edge.

    Parameters
    ----------
    radius : float
        Of the ball, mm.
    change : float
        Relative change of its volume.

    Returns
    -------
    before, after : ndarray, shape (n,)
        Distances from the centre in mm, 0 first; the last one stays where it is. Where
        `after` does not rise, the deformation folds.
    """
    end = SHELL * radius + 6 * EDGE_MM
    before = np.linspace(0, end, 1 + round(end / STEP_MM))
    middle = (before[1:] + before[:-1]) / 2
    volumes = np.diff(before**3)
    ball = ball_weight(middle, radius)
    shell = ball_weight(middle, SHELL * radius) - ball
    taken = change * (volumes @ ball) / (volumes @ shell)
    determinant = 1 + change * ball - taken * shell
    after = np.cbrt(np.cumsum(volumes * determinant))
    return before, np.concatenate([[0.0], after])


def folds(radius, change):
    """Return whether a change of volume turns some of the anatomy inside out."""
    return bool((np.diff(carry_radii(radius, change)[1]) <= 0).any())


def undo_changes(places, expression):
    """Return where in the template the places of a changed anatomy come from.

    Parameters
    ----------
    places : ndarray of float32, shape (3, ...)
        Coordinates (RAS+ mm) in the template after its regions have changed.
    expression : list of dict
        One per effect, as from `scan2map.phantom.effects.express`; ``volume_change`` of
        each region counts.

    Returns
    -------
    ndarray of float32, shape (3, ...)
        Coordinates in the template; `places` itself where no volume changes.
    """
    for effect in expression:
        for region in effect["regions"].values():
            if region["volume_change"]:
                places = _undo(places, region)
    return places


def _undo(places, region):
    before, after = carry_radii(region["radius"], region["volume_change"])
    centre = np.array(region["centre"], dtype=np.float32)
    outward = places - centre.reshape(3, *[1] * (places.ndim - 1))
    distance = np.linalg.norm(outward, axis=0)
    near = distance < after[-1]
    factor = np.interp(distance[near], after[1:], before[1:] / after[1:])
    moved = places.copy()
    moved[:, near] = centre[:, None] + outward[:, near] * factor.astype(np.float32)
    return moved
