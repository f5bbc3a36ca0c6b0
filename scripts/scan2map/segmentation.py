"""What of a brain is fluid, grey matter, white matter?"""

import os
import tempfile

import numpy as np
from scipy.ndimage import find_objects

from scan2map.anat import correct_bias
from scan2map.ants_bridge import to_ants, use_ants
from scan2map.images import write_image
from scan2map.nifti import nib
from scan2map.template import template_path
from scan2map.transforms import sample

TISSUES = ("csf", "gm", "wm")
"""In the order of their brightness in T1w images: dark, grey, white."""

NEIGHBOURS = "[0.1,1x1x1]"
"""Weight of the Markov random field, as in ANTs' scripts, and its radius in voxels."""

STEPS = "[8,0.001]"
"""Most iterations, and the change of the posterior below which they stop."""

FIXED_ORDER = 0
"""Voxels are visited in the same random order each time, so that results repeat."""

PRIOR_WEIGHT = 0.5
"""Exponent of the priors; that of brightness and neighbours is what is left to 1, so
that they count alike, as in Bayes' rule. ANTs' scripts take 0.25."""

LEAST_PRIOR = 0.01
"""Floor of each prior, so that no tissue is impossible where a registration errs."""

ROUNDS = 2
"""How often the tissues are told apart, with a better receive field each time."""

CERTAIN = 0.9
"""Share of the highest probability of white matter from which on a voxel tells of the
receive field; what is less certain may be darker since it is partly grey matter."""

TOO_FLAT = (
    "the T1w image cannot be divided into fluid, grey and white matter: its brain has "
    "less than three kinds of brightness. Look at the preprocessed image and its brain "
    "mask, or exclude the session"
)


def tissue_priors(mask, affine, field, field_affine):
    """Return how probable each tissue is in a brain by its place in the template.

    Parameters
    ----------
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world of the mask.
    field : ndarray, shape (i, j, k, 3)
        Displacements in RAS+ mm from points of the brain to those of the template.
    field_affine : ndarray, shape (4, 4)
        Voxel to world of the field.

    Returns
    -------
    dict of ndarray of float32, shape (x, y, z)
        Of each of `TISSUES`: grey and white matter are the template's, fluid is what
        they leave. They sum to 1 in the brain; 0 outside.
    """
    points = np.argwhere(mask) @ affine[:3, :3].T + affine[:3, 3]
    points = points + sample(field, field_affine, points, mode="nearest")
    grey, white = (_template(name, points) for name in ("GM", "WM"))
    inside = np.maximum([1 - grey - white, grey, white], LEAST_PRIOR)
    priors = {}
    for tissue, values in zip(TISSUES, inside / inside.sum(0), strict=True):
        priors[tissue] = np.zeros(mask.shape, dtype=np.float32)
        priors[tissue][mask] = values
    return priors


def _template(tissue, points):
    """Return the template's probability of a tissue at points in MNI space."""
    image = nib.load(template_path(tissue))
    data = image.get_fdata(dtype=np.float32) / 255
    return sample(data, image.affine, points)


def segment(t1w, mask, affine, priors, n4=True):
    """Tell the tissues of a brain apart by their brightness and their place.

    ANTs' Atropos (Avants et al. 2011, doi 10.1007/s12021-011-9109-y): a mixture of
    three Gaussians with priors, and a Markov random field so that neighbours tend to
    be alike. Between rounds the receive field is estimated anew, as ANTs' script
    antsAtroposN4 does, but from voxels alone that are white matter for certain.

    Parameters
    ----------
    t1w : ndarray, shape (x, y, z)
        T1w image whose receive field was evened out.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    priors : dict of ndarray, shape (x, y, z)
        From `tissue_priors`.
    n4 : bool
        Whether the receive field is estimated between rounds; without it there is one
        round.

    Returns
    -------
    dict of ndarray of float32, shape (x, y, z)
        Probability of each of `TISSUES`; they sum to 1 in the brain, 0 outside.

    Raises
    ------
    ValueError
        A class is empty: the image has less than three kinds of brightness.

    Notes
    -----
    Unlike SPM's unified segmentation (Ashburner and Friston 2005, doi
    10.1016/j.neuroimage.2005.02.018), the priors are not deformed while tissues are
    told apart, but before, by a registration of intensities; each tissue has one
    Gaussian, with no mixture for partial volumes; what is outside of the brain is
    masked, not modelled; and the receive field is N4's B-spline, not a part of the
    model.
    """
    if len(np.unique(t1w[mask])) < len(TISSUES):
        raise ValueError(TOO_FLAT)
    box = find_objects(mask.astype(np.uint8))[0]
    corner = affine.copy()
    corner[:3, 3] += affine[:3, :3] @ [part.start for part in box]
    brain, inside = t1w[box], mask[box]
    with tempfile.TemporaryDirectory() as folder:
        # ANTsPy's own way to write them leaves later registrations without their seed.
        for number, tissue in enumerate(TISSUES, start=1):
            path = os.path.join(folder, f"prior{number:02d}.nii.gz")
            write_image(priors[tissue][box], corner, path)
        known = os.path.join(folder, "prior%02d.nii.gz")
        maps = _atropos(brain, inside, corner, known)
        for _ in range(ROUNDS - 1 if n4 else 0):
            certain = maps["wm"] >= CERTAIN * maps["wm"].max()
            even = correct_bias(brain, inside, corner, weight=certain)
            maps = _atropos(even, inside, corner, known)
    whole = {tissue: np.zeros(mask.shape, dtype=np.float32) for tissue in TISSUES}
    for tissue, values in maps.items():
        whole[tissue][box] = values
    return whole


def _atropos(t1w, mask, affine, priors):
    """Return the probability of each tissue; `priors` is the pattern of their paths."""
    found = use_ants(0).atropos(
        a=to_ants(t1w, affine),
        x=to_ants(mask, affine),
        i=f"PriorProbabilityImages[{len(TISSUES)},{priors},{PRIOR_WEIGHT}]",
        m=NEIGHBOURS,
        c=STEPS,
        r=FIXED_ORDER,
    )
    maps = [image.numpy() * mask for image in found["probabilityimages"]]
    if len(maps) < len(TISSUES) or not min(values.sum() for values in maps) > 0:
        raise ValueError(TOO_FLAT)
    return dict(zip(TISSUES, maps, strict=True))
