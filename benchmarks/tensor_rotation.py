"""Rotate a DWI and its b-vectors: stage 3 must give the rotated tensors.

A phantom session is denoised; then motion correction, brain mask and tensor fit run on
it as it is and once more after a rigid rotation of image and gradients. The first
result, rotated by `warp_tensor`, is compared with the second.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from scan2map.dwi.correction import correct_with_affines
from scan2map.dwi.denoising import denoise
from scan2map.dwi.gradients import fsl_bvecs, world_directions
from scan2map.dwi.masking import mask_dwi
from scan2map.dwi.motion import resample_volumes
from scan2map.dwi.space import warp_tensor
from scan2map.motion import image_centre
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.session import scan_session
from scan2map.tensor import eigen, fit_tensor, invariants
from scan2map.transforms import affine_field

DEGREES = (7.0, -9.0, 12.0)
ANISOTROPIC = 0.3
PHANTOM = {
    "t1w_voxel_size": 6.0,
    "dwi_voxel_size": 3.0,
    "directions": 20,
    "b0_volumes": 2,
    "b_value": 1000,
    "snr": 30.0,
    "deformation_mm": 3.0,
    "position_mm": 0.0,
    "position_degrees": 0.0,
    "motion_mm": 0.5,
    "motion_degrees": 0.5,
    "bias_field": 0.2,
    "epi_distortion_mm": 1.5,
    "effects": [],
    "groups": {"control": 1, "patient": 1},
}


def tensors(data, affine, bvals, bvecs):
    """Run motion correction, mask and fit; return tensors (x, y, z, 6) and mask."""
    mask = mask_dwi(data, bvals, affine)
    data, bvecs, _ = correct_with_affines(data, affine, bvals, bvecs, mask)
    tensor = np.zeros((*mask.shape, 6))
    directions = world_directions(bvecs, affine)
    tensor[mask] = fit_tensor(data[mask], bvals, directions)
    return tensor, mask


def compare():
    """Return the medians of the eigenvalues' relative difference and of the angle."""
    row = {"group": "control"}
    scan = scan_session(read_template(), PHANTOM, row, participant_seed=1, seed=1)[0]
    scan = scan["dwi"]
    data = denoise(np.moveaxis(scan.volumes, 0, -1), gibbs=False)
    affine, bvals = scan.affine, scan.b_values
    turn, centre = np.eye(4), image_centre(data.shape, affine)
    turn[:3, :3] = Rotation.from_euler("xyz", DEGREES, degrees=True).as_matrix()
    turn[:3, 3] = centre - turn[:3, :3] @ centre
    back = np.linalg.inv(turn)
    rotated = resample_volumes(data, affine, np.tile(back, (len(bvals), 1, 1)))
    turned = fsl_bvecs(scan.directions @ turn[:3, :3].T, affine)
    ours, mask = tensors(rotated, affine, bvals, turned)
    before, before_mask = tensors(
        data, affine, bvals, fsl_bvecs(scan.directions, affine)
    )
    field = affine_field(back, mask.shape, affine)
    expected, valid, _ = warp_tensor(before, affine, before_mask, field, affine)
    where = mask & valid & (invariants(expected)["FA"] > ANISOTROPIC)
    values, vectors = eigen(ours[where])
    true_values, true_vectors = eigen(expected[where].astype(float))
    cosine = np.abs((vectors[:, :, 2] * true_vectors[:, :, 2]).sum(1))
    angle = np.degrees(np.arccos(np.clip(cosine, 0, 1)))
    return np.median(np.abs(values - true_values) / true_values), np.median(angle)


difference, angle = compare()
for name, value, unit, goal in (
    ("rotation_eigenvalues", 100 * difference, "% (median)", 2),
    ("rotation_direction", angle, "degrees (median)", 3),
):
    holds = "yes" if value < goal else "no"
    print(name, f"{value:.2f}", unit, f"< {goal}", holds, sep="\t")
