"""Find the brain in the mean of a BOLD run."""

import numpy as np

from scan2map.dwi.masking import mask_brain


def mask_bold(boldref, affine):
    """Separate brain from background and scalp in a mean BOLD image.

    What holds for EPI without diffusion weighting holds here: fat is suppressed, the
    skull is dark, fluid is bright (`scan2map.dwi.masking.mask_brain`).

    Parameters
    ----------
    boldref : ndarray, shape (x, y, z)
        Mean of aligned volumes.
    affine : ndarray, shape (4, 4)
        Voxel to world.

    Returns
    -------
    ndarray of bool, shape (x, y, z)
        Generous: the T1w image decides later what is brain.

    Raises
    ------
    ValueError
        No brain is found.
    """
    voxel_size = abs(np.linalg.det(affine[:3, :3])) ** (1 / 3)
    try:
        return mask_brain(boldref, voxel_size=voxel_size)
    except ValueError:
        raise ValueError(
            f"nothing in the mean BOLD image is as large as a brain (voxels of "
            f"{voxel_size:.1f} mm) and brighter than its surroundings: is it BOLD of a "
            "head, and is the voxel size in the header right?"
        ) from None
