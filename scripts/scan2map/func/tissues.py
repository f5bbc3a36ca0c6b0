"""Voxels well inside white matter and fluid, where BOLD has no neural signal."""

import numpy as np
from scipy.ndimage import binary_erosion

CORES = ((0.95, 2, 0.2), (0.95, 1, 0.2), (0.95, 0, 0.2), (0.9, 0, 0.2), (0.9, 0, 1.0))
"""Least probability, voxels that are taken off the border, and largest probability of
grey matter in the template: the first of these that leaves enough voxels is used. On
grids of 2 mm that is mostly the first or second, on those of 4 mm the ventricles have
nothing left after erosion, and on those of 8 mm all fluid has grey matter beside it.

By its intensity in the T1w image alone, much of the cerebellum's grey matter passes for
white: its network would be the strongest component there, and be regressed out."""

LEAST_VOXELS = 30
"""Of a tissue, so that its principal components mean something."""


def core(probability, grey, brain, name):
    """Find the voxels that are well inside a tissue.

    Parameters
    ----------
    probability : ndarray, shape (x, y, z)
        Of the tissue, on the grid of the BOLD.
    grey : ndarray, shape (x, y, z)
        Of grey matter, in the template.
    brain : ndarray of bool, shape (x, y, z)
        Where there is BOLD.
    name : str
        The tissue, for the error.

    Returns
    -------
    mask : ndarray of bool, shape (x, y, z)
    facts : dict
        ``Threshold``, ``ErosionVoxels`` and ``TemplateGreyMatter`` that were used, of
        `CORES`, and ``Voxels``.

    Raises
    ------
    ValueError
        Fewer than `LEAST_VOXELS` voxels, however they are chosen.
    """
    for threshold, erosion, greyest in CORES:
        mask = (probability >= threshold) & (grey <= greyest)
        if erosion:
            mask = binary_erosion(mask, iterations=erosion)
        mask &= brain
        if mask.sum() >= LEAST_VOXELS:
            facts = {"Threshold": threshold, "ErosionVoxels": erosion}
            facts |= {"TemplateGreyMatter": greyest, "Voxels": int(mask.sum())}
            return mask, facts
    raise ValueError(
        f"{name} has {mask.sum()} voxels in the BOLD images (probability of at least "
        f"{threshold:g}), {LEAST_VOXELS} are needed: look at the segmentation of the "
        "T1w image and at the field of view of the BOLD; a finer 'grid: voxel_size' "
        "has more voxels"
    )


def tissue_signals(data, brain, cores):
    """Return the mean signals of the brain and of tissues.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD within `brain`.
    brain : ndarray of bool, shape (x, y, z)
        Where there is BOLD.
    cores : dict of ndarray of bool, shape (x, y, z)
        Masks by the name of their column.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        ``global_signal`` first, in the unit of the data.
    """
    signals = {"global_signal": data.mean(1, dtype=np.float64)}
    for name, mask in cores.items():
        signals[name] = data[:, mask[brain]].mean(1, dtype=np.float64)
    return signals
