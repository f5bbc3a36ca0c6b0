"""The voxels that everybody has."""

import numpy as np


def intersect_masks(masks, template):
    """Keep the voxels of the template's brain that are valid in every session.

    Parameters
    ----------
    masks : iterable of ndarray of bool, shape (x, y, z)
        Valid voxels of each session, in MNI space.
    template : ndarray of bool, shape (x, y, z)
        The template's brain mask on the same grid.

    Returns
    -------
    group : ndarray of bool, shape (x, y, z)
    missing : list of int
        Voxels of the template that each session lacks.
    alone : list of int
        Voxels that it alone lacks: what leaving this session out would bring back.

    Raises
    ------
    ValueError
        A mask has another shape, or no voxel is left.
    """
    absent = np.zeros(template.shape, dtype=np.int32)
    last = np.full(template.shape, -1, dtype=np.int32)
    missing = []
    for number, mask in enumerate(masks):
        if mask.shape != template.shape:
            raise ValueError(
                f"mask number {number + 1} has shape {mask.shape}, the template "
                f"{template.shape}: all must lie on the same grid"
            )
        lacks = template & ~mask
        absent += lacks
        last[lacks] = number
        missing.append(int(lacks.sum()))
    group = template & (absent == 0)
    if not group.any():
        worst = int(np.argmax(missing)) + 1 if missing else 0
        raise ValueError(
            f"no voxel of the template's brain is valid in all {len(missing)} "
            f"sessions; mask number {worst} lacks most ({max(missing, default=0)} of "
            f"{template.sum()} voxels): look at its registration to MNI"
        )
    alone = np.bincount(last[absent == 1], minlength=len(missing))
    return group, missing, alone.tolist()
