"""Features and their scaling."""

import json

import numpy as np
import pytest

from scan2map.features import (
    describe_feature,
    fingerprint,
    fit_scaling,
    inside,
    listed,
    open_features,
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


def test_scaling_that_is_not_centred_leaves_nothing_where_it_is(sessions):
    scaling, centred = fit_scaling(sessions, centre=False), fit_scaling(sessions)
    assert scaling == centred | {"mean": [0.0] * sessions.shape[-1]}
    sd = np.array(scaling["sd"])
    # 1e-6: float32
    np.testing.assert_allclose(scale(sessions, scaling), sessions / sd, rtol=1e-6)


def test_scaling_of_nobody_or_of_a_constant_channel_is_refused(sessions):
    with pytest.raises(ValueError, match="at least one session"):
        fit_scaling([])
    sessions[..., 2] = 1
    with pytest.raises(ValueError, match="channel 2"):
        fit_scaling(sessions)


def test_scaling_of_an_empty_or_infinite_session_is_refused(sessions):
    for feature in (np.zeros_like(sessions[0]), np.full_like(sessions[0], np.inf)):
        with pytest.raises(ValueError, match="session 2 is empty, or holds infinity"):
            fit_scaling([sessions[0], feature])


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


@pytest.fixture
def masked(rng, tmp_path):
    """Write three maps of two sessions; return paths, maps and mask."""
    mask = rng.random((4, 5, 6)) < 0.4
    maps = rng.normal([[1], [2], [3]], size=(2, 3, mask.sum())).astype(np.float16)
    paths = [tmp_path / "one.npy", tmp_path / "two.npy"]
    for path, values in zip(paths, maps, strict=True):
        np.save(path, values)
    return paths, maps, mask


def test_masked_maps_become_images_with_the_channels_asked_for(masked):
    paths, maps, mask = masked
    features = open_features(paths, mask, channels=[2, 0])
    for feature, values in zip(features, maps, strict=True):
        image = np.asarray(feature)
        assert feature.shape == image.shape == (4, 5, 6, 2)
        assert image.dtype == np.float32 and not image[~mask].any()
        np.testing.assert_array_equal(image[mask], values[[2, 0]].T)


def test_maps_of_some_sessions_in_one_file_are_features_of_each(masked, tmp_path):
    _, maps, mask = masked
    np.save(tmp_path / "fold.npy", maps)
    features = open_features([tmp_path / "fold.npy"], mask, channels=[1])
    assert len(features) == 2
    for feature, values in zip(features, maps, strict=True):
        assert isinstance(feature.values, np.memmap)
        np.testing.assert_array_equal(np.asarray(feature)[mask], values[[1]].T)


def test_lists_stand_for_the_files_that_they_name(masked, tmp_path):
    paths, maps, mask = masked
    folds = []
    for path in paths[::-1]:
        folds.append(tmp_path / f"{path.stem}.json")
        folds[-1].write_text(json.dumps({"files": [str(path)]}))
    first, second = open_features(folds, mask)
    np.testing.assert_array_equal(first.values, maps[1])
    np.testing.assert_array_equal(second.values, maps[0])
    paths[0].unlink()
    with pytest.raises(FileNotFoundError, match="one.json lists .*one.npy, which"):
        listed(folds)


def test_masked_maps_are_read_when_asked_for(masked):
    paths, _, mask = masked
    feature = open_features(paths, mask)[0]
    assert isinstance(feature.values, np.memmap) and feature.shape == (4, 5, 6, 3)


def test_features_without_a_mask_are_images(sessions, tmp_path):
    np.save(tmp_path / "one.npy", sessions[0])
    (feature,) = open_features([tmp_path / "one.npy"])
    np.testing.assert_array_equal(feature, sessions[0])


def test_masked_maps_are_scaled_as_their_images_are(masked):
    paths, maps, mask = masked
    features = open_features(paths, mask)
    scaling = fit_scaling(features)
    np.testing.assert_allclose(scaling["mean"], maps.astype(float).mean((0, 2)))
    scaled = scale(features[0], scaling)
    assert not scaled[~mask].any()
    np.testing.assert_array_equal(scaled, scale(np.asarray(features[0]), scaling))


def test_maps_that_do_not_fit_the_mask_or_lack_a_channel_are_refused(masked):
    paths, _, mask = masked
    smaller = mask.copy()
    smaller[tuple(np.argwhere(mask)[0])] = False
    with pytest.raises(ValueError, match="one.npy has the shape .* with another mask"):
        open_features(paths, smaller)
    with pytest.raises(ValueError, match=r"has 3 maps, and lacks .* \[3\]"):
        open_features(paths, mask, channels=[1, 3])


def test_fingerprint_tells_what_a_network_sees(masked):
    paths, maps, mask = masked
    one, two = open_features(paths, mask)
    some = open_features(paths, mask, channels=[0, 1])[0]
    image = np.asarray(one)
    prints = [fingerprint(f) for f in (one, two, some, image, 2 * image)]
    assert len(set(prints)) == 5
    assert fingerprint(open_features(paths, mask)[0]) == prints[0]
