"""The network of Ng et al. (2018)."""

import numpy as np
import pytest

from scan2map import networks
from scan2map.networks.pooling import check_network
from scan2map.training import predict_logits, train

keras = pytest.importorskip("keras")

PAPER = (121, 145, 121)


def test_at_the_papers_size_it_has_the_parameters_that_its_layers_count():
    model = networks.build(PAPER, 1, "ng2018")
    convolutions = 27 * 20 + 20 + 27 * 20 * 10 + 10 + 27 * 10 * 5 + 5
    flat = (121 // 4) * (145 // 4) * (121 // 4) * 5
    dense = flat * 300 + 300 + 300 * 100 + 100 + 100 + 1
    assert networks.describe(model)["parameters"] == convolutions + dense == 48_637_826
    assert model.output_shape == (None, 1)


def test_three_convolutions_of_which_the_last_two_are_pooled():
    model = networks.build((16, 20, 16), 1, "ng2018")
    kinds = [type(layer).__name__ for layer in model.layers]
    kinds = [kind for kind in kinds if kind in ("Conv3D", "MaxPooling3D")]
    assert kinds == ["Conv3D", "Conv3D", "MaxPooling3D", "Conv3D", "MaxPooling3D"]
    found = [one for one in model.layers if isinstance(one, keras.layers.Conv3D)]
    assert [one.filters for one in found] == [20, 10, 5]
    assert {one.kernel_size for one in found} == {(3, 3, 3)}
    assert found[-1].output.shape == (None, 8, 10, 8, 5)


def test_weights_are_drawn_as_glorot_and_bengio_draw_them():
    keras.utils.set_random_seed(1)
    kernel = networks.build((8, 8, 8), 1, "ng2018").layers[2].get_weights()[0]
    highest = np.sqrt(6 / (27 * 20 + 27 * 10))  # fan in and fan out
    assert 0.95 * highest < np.abs(kernel).max() <= highest


def test_the_same_seed_draws_the_same_weights():
    drawn = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        drawn.append(networks.build((8, 8, 8), 1, "ng2018", dense=[3]).get_weights())
    assert all(map(np.array_equal, drawn[0], drawn[1]))
    assert not np.array_equal(drawn[0][0], drawn[2][0])


def test_a_grid_that_cannot_be_halved_twice_is_refused_in_the_plan():
    asked = {"name": "ng2018", "filters": [20, 10, 5], "pool_after": [2, 3]}
    check_network((4, 4, 4), asked)
    with pytest.raises(ValueError, match="cannot be halved 2 times"):
        check_network((3, 8, 8), asked)


def test_it_learns_where_one_group_has_less_of_a_tissue(rng):
    maps = rng.uniform(0.5, 1.0, (24, 12, 12, 12, 1)).astype(np.float32)
    labels = [i % 2 for i in range(24)]
    maps[1::2, 3:8, 3:8, 3:8] *= 0.7
    training = {"learning_rate": 1e-3, "decay": 1.0, "decay_every": 1}
    training |= {"epochs": 15, "batch_size": 2}
    network = {"name": "ng2018", "dense": [16]}
    model, scaling, _ = train(maps[:16], labels[:16], network, training, seed=1)
    logits = predict_logits(model, scaling, maps[16:])
    assert ((logits > 0) == np.array(labels[16:], bool)).all()
