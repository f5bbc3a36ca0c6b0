"""Bring tensors from the space of the DWI to T1w or MNI, interpolated once."""

import numpy as np

from scan2map.reorient import preserve_principal_direction
from scan2map.tensor import exp_tensor, is_positive_definite, log_tensor
from scan2map.transforms import jacobian, pull

SMALLEST_WEIGHT = 0.5
"""Share of a voxel's interpolation weights that must come from valid tensors."""


def warp_tensor(tensor, affine, mask, field, field_affine, within=True):
    """Pull tensors through a displacement field.

    Parameters
    ----------
    tensor : ndarray, shape (x, y, z, 6)
        Tensors (mm²/s) in the world frame.
    affine : ndarray, shape (4, 4)
        Voxel to world of `tensor`.
    mask : ndarray of bool, shape (x, y, z)
        Brain in the space of `tensor`.
    field : ndarray, shape (i, j, k, 3)
        Displacements (RAS+ mm) from the space of the result to that of `tensor`; all
        steps composed.
    field_affine : ndarray, shape (4, 4)
        Voxel to world of the result.
    within : ndarray of bool, shape (i, j, k), or True
        Brain in the space of the result, as the T1w image shows it. Diffusion images
        are too coarse to tell its rim from the fluid around it.

    Returns
    -------
    warped : ndarray of float32, shape (i, j, k, 6)
        Tensors, 0 outside `valid`.
    valid : ndarray of bool, shape (i, j, k)
        Brain with positive definite tensors.
    counts : dict of int
        What was masked: ``VoxelsMaskedNotPositiveDefinite`` within the brain, among
        them ``VoxelsMaskedFolded`` where the field has no positive jacobian, and
        ``VoxelsInMask`` that remain.

    Notes
    -----
    Logarithms are interpolated linearly over the valid voxels alone (weights scaled to
    sum 1); a voxel is kept where these have at least half of the weight. Reorientation
    is by `preserve_principal_direction` with the inverse of the field's jacobian.
    """
    usable = mask & is_positive_definite(tensor)
    logarithm = np.zeros(tensor.shape)
    logarithm[usable] = log_tensor(tensor[usable].astype(float))
    brain = pull(mask.astype(float), affine, field, field_affine) >= SMALLEST_WEIGHT
    brain &= within
    weight = pull(usable.astype(float), affine, field, field_affine)
    derivative = jacobian(field, field_affine)
    unfolded = np.linalg.det(derivative) > 0
    valid = brain & unfolded & (weight >= SMALLEST_WEIGHT)
    pulled = pull(logarithm, affine, field, field_affine)
    warped = np.zeros((*field.shape[:3], 6), np.float32)
    tensors = exp_tensor(pulled[valid] / weight[valid][:, None])
    warped[valid] = preserve_principal_direction(
        tensors, np.linalg.inv(derivative[valid])
    )
    valid &= is_positive_definite(warped)
    warped[~valid] = 0
    counts = {
        "VoxelsInMask": int(valid.sum()),
        "VoxelsMaskedNotPositiveDefinite": int((brain & ~valid).sum()),
        "VoxelsMaskedFolded": int((brain & ~unfolded).sum()),
    }
    return warped, valid, counts
