"""Where the mean BOLD image lies in the T1w image."""

import os
import tempfile

import numpy as np

from scan2map.ants_bridge import to_ants, use_ants
from scan2map.dwi.registration import LINEAR_STEPS, read_matrix, register_b0
from scan2map.transforms import affine_field


def register_bold(
    boldref, affine, mask, t1w, grid, t1w_mask, phase=None, method="syn", seed=0
):
    """Register a mean BOLD image to the T1w image by mutual information.

    Parameters
    ----------
    boldref : ndarray, shape (x, y, z)
        Mean of aligned volumes.
    affine : ndarray, shape (4, 4)
        Voxel to world of `boldref`.
    mask : ndarray of bool, shape (x, y, z)
        Brain in `boldref`.
    t1w : ndarray, shape (i, j, k)
        T1w image on the analysis grid.
    grid : ndarray, shape (4, 4)
        Voxel to world of the analysis grid.
    t1w_mask : ndarray of bool, shape (i, j, k)
        Brain in `t1w`.
    phase : {0, 1, 2}, optional
        World axis nearest to the phase encoding, the only one along which `syn`
        deforms; None leaves all axes free.
    method : {"syn", "rigid"}
        ``rigid`` moves and turns; ``syn`` deforms after that, against the distortion
        of EPI, exactly as a b = 0 image of diffusion is brought to the T1w image.
    seed : int
        Seed of ANTs.

    Returns
    -------
    ndarray, shape (i, j, k, 3)
        Displacements (RAS+ mm) from points of the T1w image to points of `boldref`.

    Raises
    ------
    ValueError
        `method` is unknown.
    """
    if method == "syn":
        return register_b0(
            *(boldref, affine, mask, t1w, grid, t1w_mask), phase=phase, seed=seed
        )
    if method != "rigid":
        raise ValueError(f"func: registration should be syn or rigid, got '{method}'")
    ants = use_ants(seed)
    with tempfile.TemporaryDirectory() as folder:
        found = ants.registration(
            to_ants(np.where(t1w_mask, t1w, 0), grid),
            to_ants(np.where(mask, boldref, 0), affine),
            type_of_transform="Rigid",
            outprefix=os.path.join(folder, "rigid_"),
            **LINEAR_STEPS,
        )
        matrix = read_matrix(found["fwdtransforms"][0])
    return affine_field(matrix, t1w.shape, grid)
