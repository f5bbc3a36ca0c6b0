"""BOLD comes to other grids, is smoothed and scaled."""

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from scan2map.func.denoising import percent_change
from scan2map.func.derivatives import check_mask, regrid
from scan2map.func.quality import order_by_tissue, temporal_snr
from scan2map.func.smoothing import smooth_inside
from scan2map.func.warping import warp_volumes, with_data
from scan2map.images import analysis_grid
from scan2map.transforms import grid_points

SHAPE = (16, 18, 14)
GRID = analysis_grid((0, 0, 0), SHAPE, 3.0)
CENTRE = (slice(5, -5),) * 3


@pytest.fixture
def smooth(rng):
    """A volume without detail finer than its voxels."""
    return gaussian_filter(rng.normal(size=SHAPE), 2).astype(np.float32)


def moved(millimetres):
    matrix = np.eye(4)
    matrix[0, 3] = millimetres
    return matrix


def test_motion_is_undone(smooth):
    points = grid_points(SHAPE, GRID)[CENTRE].reshape(-1, 3)
    # The head of the second volume lies 3 mm, one voxel, further right.
    volumes = [smooth, np.roll(smooth, 1, axis=0)]
    values = warp_volumes(volumes, GRID, points, [moved(0), moved(3)])
    np.testing.assert_allclose(values[0], smooth[CENTRE].ravel(), atol=1e-6)  # float32
    np.testing.assert_allclose(values[1], values[0], atol=1e-6)


def test_splines_interpolate_half_a_voxel():
    fine = gaussian_filter(np.random.default_rng(1).normal(size=(32, 8, 8)), 4)
    half = analysis_grid((0, 0, 0), fine.shape, 1.5)
    coarse, affine = fine[::2, ::2, ::2], half @ np.diag([2.0, 2, 2, 1])
    points = grid_points(fine.shape, half)[8:-8, 2:-2, 2:-2].reshape(-1, 3)
    values = warp_volumes([coarse], affine, points)[0]
    wanted = fine[8:-8, 2:-2, 2:-2].ravel()
    assert np.abs(values - wanted).max() < 0.1 * wanted.std()


def test_voxels_outside_the_field_of_view_of_one_volume_are_left_out(smooth):
    mask = np.ones(SHAPE, bool)
    points = grid_points(SHAPE, GRID)[mask]
    values = warp_volumes([smooth] * 2, GRID, points, [moved(0), moved(1)])
    values, mask = with_data(values, mask)
    assert mask[:-1].all() and not mask[-1].any()
    assert np.isfinite(values).all() and values.shape == (2, mask.sum())


def test_a_run_that_missed_the_brain_is_refused(smooth):
    points = grid_points(SHAPE, GRID).reshape(-1, 3) + 500
    values = warp_volumes([smooth], GRID, points)
    with pytest.raises(ValueError, match="no voxel of the brain is in the field"):
        with_data(values, np.ones(SHAPE, bool))


def test_preprocessed_images_on_our_grid_stay_as_they_are(smooth, rng):
    mask = rng.random(SHAPE) < 0.5
    values, kept = regrid([smooth, 2 * smooth], GRID, mask, SHAPE, GRID)
    np.testing.assert_array_equal(values, [smooth[mask], 2 * smooth[mask]])
    np.testing.assert_array_equal(kept, mask)


def test_preprocessed_images_on_another_grid_come_to_the_same_place(smooth):
    ramp = (grid_points(SHAPE, GRID) @ [1.0, 2.0, 3.0]).astype(np.float32)
    shape, other = (6, 7, 5), analysis_grid((2, -1, 1), (6, 7, 5), 5.0)
    values, mask = regrid([ramp], GRID, np.ones(SHAPE, bool), shape, other)
    wanted = (grid_points(shape, other) @ [1.0, 2.0, 3.0])[mask]
    assert mask.all()
    np.testing.assert_allclose(values[0], wanted, rtol=1e-3, atol=0.5)


@pytest.mark.parametrize("moved", [np.diag([-1.0, 1, 1, 1]), np.eye(4)])
def test_a_mask_on_another_grid_than_its_bold_is_refused(smooth, moved):
    bold = nib.Nifti1Image(np.stack([smooth, smooth], axis=-1), GRID)
    check_mask(nib.Nifti1Image(smooth, GRID), bold, "mask.nii.gz")
    other = nib.Nifti1Image(smooth if (moved < 0).any() else smooth[1:], GRID @ moved)
    with pytest.raises(ValueError, match="mask.nii.gz has another grid than the BOLD"):
        check_mask(other, bold, "mask.nii.gz")


def test_an_empty_mask_of_preprocessed_images_is_refused(smooth):
    with pytest.raises(ValueError, match="mask of the preprocessed BOLD is empty"):
        regrid([smooth], GRID, np.zeros(SHAPE, bool), SHAPE, GRID)


def test_smoothing_within_the_brain_keeps_a_constant_to_its_rim():
    mask = np.linalg.norm(grid_points(SHAPE, GRID), axis=-1) < 15
    volume = np.where(mask, 7.0, 1e6)  # what is outside does not count
    smooth = smooth_inside([volume], mask, GRID, 5.0)
    np.testing.assert_allclose(smooth, 7.0, rtol=1e-5)


def test_a_point_becomes_a_gaussian_of_the_width_asked_for():
    point = np.zeros(SHAPE)
    point[8, 9, 7] = 1
    mask = np.ones(SHAPE, bool)
    profile = smooth_inside([point], mask, GRID, 9.0).reshape(SHAPE)[:, 9, 7]
    # Three voxels of 3 mm: half of the height at 1.5 voxels, so that one voxel off
    # the middle there is 2 ** -(1 / 1.5) ** 2 of it.
    assert profile[9] / profile[8] == pytest.approx(2 ** -((1 / 1.5) ** 2), rel=1e-3)


def test_percent_of_the_mean_and_nothing_where_there_is_no_signal():
    data = np.array([[90.0, 210, 0.2], [110, 190, -0.2]])
    percent, dark = percent_change(data)
    np.testing.assert_allclose(percent, [[-10, 5, 0], [10, -5, 0]])
    assert dark == 1


def test_images_without_a_mean_are_refused(rng):
    with pytest.raises(ValueError, match="was the mean taken out already"):
        percent_change(rng.normal(size=(10, 5)) - 1)


def test_signal_to_noise_over_time_ignores_drift(rng):
    noise = rng.normal(0, 2, (2000, 3))
    drift = np.linspace(0, 300, 2000)[:, None]
    snr = temporal_snr(noise + drift + [100, 200, 0])
    np.testing.assert_allclose(snr[:2], [125, 175], rtol=0.1)


def test_voxels_are_sorted_by_their_likeliest_tissue():
    order, counts = order_by_tissue(
        {"gm": np.array([0.1, 0.8, 0.6]), "wm": np.array([0.9, 0.2, 0.4])}
    )
    assert order.tolist() == [1, 2, 0] and counts == {"gm": 2, "wm": 1}


def test_a_voxel_of_the_brain_that_is_no_number_is_named_and_others_are_none(smooth):
    mask = np.zeros(SHAPE, bool)
    mask[3:6, 3:6, 3:6] = True
    air, brain = smooth.copy(), smooth.copy()
    air[0, 0, 0], brain[4, 4, 4] = np.nan, np.nan
    values, _ = regrid([air], GRID, mask, SHAPE, GRID)
    np.testing.assert_array_equal(values[0], smooth[mask])
    with pytest.raises(ValueError, match="1 voxels of the brain .* in volume 2"):
        regrid([smooth, brain], GRID, mask, SHAPE, GRID)
