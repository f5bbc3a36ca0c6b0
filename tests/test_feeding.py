"""Sessions are averaged, and kept in memory, before a network gets them."""

import numpy as np
import pytest

from scan2map.features import MaskedFeature, fit_scaling, scale, shrink

keras = pytest.importorskip("keras")
from scan2map import networks  # noqa: E402
from scan2map.feeding import NO_AUGMENTATION, Feeder, Memory  # noqa: E402

NETWORK = {"name": "voxnet", "filters": [2, 2], "dense": [3], "shrink": 3}
SHAPE = (25, 26, 27)


@pytest.mark.parametrize("edge", [2, 3, 4, 5])
def test_shrinking_is_the_networks_average_pooling(rng, edge):
    image = rng.normal(size=(9, 10, 11, 2)).astype(np.float32)
    pool = keras.layers.AveragePooling3D(edge, padding="same")
    expected = keras.ops.convert_to_numpy(pool(image[None]))[0]
    np.testing.assert_allclose(shrink(image, edge), expected, rtol=1e-5, atol=1e-6)


def test_what_is_fed_gives_the_logit_of_the_whole_image(rng):
    mask = rng.random(SHAPE) < 0.4
    values = rng.normal(3, 2, size=(2, mask.sum())).astype(np.float16)
    feature = MaskedFeature(values, mask)
    scaling = fit_scaling([feature])
    model = networks.build(SHAPE, 2, **NETWORK)
    fed, edge = networks.after_shrinking(model)
    feeder = Feeder([feature], [1], scaling, 1, NO_AUGMENTATION, 0, edge=edge)
    shown = feeder[0][0]
    assert shown.shape == (1, 9, 9, 9, 2)
    whole = model(scale(feature, scaling)[None])
    np.testing.assert_allclose(fed(shown), whole, rtol=1e-4)  # float32


def test_both_parts_of_a_network_have_the_same_weights():
    model = networks.build(SHAPE, 2, **NETWORK)
    fed, _ = networks.after_shrinking(model)
    assert [id(v) for v in fed.variables] == [id(v) for v in model.variables]


def test_networks_that_average_nothing_are_fed_whole_images():
    for network in ({"name": "vbd", "pool_after": [1]}, NETWORK | {"shrink": 1}):
        model = networks.build((16, 16, 16), 2, **network)
        assert networks.after_shrinking(model) == (model, 1)


def test_sessions_are_kept_as_far_as_memory_reaches(rng):
    features = rng.normal(size=(5, 4, 4, 4, 2)).astype(np.float32)
    memory = Memory(mb=2.5 * features[0].nbytes / 2**20)
    feeder = Feeder(
        features, [0] * 5, fit_scaling(features), 5, NO_AUGMENTATION, 0, memory=memory
    )
    first, again = feeder[0][0], feeder[0][0]
    assert len(memory.kept) == 2
    np.testing.assert_array_equal(first, again)
    kept = next(iter(memory.kept.values()))
    assert kept is feeder.session(next(iter(memory.kept))[1])


def test_sessions_that_are_augmented_are_not_kept(rng):
    features = rng.normal(size=(2, 4, 4, 4, 6)).astype(np.float32)
    augmentation = NO_AUGMENTATION | {"flip": "both"}
    memory = Memory()
    feeder = Feeder(
        features, [0, 1], fit_scaling(features), 2, augmentation, 0, memory=memory
    )
    assert len(feeder[0][0]) == 2 and not memory.kept
