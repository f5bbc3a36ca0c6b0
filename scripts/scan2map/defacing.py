"""Take the face out of a T1w image, and leave the brain as it is."""

import numpy as np
import scipy

from scan2map.brain_mask import template_masks

FRONT = 15.0
"""The face lies in front of this plane of MNI space (y, mm) ..."""

BROW = 25.0
"""... and below this one (z, mm)."""

MARGIN = 10.0
"""Millimetres around the brain that are kept: the template's brain fits to about 5."""

REACH = ((-110, 110), (FRONT, 160), (-200, BROW))
"""Where in MNI space (x, y, z, mm) heads have a face; more than the template shows."""

STEP = 2.0
"""Voxel size (mm) of the face's region."""


def face_region():
    """Return the region of MNI space that faces are in, the brain not left out.

    Returns
    -------
    ndarray of bool, shape (i, j, k)
        True, with a layer of False around it.
    ndarray, shape (4, 4)
        Voxel to world.
    """
    low, high = np.transpose(REACH)
    region = np.ones(((high - low) / STEP).astype(int), dtype=bool)
    affine = np.diag([STEP, STEP, STEP, 1.0])
    affine[:3, 3] = low - STEP / 2
    return np.pad(region, 1), affine


def face_mask(head, template, brain, seed=0):
    """Find the face: eyes, nose, mouth and chin.

    The template's brain is brought to the head, as in
    `scan2map.brain_mask.template_mask`; the face is what lies in front of and below it,
    `MARGIN` away from it.

    Parameters
    ----------
    head : tuple of ndarray (x, y, z) and ndarray (4, 4)
        T1w image of the whole head; voxel to world.
    template : tuple of ndarray (i, j, k) and ndarray (4, 4)
        Skull-stripped T1w template; voxel to world.
    brain : ndarray of bool, shape (i, j, k)
        The template's brain.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray of bool, shape (x, y, z)

    Raises
    ------
    ValueError
        The template's brain does not fit to the head.
    """
    region = face_region()
    masks = [(brain, template[1]), region]
    there, face = template_masks(head, template, brain, masks, seed)
    spacing = np.linalg.norm(head[1][:3, :3], axis=0)
    return face & (scipy.ndimage.distance_transform_edt(~there, spacing) > MARGIN)
