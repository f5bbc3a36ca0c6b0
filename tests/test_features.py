"""Features and their scaling."""

import numpy as np
import pytest

from scan2map.features import (
    describe_feature,
    fit_scaling,
    inside,
    read_feature,
    scale,
    tensor_feature,
)


@pytest.fixture
def sessions(rng):
    features = rng.normal(2, [1, 2, 3, 4, 5, 6], size=(3, 4, 5, 6, 6))
    features[:, 0] = 0
    features[1, :2] = 0
    return features.astype(np.float32)


def test_feature_is_the_tensor_in_the_mask_and_zero_outside(rng):
    tensor, mask = rng.normal(size=(4, 3, 2, 6)), rng.random((4, 3, 2)) < 0.5
    feature = tensor_feature(tensor, mask)
    np.testing.assert_array_equal(feature[mask], tensor[mask].astype(np.float32))
    assert feature.dtype == np.float32 and not feature[~mask].any()


def test_mirrored_feature_has_mirrored_tensors(rng):
    tensor, mask = rng.normal(size=(4, 3, 2, 6)), np.ones((4, 3, 2), bool)
    mirrored = tensor_feature(tensor, mask, mirrored=True)
    signs = [1, -1, -1, 1, 1, 1]
    np.testing.assert_allclose(mirrored[0, 1, 1], tensor[3, 1, 1] * signs, rtol=1e-6)


@pytest.mark.parametrize(
    ("shape", "fill", "message"),
    [
        ((4, 3, 2, 7), 1.0, "was expected"),
        ((4, 3, 2, 6), np.nan, "not finite"),
        ((4, 3, 2, 6), 0.0, "zero everywhere"),
    ],
)
def test_unusable_tensor_images_are_refused(shape, fill, message):
    with pytest.raises(ValueError, match=message):
        tensor_feature(np.full(shape, fill), np.ones((4, 3, 2), bool))


def test_scaling_is_mean_and_sd_over_voxels_of_all_sessions(sessions):
    voxels = sessions[inside(sessions)].astype(float)
    scaling = fit_scaling(iter(sessions))
    np.testing.assert_allclose(scaling["mean"], voxels.mean(0), rtol=1e-10)
    np.testing.assert_allclose(scaling["sd"], voxels.std(0), rtol=1e-10)


def test_scaling_does_not_lose_digits_of_tensors_in_mm2_per_s(sessions):
    small, large = fit_scaling(1e-4 * sessions), fit_scaling(sessions)
    # 1e-6: the sessions themselves are rounded to float32
    np.testing.assert_allclose(small["sd"], 1e-4 * np.array(large["sd"]), rtol=1e-6)


def test_scaled_voxels_are_standard_and_background_stays_zero(sessions):
    scaled = scale(sessions, fit_scaling(sessions))
    within = inside(sessions)
    np.testing.assert_allclose(scaled[within].mean(0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled[within].std(0), 1, atol=1e-5)
    assert scaled.dtype == np.float32 and not scaled[~within].any()


def test_scaling_of_nobody_or_of_a_constant_channel_is_refused(sessions):
    with pytest.raises(ValueError, match="at least one session"):
        fit_scaling([])
    sessions[..., 2] = 1
    with pytest.raises(ValueError, match="channel 2"):
        fit_scaling(sessions)


def test_feature_file_is_memory_mapped_and_described(sessions, tmp_path):
    np.save(tmp_path / "one.npy", sessions[0])
    feature = read_feature(tmp_path / "one.npy")
    description = describe_feature(feature, np.eye(4), "T1w", mirrored=False)
    assert isinstance(feature, np.memmap)
    assert description["shape"] == [4, 5, 6, 6] and description["unit"] == "mm2/s"


def test_fluid_is_background_where_asked_for(rng):
    tensor = np.zeros((4, 4, 4, 6), np.float32)
    tensor[..., [0, 3, 5]] = rng.choice([0.8e-3, 3e-3], (4, 4, 4))[..., None]
    mask = np.ones((4, 4, 4), bool)
    kept = tensor_feature(tensor, mask, highest_md=1.6e-3).any(-1)
    np.testing.assert_array_equal(kept, tensor[..., 0] < 1e-3)
    assert tensor_feature(tensor, mask).any(-1).all()
