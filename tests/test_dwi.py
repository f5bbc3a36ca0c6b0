import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.spatial.transform import Rotation

from scan2map.alignment import AFFINE, RIGID, align, smooth_with_slope
from scan2map.dwi.correction import (
    align_weighted,
    leverages,
    predict_left_out,
    sample_points,
)
from scan2map.dwi.denoising import denoise, denoise_with_mrtrix, patch_radius
from scan2map.dwi.eddy import join, linear_in_gradient, shrink_contrast, split
from scan2map.dwi.fsl import acquisition_row, correct_with_eddy
from scan2map.dwi.masking import mask_brain, mask_tensors, mean_b0
from scan2map.dwi.motion import resample_volumes, rotate_bvecs
from scan2map.images import analysis_grid, write_image
from scan2map.motion import image_centre, motion_of, motion_table, write_motion
from scan2map.tensor import to_matrix
from scan2map.transforms import grid_points

SCRIPTS = Path(__file__).parents[1] / "scripts"
SHAPE = (24, 26, 22)
GRID = analysis_grid((0, 0, 0), SHAPE, 3.0)
CENTRE = np.zeros(3)


def _rigid(angles, shift):
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    matrix[:3, 3] = shift
    return matrix


def _directions(rng, count):
    directions = rng.normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


@pytest.fixture
def blob(rng):
    """A head-like object: smooth texture within a ball, without diffusion."""
    distance = np.linalg.norm(grid_points(SHAPE, GRID), axis=-1)
    texture = gaussian_filter(rng.normal(size=SHAPE), 2)
    return (distance < 25) * (100 + 200 * texture / texture.std() * 0.3)


def _distance(one, other, mask):
    points = grid_points(SHAPE, GRID)[mask]
    moved = [points @ m[:3, :3].T + m[:3, 3] for m in (one, other)]
    return np.linalg.norm(moved[0] - moved[1], axis=1).mean()


def test_denoising_brings_a_noisy_image_nearer_to_the_truth(rng, blob):
    truth = blob[..., None] * rng.uniform(0.3, 1, 13)
    noisy = np.abs(truth + rng.normal(0, 5, truth.shape))
    inside = blob > 0
    after = denoise(noisy, gibbs=False)
    errors = [(image - truth)[inside].std() for image in (noisy, after)]
    assert errors[1] < 0.6 * errors[0]


def test_unringing_calms_the_plateau_beside_an_edge():
    edge = np.zeros((128, 128))
    edge[33:95, 33:95] = 1
    kept = np.fft.fftshift(np.fft.fft2(edge))[40:88, 40:88]
    rung = np.abs(np.fft.ifft2(np.fft.ifftshift(kept))) * (48 / 128) ** 2
    unrung = denoise(rung[:, :, None, None], method="none", gibbs=True)[:, :, 0, 0]
    plateau = np.s_[15:33, 15:33]
    assert unrung[plateau].std() < 0.5 * rung[plateau].std()


def test_without_denoising_and_unringing_nothing_changes(rng):
    data = rng.random((4, 4, 4, 7)).astype(np.float32)
    np.testing.assert_array_equal(denoise(data, method="none", gibbs=False), data)


def test_tiny_images_with_few_volumes_can_be_denoised(rng):
    data = rng.random((4, 3, 2, 7))
    assert np.isfinite(denoise(data)).all()


@pytest.mark.parametrize(
    ("shape", "radius"),
    [((30, 30, 30, 13), 2), ((30, 30, 30, 130), 3), ((30, 30, 3, 13), (2, 2, 1))],
)
def test_patches_hold_more_voxels_than_there_are_volumes(shape, radius):
    np.testing.assert_array_equal(patch_radius(shape), np.broadcast_to(radius, 3))


def test_an_unknown_denoising_is_refused():
    with pytest.raises(ValueError, match="'dipy', 'mrtrix' or 'none', got 'nlm'"):
        denoise(np.zeros((4, 4, 4, 7)), method="nlm")


@pytest.mark.skipif(not shutil.which("dwidenoise"), reason="MRtrix3 is not installed")
def test_mrtrix_brings_a_noisy_image_nearer_to_the_truth_too(rng, blob, tmp_path):
    truth = blob[..., None] * rng.uniform(0.3, 1, 13)
    noisy = np.abs(truth + rng.normal(0, 5, truth.shape))
    path = str(tmp_path / "dwi.nii.gz")
    write_image(noisy, GRID, path)
    after = denoise_with_mrtrix(path, str(tmp_path), gibbs=True)
    errors = [(image - truth)[blob > 0].std() for image in (noisy, after)]
    assert errors[1] < 0.7 * errors[0]  # patches of 3 × 3 × 3


def test_mrtrix_that_is_not_installed_is_asked_for_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="needs the program dwidenoise.*mrtrix3"):
        denoise_with_mrtrix("dwi.nii.gz", tmp_path)


def test_fsl_that_is_not_installed_is_asked_for_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match="eddy: fsl. needs the program eddy"):
        correct_with_eddy("dwi.nii.gz", None, None, None, None, None, tmp_path)


def test_fsl_needs_the_phase_encoding():
    sidecar = {"PhaseEncodingDirection": "j-", "TotalReadoutTime": 0.05}
    assert acquisition_row(sidecar) == [0, -1, 0, 0.05]
    with pytest.raises(ValueError, match="dwi.json should have PhaseEncodingDirection"):
        acquisition_row({"TotalReadoutTime": 0.05}, "dwi.json")


@pytest.mark.parametrize("velocities", [RIGID, AFFINE], ids=["rigid", "affine"])
def test_alignment_finds_a_known_motion(blob, velocities):
    motion = _rigid([3, -2, 4], [2, -1, 1.5])
    moved = resample_volumes(blob[..., None], GRID, [np.linalg.inv(motion)])[..., 0]
    points = sample_points(blob > 0, GRID)
    target = smooth_with_slope(blob, 1.5)[0][blob > 0]
    moving = smooth_with_slope(moved, 1.5)
    found = align(moving, GRID, points, target, np.eye(4), velocities)
    # a tenth of a voxel; cubic resampling smooths a little
    assert _distance(found, motion, blob > 0) < 0.3


def test_weighted_volumes_are_aligned_with_each_other(rng, blob):
    bvecs = _directions(rng, 8)
    truth = np.stack([_rigid(rng.normal(0, 2, 3), rng.normal(0, 1, 3)) for _ in bvecs])
    data = resample_volumes(np.stack([blob] * 8, -1), GRID, np.linalg.inv(truth))
    points = sample_points(blob > 0, GRID)
    found = align_weighted(data, GRID, np.full(8, 1000.0), bvecs, points)
    pairs = found @ np.linalg.inv(found[0]), truth @ np.linalg.inv(truth[0])
    errors = [_distance(*pair, blob > 0) for pair in zip(*pairs, strict=True)]
    assert max(errors) < 0.3


def test_prediction_from_the_others_is_exact_for_tensors(rng):
    bvecs = _directions(rng, 20)
    tensor = to_matrix(np.array([1.0, 0.1, 0.2, 0.7, -0.1, 0.5]) * 1e-3)
    signals = np.exp(-1000 * np.einsum("vi,ij,vj->v", bvecs, tensor, bvecs))[:, None]
    predicted = predict_left_out(signals, np.full(20, 1000.0), bvecs)
    np.testing.assert_allclose(predicted, signals)


def test_six_directions_cannot_predict_each_other(rng):
    assert leverages(np.full(6, 1000.0), _directions(rng, 6)).min() > 0.99


def test_motion_and_eddy_currents_are_told_apart(rng):
    motion, eddy = rng.normal(0, 0.1, (5, 6)), rng.normal(0, 0.02, (5, 3))
    along, centre = np.array([0, 0.6, 0.8]), np.array([3.0, -20, 10])
    again = split(join(motion, eddy, along, centre), along, centre)
    np.testing.assert_allclose(again[0], motion, atol=1e-12)
    np.testing.assert_allclose(again[1], eddy, atol=1e-12)


def test_eddy_currents_follow_the_sign_of_the_gradient(rng):
    half = _directions(rng, 10)
    gradients = np.concatenate([half, -half])
    linear, even = gradients @ rng.normal(size=(3, 3)), gradients[:, :1] ** 2
    np.testing.assert_allclose(linear_in_gradient(linear + even, gradients), linear)


def test_motion_that_follows_contrast_alone_is_taken_out(rng):
    gradients = _directions(rng, 30)
    bias = gradients[:, :1] * gradients[:, 1:2] * np.ones(6)
    bias -= bias.mean(0)
    still = rng.normal(0, 0.01, (30, 6))
    assert np.abs(shrink_contrast(bias + still, gradients)).max() < 0.1 * bias.max()


def test_random_motion_is_left_as_it_was_found(rng):
    motion = rng.normal(size=(30, 6))
    motion -= motion.mean(0)
    np.testing.assert_array_equal(shrink_contrast(motion, _directions(rng, 30)), motion)


@pytest.mark.parametrize("flip", [1, -1])
def test_bvecs_turn_with_the_head(rng, flip):
    affine = GRID @ np.diag([flip, 1, 1, 1])
    turn = _rigid([0, 0, 90], [0, 0, 0])
    bvecs = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    turned = rotate_bvecs(bvecs, np.tile(turn, (3, 1, 1)), affine)
    # FSL's first axis points left in both, so the head's left becomes its front
    np.testing.assert_allclose(turned[0], [0, 1, 0], atol=1e-12)


def test_shear_does_not_turn_bvecs():
    matrix = np.eye(4)
    matrix[1, 1] = 1.02
    bvecs = np.array([[0.6, 0.8, 0]])
    np.testing.assert_allclose(rotate_bvecs(bvecs, [matrix], GRID), bvecs)


def test_volumes_that_did_not_move_keep_their_values(rng):
    data = rng.random((*SHAPE, 2)).astype(np.float32)
    again = resample_volumes(data, GRID, np.tile(np.eye(4), (2, 1, 1)))
    np.testing.assert_array_equal(again, data)


def test_motion_is_measured_about_the_middle_of_the_image():
    centre = image_centre(SHAPE, GRID) + [5, 10, 20]
    turn = _rigid([0, 0, 2], [0, 0, 0])
    turn[:3, 3] = centre - turn[:3, :3] @ centre + [1, 2, 3]
    expected = [1, 2, 3, 0, 0, np.radians(2)]
    np.testing.assert_allclose(motion_of([turn], centre)[0], expected, atol=1e-12)


def test_framewise_displacement_adds_mm_and_arcs_of_50_mm():
    motion = np.zeros((3, 6))
    motion[1], motion[2] = [1, 0, -1, 0, 0, 0.02], [1, 0, -1, 0, 0, 0]
    table = motion_table(motion)
    np.testing.assert_allclose(table["framewise_displacement"], [0, 3, 1])
    np.testing.assert_allclose(table["rot_z"], np.degrees([0, 0.02, 0]))


def test_the_motion_table_has_a_row_per_volume(tmp_path):
    write_motion(motion_table(np.zeros((3, 6))), tmp_path / "motion.tsv")
    lines = (tmp_path / "motion.tsv").read_text().splitlines()
    assert lines[0].split("\t")[::6] == ["trans_x", "framewise_displacement"]
    assert lines[1:] == ["\t".join(["0.000000"] * 7)] * 3


def test_the_brain_is_one_part_without_holes(rng, blob):
    b0 = blob + np.abs(rng.normal(0, 2, SHAPE))
    b0[12, 13, 11] = 0
    mask = mask_brain(b0, voxel_size=3.0)
    overlap = 2 * (mask & (blob > 0)).sum() / (mask.sum() + (blob > 0).sum())
    assert overlap > 0.9
    assert mask[12, 13, 11]


def test_a_strong_receive_field_leaves_the_middle_of_the_brain_in(rng):
    distance = np.linalg.norm(grid_points(SHAPE, GRID), axis=-1)
    brain, scalp = distance < 27, (distance > 30) & (distance < 33)
    field = 0.25 + (distance / 27) ** 2
    b0 = field * (100 * brain + 40 * scalp) + np.abs(rng.normal(0, 2, SHAPE))
    mask = mask_brain(b0, voxel_size=3.0)
    assert mask[distance < 24].all()
    assert not mask[distance > 32].any()


def test_a_slab_as_thin_as_scalp_is_no_brain():
    slab = np.zeros(SHAPE)
    slab[:, :, 9:12] = 100
    with pytest.raises(ValueError, match="thicker than 12 mm"):
        mask_brain(slab, voxel_size=3.0)


def test_an_empty_image_has_no_brain():
    with pytest.raises(ValueError, match="no value above 0; is the DWI empty"):
        mask_brain(np.zeros(SHAPE))


def test_indefinite_tensors_are_masked_and_counted():
    tensor = np.tile([1e-3, 0, 0, 1e-3, 0, 1e-3], (2, 2, 1, 1))
    tensor[0, 0, 0, 0] = -1e-3
    mask = np.array([[[True], [True]], [[True], [False]]])
    masked, counts = mask_tensors(tensor, mask)
    assert counts == {"VoxelsInMask": 2, "VoxelsMaskedNotPositiveDefinite": 1}
    assert not masked[0, 0].any() and not masked[1, 1].any()


def test_the_mean_b0_leaves_out_weighted_volumes():
    data = np.stack([np.full((2, 2, 2), v) for v in (1.0, 9.0, 3.0)], axis=-1)
    assert mean_b0(data, [0, 1000, 5])[0, 0, 0] == 2


def test_warping_needs_no_heavy_imports():
    code = (
        "import sys, scan2map.dwi.space; "
        "print({'ants', 'dipy', 'pandas', 'keras'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()", done.stderr
