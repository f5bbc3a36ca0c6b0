"""A participant's head: the template deformed, with skull and scalp, on a fine grid."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from scan2map.images import MNI_CENTRE
from scan2map.phantom.anatomy import grid_points, tissue_fractions, tissue_tensors
from scan2map.phantom.volume import undo_changes

HEAD_BOX = ((-98.0, 98.0), (-134.0, 102.0), (-98.0, 114.0))
"""The part of space that is modelled, in mm along x, y, z: a head with its scalp."""

LAYERS_MM = {"CSF": 2.5, "skull": 7.0, "scalp": 12.0}
"""Outer border of each layer around the brain, as distance from the brain."""

T1_INTENSITY = {"CSF": 0.18, "skull": 0.10, "scalp": 0.70}
"""T1-weighted intensity around the brain; the template's brightest white matter is
1."""

B0_INTENSITY = {"WM": 1.0, "GM": 1.25, "CSF": 2.8, "skull": 0.04, "scalp": 0.25}
"""T2-weighted intensity at b = 0, white matter 1; the scalp's fat is suppressed."""

FACE_MM = 20.0
"""How much thicker the outermost layer is at the front below, where a face is."""

SHELL_DIFFUSIVITY = {"CSF": 3.0e-3, "skull": 0.5e-3, "scalp": 0.6e-3}
"""Isotropic diffusivity around the brain in mm²/s."""


@dataclass
class Head:
    """What the scanner images.

    Attributes
    ----------
    affine : ndarray, shape (4, 4)
        Voxel to head coordinates (RAS+ mm), axis-aligned.
    t1 : ndarray of float32, shape (x, y, z)
        T1-weighted intensity.
    b0 : ndarray of float32, shape (x, y, z)
        Intensity at b = 0.
    tensors : ndarray of float32, shape (x, y, z, 6)
        True tensors in the head frame, mm²/s; 0 outside the head.
    brain : ndarray of bool, shape (x, y, z)
        Where the template's brain is.
    in_template : ndarray of float32, shape (3, x, y, z)
        Coordinates of each voxel in MNI space (RAS+ mm).
    """

    affine: np.ndarray
    t1: np.ndarray
    b0: np.ndarray
    tensors: np.ndarray
    brain: np.ndarray
    in_template: np.ndarray

    @property
    def axes(self):
        """Coordinates (mm) of the grid's planes along x, y, z."""
        sizes, origin = np.diag(self.affine), self.affine[:3, 3]
        return [
            size * np.arange(n) + start
            for size, n, start in zip(sizes, self.brain.shape, origin, strict=False)
        ]


def build_head(template, participant, voxel_size):
    """Deform the template into one participant's head.

    Parameters
    ----------
    template : scan2map.phantom.anatomy.Template
        From `read_template`.
    participant : scan2map.phantom.participant.Participant
        From `draw_participant`.
    voxel_size : float
        Spacing of the model in mm; finer than any scan of it.

    Returns
    -------
    Head

    Raises
    ------
    ValueError
        The deformation folds the brain.
    """
    in_template, affine = head_to_template(participant, voxel_size)
    shape = in_template.shape[1:]
    points = in_template.reshape(3, -1).T
    fractions = tissue_fractions(template, points)
    brain = sum(fractions.values()) > 0.5
    within = {name: values[brain] for name, values in fractions.items()}
    spread = _direction_map(in_template, brain.reshape(shape), voxel_size)
    tensors = np.zeros((len(points), 6), dtype=np.float32)
    tensors[brain] = tissue_tensors(points[brain], within, participant, spread)
    t1, b0 = np.zeros((2, len(points)), dtype=np.float32)
    t1[brain] = template.sample("T1", points[brain])
    b0[brain] = sum(B0_INTENSITY[name] * values for name, values in within.items())
    images = (a.reshape(*shape, *a.shape[1:]) for a in (t1, b0, tensors, brain))
    head = Head(affine, *images, in_template)
    _wrap(head)
    return head


def head_to_template(participant, voxel_size):
    """Return which place of the template each point of a participant's head comes from.

    Parameters
    ----------
    participant : scan2map.phantom.participant.Participant
        From `draw_participant`.
    voxel_size : float
        Spacing of the points in mm; they fill `HEAD_BOX`.

    Returns
    -------
    in_template : ndarray of float32, shape (3, x, y, z)
        MNI coordinates (RAS+ mm): the head's size and deformation are taken off, and
        then planted changes of volume.
    affine : ndarray, shape (4, 4)
        Voxel to head coordinates (RAS+ mm).
    """
    axes = [np.arange(low, high, voxel_size) for low, high in HEAD_BOX]
    shape = tuple(len(axis) for axis in axes)
    affine = np.diag([voxel_size] * 3 + [1.0])
    affine[:3, 3] = [axis[0] for axis in axes]
    centre = np.asarray(MNI_CENTRE, dtype=np.float32)
    points = (grid_points(affine, shape) - centre) / np.float32(participant.size)
    places = (points + centre).T.reshape(3, *shape)
    places += np.stack([field.on_axes(axes) for field in participant.deformation])
    return undo_changes(places, participant.expression), affine


def _direction_map(in_template, brain, voxel_size):
    """Return, per brain voxel, how template directions turn into head directions.

    The inverse of the Jacobian of head-to-template up to a positive factor: its
    adjugate. Shape (n, 3, 3).
    """
    steps = [np.gradient(part, voxel_size) for part in in_template]
    jacobian = np.stack([[s[brain] for s in step] for step in steps])
    rows = [np.cross(jacobian[(i + 1) % 3], jacobian[(i + 2) % 3], axis=0)
            for i in range(3)]  # fmt: skip
    if (np.sum(jacobian[0] * rows[0], axis=0) <= 0).any():
        raise ValueError(
            "the phantom's deformation folds the brain: choose a smaller "
            "deformation_mm (3 is realistic) or smaller changes of volume"
        )
    return np.moveaxis(np.stack(rows, axis=1), -1, 0)


def _wrap(head):
    """Put CSF, skull and scalp around the brain, in place."""
    layers = _layers(head.brain, head.affine)
    for number, name in enumerate(LAYERS_MM, start=1):
        layer = layers == number
        head.t1[layer], head.b0[layer] = T1_INTENSITY[name], B0_INTENSITY[name]
        head.tensors[layer] = SHELL_DIFFUSIVITY[name] * np.array([1, 0, 0, 1, 0, 1])


def _layers(brain, affine):
    """Number the layers from the brain outwards, 1 first; 0 in the brain and beyond."""
    distance = distance_transform_edt(~brain, sampling=affine[0, 0])
    y, z = (affine[i, i] * np.arange(brain.shape[i]) + affine[i, 3] for i in (1, 2))
    front_below = np.clip((y + 20) / 30, 0, 1)[:, None] * np.clip((-15 - z) / 20, 0, 1)
    *inner, outer = LAYERS_MM.values()
    layers = np.searchsorted([0.0, *inner], distance)
    layers[distance > outer + FACE_MM * front_below] = 0
    return layers
