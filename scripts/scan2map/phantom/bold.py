"""Image a head at rest with BOLD EPI, slice by slice."""

import numpy as np
from scipy.ndimage import map_coordinates

from scan2map.images import MNI_CENTRE
from scan2map.phantom.acquisition import (
    DISTORTION_WIDTH_MM,
    Series,
    blur,
    draw_bias,
    draw_distortion,
    epi_grid,
    model_places,
    noisy,
    scan_axes,
    to_voxels,
)
from scan2map.phantom.fluctuations import draw_breath_and_drift, draw_sources
from scan2map.phantom.protocol import slice_times
from scan2map.phantom.randomness import rigid, smooth_field
from scan2map.phantom.resting_state import NETWORKS

STEADINESS = 0.9
"""Correlation of the head's steps from volume to volume."""

JUMPS = 0.01
"""Share of volumes before which the head jumps, by ten times a usual step."""

SPIN_HISTORY = 0.15
"""Share of the signal that is missing where a whole slice of tissue was its neighbour's
before. For T1 = 1.4 s, a repetition of 2 s and sharp slices without gap it is a third;
profiles of real slices overlap."""

DISTORTION_PER_DEGREE = 0.15
"""How the distortion changes when the head is tilted, relative to its spread."""


def scan_bold(head, position, template, phantom, expression, rng):
    """Image a head at rest.

    Slices are taken one after the other: each sees the head where it is, and what
    fluctuates in it as active as it is, at its own time. Breath and drift change the
    image in the scanner's frame. Motion does more than move: tissue that comes from a
    neighbouring slice was excited half a repetition ago and is darker (spin history),
    and a tilt of the head changes the distortion.

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
    starts = np.arange(bold["volumes"]) * repetition
    when = starts[:, None] + slice_times(shape[2], 1000 * repetition) / 1000
    models, activity, courses = draw_sources(
        head, template, expression, bold["percent"], when, rng
    )
    middles = courses(starts + repetition / 2)[: len(NETWORKS)]
    model, *sources = (
        blur(part, head.affine[0, 0], bold["voxel_size"]) for part in (head.b0, *models)
    )
    sources = np.stack(sources, axis=-1)
    anywhere = np.abs(sources).max(-1) > 0.01
    breath_and_drift = draw_breath_and_drift(affine, shape, when, rng)
    poses, motion = _draw_poses(when / repetition, bold, rng)
    distortion = _draw_distortion(affine, shape, phantom, motion, rng)
    loss = _spin_history(poses, affine, shape)
    bias = draw_bias(affine, shape, phantom, rng)
    volumes = []
    for number in range(bold["volumes"]):
        shift = distortion(number)
        matrices = [to_voxels(head, pose @ position, affine) for pose in poses[number]]
        places = model_places(np.stack(matrices), shape, shift)
        change = breath_and_drift(number) - loss(number)
        near = map_coordinates(anywhere, places, order=0)
        change[near] += _active(sources, activity[:, number].T, places, near)
        image = map_coordinates(model, places, np.float32, order=1)
        image *= (1 + change) * bias * (1 + np.gradient(shift, axis=1))
        volumes.append(noisy(image, 1 / bold["snr"], rng))
    truth = {
        "motion_bold": _rows(motion.mean(1)),
        "time_courses": dict(zip(NETWORKS, middles.round(4).tolist(), strict=True)),
        "expression": expression,
    }
    n = len(volumes)
    return Series(np.stack(volumes), affine, np.zeros(n), np.zeros((n, 3)), truth)


def _rows(motion):
    """Return translations and rotations (volumes, 6) as the truth says them."""
    return [
        {"translation_mm": row[:3].tolist(), "rotation_degrees": row[3:].tolist()}
        for row in motion.round(6)
    ]


def _active(sources, activity, places, near):
    """Return the relative change by sources (x, y, z, k) at the voxels of a mask.

    Linear interpolation, whose weights all sources share; `activity` is that of each
    slice, (slices, k).
    """
    corner, shape = np.floor(places[:, near]), sources.shape[:3]
    beyond = places[:, near] - corner
    first = np.ravel_multi_index(corner.astype(np.intp), shape)
    flat, active = sources.reshape(-1, sources.shape[-1]), activity[np.nonzero(near)[2]]
    change = np.zeros(len(first), dtype=np.float32)
    for step in np.ndindex(2, 2, 2):
        along = np.array(step)[:, None]
        weight = np.where(along, beyond, 1 - beyond).prod(0)
        values = flat[first + np.ravel_multi_index(step, shape)]
        change += weight * np.einsum("nk,nk->n", values, active)
    return change


def _draw_distortion(affine, shape, phantom, motion, rng):
    """Return the shift along rows in voxels, per volume's number."""
    still, _ = draw_distortion(affine, shape, phantom, rng)
    sd = phantom["epi_distortion_mm"] / np.linalg.norm(affine[:3, 1])
    about_x, about_y = (
        smooth_field(rng, DISTORTION_PER_DEGREE * sd, DISTORTION_WIDTH_MM).on_axes(
            scan_axes(affine, shape)
        )
        for _ in range(2)
    )
    tilt = motion[..., 3:].astype(np.float32)
    return lambda number: (
        still + about_x * tilt[number, :, 0] + about_y * tilt[number, :, 1]
    )


def _spin_history(poses, affine, shape):
    """Return the share of the signal that motion through slices costs, per volume.

    Slices are interleaved, so tissue from a neighbour was excited half a repetition
    before; after a flip angle near 90° nothing earlier is remembered.
    """
    before = np.concatenate([poses[:1], poses[:-1]])
    moved = np.eye(4) - before @ np.linalg.inv(poses)
    through = (np.linalg.inv(affine) @ moved @ affine)[:, :, 2].astype(np.float32)
    box = tuple(slice(n) for n in shape)
    columns, rows, slices = (axis.astype(np.float32) for axis in np.ogrid[box])

    def loss(number):
        by_column, by_row, by_slice, always = through[number].T
        crossed = by_column * columns + by_row * rows + by_slice * slices + always
        return np.float32(SPIN_HISTORY) * np.minimum(np.abs(crossed), 1)

    return loss


def _draw_poses(volumes, bold, rng):
    """Return matrices (volumes, slices, 4, 4) and what they are made of.

    The latter are translations (mm) and rotations (degrees), (volumes, slices, 6). The
    first volume's first slice is at rest; between volumes the head moves evenly.
    """
    n = len(volumes) + 1
    sizes = np.repeat([bold["motion_mm"], bold["motion_degrees"]], 3)
    steps = rng.standard_normal((n, 6)) * sizes
    steps *= np.where(rng.random((n, 1)) < JUMPS, 10, 1)
    walk = np.zeros((n, 6))
    for number in range(1, n):
        walk[number] = STEADINESS * walk[number - 1] + steps[number]
    motion = np.stack(
        [np.interp(volumes, np.arange(n), walk[:, column]) for column in range(6)], -1
    )
    poses = [[rigid(p[:3], p[3:], MNI_CENTRE) for p in row] for row in motion]
    return np.array(poses), motion
