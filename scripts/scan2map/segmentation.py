"""What of a brain is fluid, grey matter, white matter?"""

import numpy as np

from scan2map.ants_bridge import to_ants, use_ants

TISSUES = ("csf", "gm", "wm")
"""In the order of their brightness in T1w images: dark, grey, white."""

NEIGHBOURS = "[0.2,1x1x1]"
"""Weight of the Markov random field, and its radius in voxels."""

ROUNDS = "[8,0.001]"
"""Most iterations, and the change of the posterior below which they stop."""

FIXED_ORDER = 0
"""Voxels are visited in the same random order each time, so that results repeat."""

TOO_FLAT = (
    "the T1w image cannot be divided into fluid, grey and white matter: its brain has "
    "less than three kinds of brightness. Look at the preprocessed image and its brain "
    "mask, or exclude the session"
)


def segment(t1w, mask, affine):
    """Tell the tissues of a brain apart by their brightness.

    ANTs' Atropos (Avants et al. 2011, doi 10.1007/s12021-011-9109-y): a mixture of
    three Gaussians that starts from k-means, with a Markov random field so that
    neighbours tend to be alike. No template is needed.

    Parameters
    ----------
    t1w : ndarray, shape (x, y, z)
        T1w image whose receive field was evened out.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.

    Returns
    -------
    dict of ndarray of float32, shape (x, y, z)
        Probability of each of `TISSUES`; they sum to 1 in the brain, 0 outside.

    Raises
    ------
    ValueError
        A class is empty: the image has less than three kinds of brightness.
    """
    if len(np.unique(t1w[mask])) < len(TISSUES):
        raise ValueError(TOO_FLAT)
    ants = use_ants(0)
    found = ants.atropos(
        a=to_ants(t1w, affine),
        x=to_ants(mask, affine),
        i=f"kmeans[{len(TISSUES)}]",
        m=NEIGHBOURS,
        c=ROUNDS,
        r=FIXED_ORDER,
    )
    maps = [image.numpy() * mask for image in found["probabilityimages"]]
    weights = [values.sum() for values in maps]
    if len(maps) < len(TISSUES) or not min(weights) > 0:
        raise ValueError(TOO_FLAT)
    brightness = [
        (values * t1w).sum() / weight
        for values, weight in zip(maps, weights, strict=True)
    ]
    order = np.argsort(brightness)
    return {
        tissue: maps[place].astype(np.float32)
        for tissue, place in zip(TISSUES, order, strict=True)
    }
