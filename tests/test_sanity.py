"""Checks of maps: similarity, randomisation, reliability, localisation, verdicts."""

import keras
import numpy as np
import pandas as pd
import pytest

from scan2map.images import write_image
from scan2map.networks import build
from scan2map.sanity import (
    UNCHANGED,
    intraclass_correlation,
    judge,
    localise,
    map_reliability,
    map_similarity,
    mass_share,
    planted_regions,
    rank_correlation,
    sentence,
    ssim,
    summarise_reliability,
)
from scan2map.sanity.checks import PERMUTED, check_network, spread
from scan2map.sanity.explained import EXPLAINED
from scan2map.sanity.randomisation import cascade
from scan2map.sensitivity import tensor_from_invariants
from scan2map.training import train

SHAPE = (16, 16, 16)


@pytest.fixture
def mask(rng):
    return rng.random((9, 10, 13)) < 0.8


@pytest.fixture
def maps(rng, mask):
    return rng.normal(size=(2, *mask.shape))


def test_identical_maps_have_a_similarity_of_one(maps, mask):
    assert map_similarity(maps[0], maps[0], mask) == pytest.approx(
        {"ssim": 1, "rank": 1, "rank_abs": 1}
    )


def test_the_scale_of_a_map_does_not_count(maps, mask):
    alike = map_similarity(maps[0], maps[1], mask)
    assert map_similarity(1e6 * maps[0], maps[1], mask) == pytest.approx(alike)


def test_a_map_of_the_other_sign_has_the_same_ranks_in_size_only(maps, mask):
    alike = map_similarity(maps[0], -maps[0], mask)
    assert alike["rank"] == pytest.approx(-1) and alike["rank_abs"] == pytest.approx(1)


def test_maps_outside_the_mask_do_not_count(maps, mask):
    alike = map_similarity(maps[0], maps[1], mask)
    again = map_similarity(np.where(mask, maps[0], 7.0), maps[1], mask)
    assert again == pytest.approx(alike)


def test_a_map_that_is_the_same_everywhere_is_like_nothing(maps, mask):
    alike = map_similarity(maps[0], np.zeros(mask.shape), mask)
    assert all(np.isnan(value) for value in alike.values())


def windowed(one, other, mask, centre):
    """Return SSIM at a voxel, by a loop over its window of 11 voxels."""
    weights, values = [], []
    for offset in np.ndindex(11, 11, 11):
        voxel = tuple(np.array(centre) + offset - 5)
        if min(voxel) < 0 or not all(np.less(voxel, mask.shape)) or not mask[voxel]:
            continue
        weights.append(np.exp(-((np.array(offset) - 5) ** 2).sum() / (2 * 1.5**2)))
        values.append((one[voxel], other[voxel]))
    weights, values = np.array(weights) / sum(weights), np.array(values)
    mean = weights @ values
    (a, c), (_, b) = (values - mean).T * weights @ (values - mean)
    c1, c2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2
    luminance = (2 * mean[0] * mean[1] + c1) / (mean[0] ** 2 + mean[1] ** 2 + c1)
    return luminance * (2 * c + c2) / (a + b + c2)


def test_ssim_is_that_of_a_loop_over_windows(maps, mask):
    mask, maps = mask[:3, :4], maps[:, :3, :4]
    looped = [windowed(*maps, mask, voxel) for voxel in np.argwhere(mask)]
    assert ssim(*maps, mask, 2.0) == pytest.approx(np.mean(looped), abs=1e-10)


def test_ranks_correlate_as_by_spearman():
    # 1 - 6 Σd² / (n (n² - 1)) with d = 0, 1, 1, 2, 2
    assert rank_correlation(
        np.array([1, 2, 3, 4, 5.0]), np.array([1, 3, 2, 6, 4.5])
    ) == pytest.approx(1 - 6 * (0 + 1 + 1 + 1 + 1) / 120)


def test_a_similarity_needs_a_mask_with_voxels_of_the_maps_shape(maps, mask):
    with pytest.raises(ValueError, match="the mask is empty"):
        ssim(*maps, np.zeros_like(mask), 1.0)
    with pytest.raises(ValueError, match="one shape"):
        ssim(*maps, mask[1:], 1.0)


SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
"""Table 2 of Shrout and Fleiss (1979): six targets, four judges."""


def test_intraclass_correlations_are_those_of_shrout_and_fleiss():
    icc = intraclass_correlation(SHROUT_FLEISS)
    assert round(icc["icc_2_1"], 2) == 0.29
    assert round(icc["icc_3_1"], 2) == 0.71


def test_maps_that_agree_are_reliable_and_background_does_not_count(rng):
    one = np.zeros((6, 6, 6))
    one[2:4] = rng.normal(size=(2, 6, 6))
    assert map_reliability([one, one]) == pytest.approx(1)
    noise = np.where(one, rng.normal(size=one.shape), 0)
    assert abs(map_reliability([one, noise])) < 0.4  # 72 voxels: 1 / sqrt(72) = 0.12
    assert np.isnan(map_reliability([np.zeros(3), np.zeros(3)]))


def test_an_intraclass_correlation_needs_two_of_each():
    with pytest.raises(ValueError, match="got 3 and 1"):
        intraclass_correlation(np.ones((3, 1)))


def test_the_share_of_a_map_in_a_region_is_counted_by_hand():
    image = np.zeros((2, 2, 2))
    image[0, 0, 0], image[0, 0, 1], image[1, 1, 1] = -3, 1, 100
    mask = np.ones((2, 2, 2), bool)
    mask[1, 1, 1] = False
    region = np.zeros_like(mask)
    region[0, 0, 0] = region[1, 1, 1] = True
    assert mass_share(image, region, mask) == pytest.approx(3 / 4)
    of_two = np.stack([image, np.ones((2, 2, 2))], axis=-1)
    assert mass_share(of_two, region, mask) == pytest.approx((3 + 1) / (4 + 7))


def test_a_map_that_is_the_same_everywhere_is_as_good_as_chance():
    mask, region = np.ones((4, 4, 4), bool), np.zeros((4, 4, 4), bool)
    region[:2, :2, :2] = True
    share = mass_share(np.ones(mask.shape), region, mask)
    found = localise([share] * 3, ["a", "b", "c"], 8 / 64, seed=1)
    assert [found[k] for k in ("ratio", "ci_low", "ci_high")] == [1.0, 1.0, 1.0]


def test_participants_are_drawn_with_their_sessions():
    found = localise([0.2, 0.2, 0.5, np.nan], ["a", "a", "b", "c"], 0.1, seed=1)
    assert found["ratio"] == pytest.approx(3) and found["sessions"] == 3
    assert found["ci_low"] == pytest.approx(2) and found["ci_high"] == pytest.approx(5)


def test_a_region_that_is_empty_is_an_error():
    with pytest.raises(ValueError, match="fills 0 of the mask"):
        localise([0.1], ["a"], 0.0, seed=1)


def small_network(name="vbd"):
    if name == "voxnet":
        return build(
            SHAPE,
            2,
            name,
            filters=[3, 3],
            dense=[4],
            shrink=1,
            batch_normalisation=True,
        )
    return build(SHAPE, 2, name, filters=[3, 3], pool_after=[1], dense=[4])


def trained(model):
    """Give all weights, moving averages of batches too, values no initialiser has."""
    model.set_weights([w + 5 for w in model.get_weights()])
    return model


def test_layers_lose_their_weights_from_the_logit_to_the_input():
    model = trained(small_network("voxnet"))
    before = {layer.name: layer.get_weights() for layer in model.layers}
    names = [layer.name for layer in model.layers if layer.weights][::-1]
    lost = []
    for name, network in cascade(model, seed=1):
        lost.append(name)
        for layer in network.layers:
            for new, old in zip(layer.get_weights(), before[layer.name], strict=True):
                assert np.array_equal(new, old) != (layer.name in lost)
    assert lost == names and names[0] == "logit"
    assert any("batch_normalization" in name for name in names)
    for layer in model.layers:
        for new, old in zip(layer.get_weights(), before[layer.name], strict=True):
            np.testing.assert_array_equal(new, old)


def test_the_same_seed_gives_the_same_random_weights():
    model = trained(small_network())
    kernels = [
        [network.get_weights()[0].copy() for _, network in cascade(model, seed)][-1]
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


@pytest.fixture(scope="module")
def study():
    """Tensors of ten people, five with higher diffusion in a corner, and a network."""
    rng, n = np.random.default_rng(1), np.prod(SHAPE)
    features, labels = [], [0, 1] * 5
    inside = np.hypot(*np.meshgrid(*[np.linspace(-1, 1, 16)] * 2))[..., None] < 0.9
    inside = np.broadcast_to(inside, SHAPE).copy()
    for label in labels:
        mu = rng.normal(1e-3, 1e-4, SHAPE)
        mu[4:8, 4:8, 4:8] *= 1 + 0.5 * label
        mu, turns = mu.ravel(), np.linalg.qr(rng.normal(size=(n, 3, 3)))[0]
        sigma = mu * rng.uniform(0.2, 0.8, n)
        tensor = tensor_from_invariants(mu, sigma, rng.uniform(0.2, 0.8, n), turns)
        features.append((tensor * inside.reshape(-1, 1)).reshape(*SHAPE, 6))
    features = [np.float32(feature) for feature in features]
    network = {"name": "vbd", "filters": [4, 4], "pool_after": [1], "dense": [8]}
    training = {"learning_rate": 1e-3, "decay": 1.0, "decay_every": 50}
    training |= {"epochs": 15, "batch_size": 2}
    model, scaling, _ = train(features[2:], labels[2:], network, training, seed=1)
    return model, scaling, features


def checked(study, explain, **more):
    model, scaling, features = study
    rows = check_network(model, scaling, features[:2], explain, seed=1, **more)
    return pd.DataFrame(rows).assign(repeat=1, fold=1)


def edges_of_the_image(model, feature, scaling):
    """Return a map that any network has: the edges of mean diffusivity."""
    md = feature[..., [0, 3, 5]].mean(-1)
    return {"edges": np.hypot(*np.gradient(md)[:2])}, md > 0


def test_a_map_that_ignores_the_weights_is_labelled_so(study):
    judged = judge(checked(study, edges_of_the_image))
    assert judged["verdict"] == "unchanged" and judged["comparisons"] == 2
    assert judged["random"] == pytest.approx({"ssim": 1, "rank": 1, "rank_abs": 1})
    assert "does not change when the weights are random" in sentence("edges", judged)


def test_the_gradient_of_a_trained_network_is_not(study):
    table = checked(study, EXPLAINED["tensor"])
    judged = judge(table[table["map"] == "MD"])
    assert judged["verdict"] == "changes"
    assert judged["random"]["rank"] < UNCHANGED / 2
    assert list(table["layer"].unique())[0] == "logit"


def test_layers_that_a_map_does_not_depend_on_are_named(study):
    def first_weights(model, feature, scaling):
        weights = model.layers[1].get_weights()[0].ravel()
        return {"kernel": weights[:64].reshape(4, 4, 4)}, np.ones((4, 4, 4), bool)

    judged = judge(checked(study, first_weights))
    names = [layer.name for layer in study[0].layers if layer.weights]
    assert judged["blind_to"] == names[:0:-1]  # all but the first
    assert f"in the layers logit, {names[-2]}" in sentence("kernel", judged)


def test_a_network_of_permuted_labels_is_compared_beside(study):
    model, scaling, _ = study
    table = checked(study, EXPLAINED["tensor"], permuted=(model, scaling))
    same = table[table["layer"] == PERMUTED]
    assert len(same) == 2 * 4
    np.testing.assert_allclose(same[["ssim", "rank", "rank_abs"]], 1, atol=1e-6)
    judged = judge(table[table["map"] == "FA"])
    assert judged["permuted"]["rank"] == pytest.approx(1)


def test_a_map_that_is_empty_is_not_judged(study):
    def nothing(model, feature, scaling):
        return {"cam": np.zeros(SHAPE)}, np.ones(SHAPE, bool)

    judged = judge(checked(study, nothing))
    assert judged["verdict"] == "undefined" and judged["comparisons"] == 0
    assert sentence("cam", judged).endswith("the same everywhere.")


def test_sessions_are_spread_over_those_held_out():
    assert spread(10, 4) == [0, 3, 6, 9]
    assert spread(2, 4) == [0, 1]
    assert spread(5, 1) == [0]


def test_maps_of_components_and_volumes_are_images_in_the_brain(rng):
    from scan2map.features import MaskedFeature

    brain = rng.random(SHAPE) < 0.6
    feature = MaskedFeature(np.float16(rng.normal(size=(2, brain.sum()))), brain)
    scaling = {"mean": [0.0, 0.0], "sd": [1.0, 1.0]}
    keras.utils.set_random_seed(1)
    for kind, n in (("ica", 2), ("bold", 1)):
        maps, mask = EXPLAINED[kind](small_network(), feature, scaling)
        (image,) = maps.values()
        assert image.shape == (n, *SHAPE) and image.any()
        assert not image[:, ~brain].any() and (mask == brain).all()


def test_reliability_is_that_of_networks_that_had_not_seen_the_session(rng):
    one, other = rng.normal(size=(2, 3, 50))
    stacks = [one[[0, 1]], other[[1, 0]], other[[2]]]
    tables = [
        {"subjects": subjects, "sessions": ["1"] * len(subjects)}
        for subjects in (["a", "b"], ["b", "a"], ["c"])
    ]
    stacks = [stack[:, None] for stack in stacks]  # one kind of map
    found = summarise_reliability(stacks, tables, [("a", "1"), ("b", "1")], 0)
    by_hand = [map_reliability([one[i], other[i]]) for i in (0, 1)]
    assert found == {"icc_2_1": np.median(by_hand), "networks": 2, "sessions": 2}
    assert summarise_reliability([], [], [("a", "1")], 0) is None


def test_regions_of_networks_are_their_cores(tmp_path):
    image = np.zeros((4, 4, 4, 2))
    image[0, 0, :, 1] = [0.1, 0.3, 0.6, 0.5]
    write_image(image, np.eye(4), tmp_path / "n.nii.gz", {"Volumes": ["a", "b"]})
    paths = [str(tmp_path / name) for name in ("n.nii.gz", "n.json")]
    (region,) = planted_regions(paths, ["b"]).values()
    assert region.sum() == 3 and not region[0, 0, 0]


def test_maps_of_tissue_are_those_of_stage_7(rng):
    feature = np.float32(rng.random((*SHAPE, 1)) * (rng.random((*SHAPE, 1)) < 0.7))
    network = {"name": "ng2018", "filters": [3, 3, 2], "dense": [4]}
    maps, mask = EXPLAINED["tissue"](
        build(SHAPE, 1, **network), feature, {"mean": [0.5], "sd": [0.3]}
    )
    assert list(maps) == ["cam", "gradcam", "gradient"]
    assert all(image.shape == SHAPE for image in maps.values())
    assert (mask == (feature[..., 0] > 0)).all()
