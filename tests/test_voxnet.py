"""VoxNet."""

import numpy as np
import pytest

from scan2map import networks
from scan2map.networks.pooling import check_network

keras = pytest.importorskip("keras")


def kinds(model, kind):
    return [layer for layer in model.layers if isinstance(layer, kind)]


def test_parameters_are_near_the_papers_at_two_millimetres():
    model = networks.build((91, 109, 91), 30, "voxnet")
    convolutions = (125 * 30 * 32 + 32) + (27 * 32 * 32 + 32)
    normalised, dense = 2 * 2 * 32, 6 * 8 * 6 * 32 * 128 + 128
    expected = convolutions + normalised + dense + 128 + 1
    assert networks.describe(model)["parameters"] == expected == 1_327_745


def test_layers_are_voxnets_with_normalisation():
    model = networks.build((32, 32, 32), 2, "voxnet", shrink=1)
    shapes = [layer.output.shape[1:4] for layer in kinds(model, keras.layers.Conv3D)]
    assert shapes == [(14, 14, 14), (12, 12, 12)]
    assert kinds(model, keras.layers.MaxPooling3D)[0].output.shape[1:4] == (6, 6, 6)
    assert len(kinds(model, keras.layers.BatchNormalization)) == 2
    assert model.get_layer("logit").activation is keras.activations.linear


def test_leaky_rectifier_has_voxnets_slope_and_other_names_are_kerass():
    leaky = networks.build((12, 12, 12), 1, "voxnet", shrink=1)
    assert {a.negative_slope for a in kinds(leaky, keras.layers.LeakyReLU)} == {0.1}
    elu = networks.build((12, 12, 12), 1, "voxnet", shrink=1, activation="elu")
    names = {a.activation.__name__ for a in kinds(elu, keras.layers.Activation)}
    assert names == {"elu"}


def test_configuration_sets_filters_units_dropout_and_normalisation():
    settings = {"filters": [2, 3], "dense": [4, 5], "dropout": 0.5}
    settings |= {"batch_normalisation": False, "shrink": 2}
    model = networks.build((20, 20, 20), 3, "voxnet", **settings)
    assert [c.filters for c in kinds(model, keras.layers.Conv3D)] == [2, 3]
    assert [d.units for d in kinds(model, keras.layers.Dense)] == [4, 5, 1]
    assert [d.rate for d in kinds(model, keras.layers.Dropout)] == [0.5] * 3
    assert not kinds(model, keras.layers.BatchNormalization)


@pytest.mark.parametrize("corner", [0, -1])
def test_shrinking_skips_no_voxel(corner):
    model = networks.build((25, 26, 27), 1, "voxnet", shrink=3)
    image = np.zeros((1, 25, 26, 27, 1), np.float32)
    image[0, corner, corner, corner] = 1
    shrunken = keras.ops.convert_to_numpy(model.layers[1](image))
    assert shrunken.shape[1:4] == (9, 9, 9) and shrunken[0, corner, corner, corner] > 0


@pytest.mark.parametrize(
    ("shape", "filters", "shrink", "fits"),
    [
        ((9, 9, 9), [2, 2], 1, True),
        ((9, 8, 9), [2, 2], 1, False),
        ((25, 26, 27), [2, 2], 3, True),
        ((24, 26, 27), [2, 2], 3, False),
        ((13, 13, 13), [2, 2, 2], 1, True),
    ],
)
def test_check_knows_which_grids_are_too_small(shape, filters, shrink, fits):
    network = {"name": "voxnet", "filters": filters, "shrink": shrink}
    if fits:
        check_network(shape, network)
        assert networks.build(shape, 1, **network).output_shape == (None, 1)
    else:
        with pytest.raises(ValueError, match="lower shrink or enlarge the grid"):
            check_network(shape, network)
