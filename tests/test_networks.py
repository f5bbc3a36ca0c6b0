"""Networks from configuration."""

from zipfile import ZipFile

import pytest

from scan2map import networks
from scan2map.networks.pooling import first_dense_weights

keras = pytest.importorskip("keras")


def kinds(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_default_is_eight_convolutions_and_two_dense_layers():
    model = networks.build((16, 16, 16), 6, "vbd")
    assert len(kinds(model, keras.layers.Conv3D)) == 8
    assert len(kinds(model, keras.layers.Dense)) == 2
    assert model.output_shape == (None, 1)


def test_logit_is_linear_and_weights_are_penalised():
    model = networks.build((16, 16, 16), 6, "vbd", l2=0.02)
    assert model.get_layer("logit").activation is keras.activations.linear
    weighted = kinds(model, (keras.layers.Conv3D, keras.layers.Dense))
    assert all(float(w.kernel_regularizer.l2) == 0.02 for w in weighted)


def test_configuration_sets_filters_kernels_and_pooling():
    model = networks.build(
        (8, 8, 8), 6, "vbd", filters=[2, 4], kernel=5, pool_after=[1], dense=[3]
    )
    convolutions = kinds(model, keras.layers.Conv3D)
    assert [c.filters for c in convolutions] == [2, 4]
    assert convolutions[0].kernel_size == (5, 5, 5)
    assert convolutions[1].output.shape == (None, 4, 4, 4, 4)


@pytest.mark.parametrize("pooling", ["max", "average"])
def test_pooling_is_the_configured_one(pooling):
    model = networks.build((8, 8, 8), 6, "vbd", pool_after=[1, 2], pooling=pooling)
    kind = {"max": "MaxPooling3D", "average": "AveragePooling3D"}[pooling]
    assert len(kinds(model, getattr(keras.layers, kind))) == 2


def test_description_counts_parameters():
    model = networks.build((8, 8, 8), 6, "vbd", filters=[2], pool_after=[1], dense=[3])
    description = networks.describe(model)
    convolution, hidden, logit = 27 * 6 * 2 + 2, 4**3 * 2 * 3 + 3, 3 + 1
    assert description["parameters"] == convolution + hidden + logit
    assert description["input_shape"] == [8, 8, 8, 6]


def test_the_same_network_is_the_same_bytes(tmp_path):
    kept = []  # so that layers of the second network lie elsewhere in memory
    for name in ("first.keras", "second.keras"):
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        kept.append(networks.build((8, 8, 8), 6, "vbd", filters=[2], pool_after=[1]))
        networks.save(kept[-1], tmp_path / name)
    first, second = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert first == second and b"date_saved" not in first
    with ZipFile(tmp_path / name) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "vdb"}, "'vdb' is unknown"),
        ({"name": "vbd", "pool_after": [9]}, "after convolutions \\[9\\]"),
        ({"name": "vbd", "pool_after": [1, 2, 3, 4, 5]}, "cannot be halved 5 times"),
    ],
)
def test_impossible_networks_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        networks.build((16, 16, 16), 6, **settings)


@pytest.mark.parametrize(
    "network",
    [
        {"name": "vbd", "filters": [2, 3], "pool_after": [1, 2], "dense": [4]},
        {"name": "voxnet", "filters": [2, 3], "dense": [5], "shrink": 2},
        {"name": "ng2018", "filters": [2, 3, 2], "pool_after": [3], "dense": [6, 2]},
    ],
    ids=lambda network: network["name"],
)
def test_weights_of_the_first_dense_layer_are_known_before_it_is_built(network):
    shape = (21, 26, 23)
    first = kinds(networks.build(shape, 1, **network), keras.layers.Dense)[0]
    assert first_dense_weights(shape, network) == first.count_params() - first.units
