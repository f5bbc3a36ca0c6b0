"""Image a head at rest with BOLD EPI, slice by slice."""

import numpy as np

from scan2map.images import MNI_CENTRE
from scan2map.phantom.acquisition import (
    Series,
    blur,
    draw_bias,
    draw_distortion,
    epi_grid,
    noisy,
    sample_model,
    scan_axes,
    to_voxels,
)
from scan2map.phantom.anatomy import tissue_fractions
from scan2map.phantom.protocol import slice_times
from scan2map.phantom.randomness import rigid, smooth_field
from scan2map.phantom.resting_state import NETWORKS, draw_time_courses, network_maps

CARDIAC_HERTZ, RESPIRATORY_HERTZ = 1.1, 0.27
"""Mean rates; both wander by about a tenth."""

CARDIAC_PERCENT, RESPIRATORY_PERCENT, DRIFT_PERCENT = 2.0, 0.7, 1.5
"""Amplitudes: of pulsation in pure CSF, of breathing anywhere, and of slow drift."""

BREATHING_WIDTH_MM = 40.0
"""Smoothness of the field in which breathing and drift differ from place to place."""

STEADINESS = 0.9
"""Correlation of the head's steps from volume to volume."""

JUMPS = 0.01
"""Share of volumes before which the head jumps, by ten times a usual step."""


def scan_bold(head, position, template, phantom, expression, rng):
    """Image a head at rest.

    Slices are taken one after the other: each sees the head where it is, and the
    networks as active as they are, at its own time. What fluctuates does so in the
    place where the head lay at first; what moves is the head's image.

    Parameters
    ----------
    head : scan2map.phantom.head.Head
        From `build_head`.
    position : ndarray, shape (4, 4)
        Head to scanner before it moves.
    template : scan2map.phantom.anatomy.Template
        From `read_template`.
    phantom : dict
        The configuration's ``phantom`` block; needs bias_field, epi_distortion_mm and
        bold with voxel_size (mm), volumes, repetition_time (s), snr, percent (signal
        change of one standard deviation of a network where it is 1), motion_mm and
        motion_degrees (standard deviation of a step).
    expression : dict of str to float
        From `draw_expression`.
    rng : numpy.random.Generator
        Source of time courses, physiology, motion, distortion, bias field, noise.

    Returns
    -------
    Series
        White matter near 1. ``truth`` holds ``motion_bold`` (a row per volume),
        ``time_courses`` (one list per network, at the middle of each volume) and
        ``expression``.
    """
    bold = phantom["bold"]
    repetition = bold["repetition_time"]
    affine, shape = epi_grid(bold["voxel_size"])
    after = slice_times(shape[2], 1000 * repetition) / 1000
    starts = np.arange(bold["volumes"]) * repetition
    when = starts[:, None] + after
    courses = draw_time_courses(starts[-1] + repetition, rng)
    shift, density = draw_distortion(affine, shape, phantom, rng)
    bias = draw_bias(affine, shape, phantom, rng) * density
    maps, fluid = _on_scan(head, position, template, affine, shape, shift)
    maps *= np.array(list(expression.values()), dtype=np.float32)[:, None, None, None]
    noise = _physiology(when, fluid, affine, shape, rng)
    poses, motion = _draw_poses(when / repetition, bold, rng)
    model = blur(head.b0, head.affine[0, 0], bold["voxel_size"])
    active = bold["percent"] / 100 * courses(when)
    volumes = []
    for number in range(bold["volumes"]):
        places = np.stack(
            [to_voxels(head, p @ position, affine) for p in poses[number]]
        )
        still = sample_model(model, places, shape, shift)
        change = np.einsum("kcrz,kz->crz", maps, active[:, number].astype(np.float32))
        image = still * (1 + change + noise(number)) * bias
        volumes.append(noisy(image, 1 / bold["snr"], rng))
    middle = courses(starts + repetition / 2).round(6).tolist()
    truth = {
        "motion_bold": motion,
        "time_courses": dict(zip(NETWORKS, middle, strict=True)),
        "expression": expression,
    }
    n = len(volumes)
    return Series(np.stack(volumes), affine, np.zeros(n), np.zeros((n, 3)), truth)


def _on_scan(head, position, template, affine, shape, shift):
    """Return networks (k, c, r, z) and the fraction of CSF (c, r, z) on a scan."""
    points = head.in_template[:, head.brain].T
    fractions = tissue_fractions(template, points)
    places = to_voxels(head, position, affine)
    on_scan = []
    for values in (*network_maps(points, fractions["GM"]), fractions["CSF"]):
        model = np.zeros(head.brain.shape, dtype=np.float32)
        model[head.brain] = values
        spacing = np.linalg.norm(affine[:3, 0])
        blurred = blur(model, head.affine[0, 0], spacing)
        on_scan.append(sample_model(blurred, places, shape, shift))
    return np.array(on_scan[:-1]), on_scan[-1]


def _physiology(when, fluid, affine, shape, rng):
    """Return the relative change by heart, breath and drift, per volume's number."""
    heart, breath = (
        _wandering(when, f, rng) for f in (CARDIAC_HERTZ, RESPIRATORY_HERTZ)
    )
    axes = scan_axes(affine, shape)
    breathing = 1 + smooth_field(rng, 0.5, BREATHING_WIDTH_MM).on_axes(axes)
    drifting = smooth_field(rng, 1.0, BREATHING_WIDTH_MM).on_axes(axes)
    run = 2 * when / when.max() - 1
    drift = rng.standard_normal() * run + rng.standard_normal() * (1.5 * run**2 - 0.5)

    def change(number):
        return (
            CARDIAC_PERCENT * fluid * heart[number]
            + RESPIRATORY_PERCENT * breathing * breath[number]
            + DRIFT_PERCENT * drifting * drift[number]
        ).astype(np.float32) / 100

    return change


def _wandering(when, hertz, rng):
    """Return a sine whose rate wanders, at times of shape (volumes, slices)."""
    order = np.argsort(when, axis=None)
    steps = np.diff(when.ravel()[order], prepend=0)
    pace = np.cumsum(rng.standard_normal(len(steps)) * np.sqrt(steps))
    rate = hertz * (1 + 0.1 * np.tanh(pace / 5))
    sine = np.empty(when.size)
    sine[order] = np.sin(2 * np.pi * (np.cumsum(rate * steps) + rng.uniform()))
    return sine.reshape(when.shape)


def _draw_poses(volumes, bold, rng):
    """Return matrices (volumes, slices, 4, 4), and translation and rotation per volume.

    The first volume's first slice is at rest; between volumes the head moves evenly.
    """
    n = len(volumes) + 1
    sizes = np.repeat([bold["motion_mm"], bold["motion_degrees"]], 3)
    steps = rng.standard_normal((n, 6)) * sizes
    steps *= np.where(rng.random((n, 1)) < JUMPS, 10, 1)
    walk = np.zeros((n, 6))
    for number in range(1, n):
        walk[number] = STEADINESS * walk[number - 1] + steps[number]
    at = np.stack(
        [np.interp(volumes, np.arange(n), walk[:, column]) for column in range(6)], -1
    )
    poses = np.array([[rigid(p[:3], p[3:], MNI_CENTRE) for p in row] for row in at])
    motion = [
        {"translation_mm": p[:3].tolist(), "rotation_degrees": p[3:].tolist()}
        for p in at.mean(1).round(9)
    ]
    return poses, motion
