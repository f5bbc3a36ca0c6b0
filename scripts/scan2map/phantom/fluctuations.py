"""What fluctuates in a head at rest: networks, background, heart, breath and drift."""

import numpy as np

from scan2map.phantom.acquisition import scan_axes
from scan2map.phantom.anatomy import tissue_fractions
from scan2map.phantom.randomness import smooth_field
from scan2map.phantom.resting_state import draw_time_courses, network_maps

CARDIAC_HERTZ, RESPIRATORY_HERTZ = 1.1, 0.27
"""Mean rates; both wander by about a tenth."""

CARDIAC_PERCENT, RESPIRATORY_PERCENT, DRIFT_PERCENT = 2.0, 0.7, 1.5
"""Amplitudes: of pulsation in pure CSF, of breathing anywhere, and of slow drift."""

GLOBAL_PERCENT = 0.3
"""Of what all grey matter does together: blood gases vary with breath and heart."""

BACKGROUND, BACKGROUND_PERCENT, BACKGROUND_WIDTH_MM = 6, 0.25, 12.0
"""Sources in grey matter that are a session's own, in places that are nobody else's:
their number, amplitude and smoothness. They fluctuate as networks do."""

BREATHING_WIDTH_MM = 40.0
"""Smoothness of the field in which breathing and drift differ from place to place."""


def draw_sources(head, template, expression, percent, when, rng):
    """Draw what fluctuates in the head and moves with it.

    Parameters
    ----------
    head : scan2map.phantom.head.Head
        From `build_head`.
    template : scan2map.phantom.anatomy.Template
        From `read_template`.
    expression : dict of str to float
        From `draw_expression`.
    percent : float
        Signal change of one standard deviation of a network where it is 1.
    when : ndarray, shape (n_volumes, n_slices)
        When each slice is taken, s.
    rng : numpy.random.Generator

    Returns
    -------
    models : ndarray of float32, shape (n_sources, x, y, z)
        Where sources are, on the head's grid: networks first, then the background, all
        grey matter, and CSF.
    activity : ndarray of float32, shape (n_sources, n_volumes, n_slices)
        Relative change of the signal where a source is 1.
    courses : callable
        From `draw_time_courses`: of networks first.
    """
    points = head.in_template[:, head.brain].T
    fractions = tissue_fractions(template, points)
    background = [
        smooth_field(rng, 1.0, BACKGROUND_WIDTH_MM).on_axes(head.axes)[head.brain]
        for _ in range(BACKGROUND)
    ]
    maps = [
        *network_maps(points, fractions["GM"]),
        *(source * fractions["GM"] for source in background),
        *(fractions["GM"], fractions["CSF"]),
    ]
    models = np.zeros((len(maps), *head.brain.shape), dtype=np.float32)
    models[:, head.brain] = maps
    percents = [
        *(percent * factor for factor in expression.values()),
        *[BACKGROUND_PERCENT] * BACKGROUND,
        GLOBAL_PERCENT,
    ]
    courses = draw_time_courses(len(percents), when.max(), rng)
    slow = np.array(percents)[:, None, None] * courses(when)
    heart = CARDIAC_PERCENT * wandering(when, CARDIAC_HERTZ, rng)
    activity = np.concatenate([slow, heart[None]]) / 100
    return models, activity.astype(np.float32), courses


def draw_breath_and_drift(affine, shape, when, rng):
    """Draw what the chest and the scanner do to the image, wherever the head is.

    Parameters
    ----------
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the scan.
    shape : sequence of int, length 3
        Its shape.
    when : ndarray, shape (n_volumes, n_slices)
        When each slice is taken, s.
    rng : numpy.random.Generator

    Returns
    -------
    callable
        Takes a volume's number and returns the relative change, `shape`.
    """
    breath = wandering(when, RESPIRATORY_HERTZ, rng)
    axes = scan_axes(affine, shape)
    breathing = 1 + smooth_field(rng, 0.5, BREATHING_WIDTH_MM).on_axes(axes)
    drifting = smooth_field(rng, 1.0, BREATHING_WIDTH_MM).on_axes(axes)
    run = 2 * when / when.max() - 1
    drift = rng.standard_normal() * run + rng.standard_normal() * (1.5 * run**2 - 0.5)
    breath = (RESPIRATORY_PERCENT / 100 * breath).astype(np.float32)
    drift = (DRIFT_PERCENT / 100 * drift).astype(np.float32)
    return lambda number: breathing * breath[number] + drifting * drift[number]


def wandering(when, hertz, rng):
    """Return a sine whose rate wanders, at times of shape (volumes, slices)."""
    order = np.argsort(when, axis=None)
    steps = np.diff(when.ravel()[order], prepend=0)
    pace = np.cumsum(rng.standard_normal(len(steps)) * np.sqrt(steps))
    rate = hertz * (1 + 0.1 * np.tanh(pace / 5))
    sine = np.empty(when.size)
    sine[order] = np.sin(2 * np.pi * (np.cumsum(rate * steps) + rng.uniform()))
    return sine.reshape(when.shape)
