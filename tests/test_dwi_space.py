import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from scan2map.dwi.space import warp_tensor
from scan2map.images import analysis_grid
from scan2map.reorient import rotate
from scan2map.tensor import from_spectrum
from scan2map.transforms import affine_field, grid_points

SHAPE = (8, 8, 8)
GRID = analysis_grid((0, 0, 0), SHAPE, 2.0)
EVERYWHERE = np.ones(SHAPE, bool)


@pytest.fixture
def fibres(rng):
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    one = from_spectrum(np.array([0.3e-3, 0.5e-3, 1.6e-3]), axes)
    return np.broadcast_to(one, (*SHAPE, 6))


def test_without_displacement_tensors_stay(fibres):
    still = np.zeros((*SHAPE, 3))
    warped, valid, counts = warp_tensor(fibres, GRID, EVERYWHERE, still, GRID)
    np.testing.assert_allclose(warped, fibres, rtol=1e-6)  # float32
    assert valid.all()
    assert counts["VoxelsInMask"] == valid.size


def test_a_rotation_pulls_and_turns(fibres):
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_euler("xyz", [10, 20, 30], degrees=True).as_matrix()
    field = affine_field(np.linalg.inv(turn), SHAPE, GRID)
    warped, valid, _ = warp_tensor(fibres, GRID, EVERYWHERE, field, GRID)
    expected = rotate(fibres[valid], turn[:3, :3])
    np.testing.assert_allclose(warped[valid], expected, atol=1e-9)


def test_interpolation_is_log_euclidean(fibres):
    tensor = np.array(fibres)
    tensor[::2] *= 4
    half = np.zeros((*SHAPE, 3))
    half[..., 0] = 1.0  # half a voxel
    warped, _, _ = warp_tensor(tensor, GRID, EVERYWHERE, half, GRID)
    np.testing.assert_allclose(warped[1, 1, 1], 2 * fibres[0, 0, 0], rtol=1e-6)


def test_indefinite_tensors_are_masked_counted_and_not_averaged(fibres):
    tensor = np.array(fibres)
    tensor[3, 3, 3, 0] = -1e-3
    still = np.zeros((*SHAPE, 3))
    warped, valid, counts = warp_tensor(tensor, GRID, EVERYWHERE, still, GRID)
    assert not valid[3, 3, 3] and not warped[3, 3, 3].any()
    assert counts["VoxelsMaskedNotPositiveDefinite"] == 1
    half = still + [0.8, 0, 0]  # 0.4 of a voxel
    warped, _, _ = warp_tensor(tensor, GRID, EVERYWHERE, half, GRID)
    np.testing.assert_allclose(warped[2, 3, 3], fibres[0, 0, 0], rtol=1e-6)


def test_outside_the_brain_there_are_no_tensors(fibres):
    mask = grid_points(SHAPE, GRID)[..., 0] < 0
    still = np.zeros((*SHAPE, 3))
    warped, valid, counts = warp_tensor(fibres, GRID, mask, still, GRID)
    np.testing.assert_array_equal(valid, mask)
    assert not warped[~mask].any()
    assert counts["VoxelsMaskedNotPositiveDefinite"] == 0


def test_where_the_field_folds_voxels_are_masked_and_counted(fibres):
    mirrored = affine_field(np.diag([-1.0, 1, 1, 1]), SHAPE, GRID)
    _, valid, counts = warp_tensor(fibres, GRID, EVERYWHERE, mirrored, GRID)
    assert not valid.any()
    assert counts["VoxelsMaskedFolded"] == valid.size


def test_only_the_brain_of_the_t1w_image_has_tensors(fibres):
    brain = grid_points(SHAPE, GRID)[..., 1] < 0
    still = np.zeros((*SHAPE, 3))
    warped, valid, _ = warp_tensor(fibres, GRID, EVERYWHERE, still, GRID, within=brain)
    np.testing.assert_array_equal(valid, brain)
    assert not warped[~brain].any()
