"""Activation maps of a session, through networks whose answer is known."""

import json

import numpy as np
import pytest
from test_sensitivity_maps import printed_under

keras = pytest.importorskip("keras")

from scan2map import networks  # noqa: E402
from scan2map.networks.geometry import last_activation  # noqa: E402
from scan2map.sensitivity.activation import (  # noqa: E402
    activation_maps,
    class_invariant_cam,
    grad_cam,
    normalise,
)
from scan2map.sensitivity.activation_kinds import KINDS, sidecar  # noqa: E402
from scan2map.sensitivity.gradients import layer_gradient, logit_gradient  # noqa: E402

SHAPE = (12, 13, 12)
SMALL = {"name": "vbd", "filters": [3, 4], "pool_after": [1], "dense": [5]}


@pytest.fixture
def model():
    keras.utils.set_random_seed(1)
    return networks.build(SHAPE, 1, **SMALL, activation="elu", dropout=0.5)


@pytest.fixture
def scaled(rng):
    return rng.normal(size=(*SHAPE, 1)).astype(np.float32)


def test_the_gradient_by_a_layer_is_that_of_finite_differences(model, scaled, rng):
    from scan2map.sensitivity.differences import in_double_precision

    double = in_double_precision(model)
    layer = last_activation(double)
    outputs, gradient, logits = layer_gradient(double, layer, scaled[None])
    rest = keras.Model(layer.output, double.output)
    for _ in range(5):
        cell = tuple(rng.integers(size) for size in outputs.shape)
        moved = np.stack([outputs[0], outputs[0]])
        moved[:, *cell[1:]] += np.array([-1e-5, 1e-5])
        low, high = keras.ops.convert_to_numpy(rest(moved))[:, 0]
        # Float64 leaves ten digits of a logit, and five of its difference.
        assert (high - low) / 2e-5 == pytest.approx(gradient[cell], rel=1e-4)
    assert logits == pytest.approx(keras.ops.convert_to_numpy(double(scaled[None]))[0])


def test_layers_compute_as_in_inference(scaled):
    keras.utils.set_random_seed(1)
    shape = (28, 28, 28)
    model = networks.build(shape, 1, "voxnet", filters=[2, 2], dropout=0.5)
    scaled = np.resize(scaled, (*shape, 1))
    before = [keras.ops.convert_to_numpy(v) for v in model.variables]
    first, again = (activation_maps(model, scaled) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    for kept, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(kept, keras.ops.convert_to_numpy(variable))


def test_maps_are_those_of_the_kinds_asked_for_in_their_order(model, scaled):
    stack = activation_maps(model, scaled)
    assert stack.shape == (3, *SHAPE) and stack.dtype == np.float32
    other = activation_maps(model, scaled, ["gradient", "cam"])
    np.testing.assert_array_equal(other, stack[[2, 0]])
    gradient, _ = logit_gradient(model, scaled[None])
    np.testing.assert_array_equal(stack[2], gradient[0, ..., 0])


def test_cam_runs_from_0_to_1(model, scaled):
    (cam,) = activation_maps(model, scaled, ["cam"])
    assert cam.min() == 0 and cam.max() == 1


def test_a_saved_network_gives_the_same_maps(model, scaled, tmp_path):
    networks.save(model, tmp_path / "model.keras")
    loaded = networks.load(tmp_path / "model.keras")
    expected = activation_maps(model, scaled)
    np.testing.assert_allclose(
        activation_maps(loaded, scaled), expected, rtol=1e-4, atol=1e-6
    )  # float32, sums in another order


def test_cam_is_the_sum_over_channels_and_blind_to_the_logit(model, scaled):
    cam = activation_maps(model, scaled, ["cam"])
    logit = model.get_layer("logit")
    logit.set_weights([-weights for weights in logit.get_weights()])
    np.testing.assert_array_equal(activation_maps(model, scaled, ["cam"]), cam)
    activations = np.arange(24.0).reshape(2, 2, 2, 3)
    np.testing.assert_array_equal(class_invariant_cam(activations), activations.sum(-1))


def test_grad_cam_weighs_channels_and_holds_both_groups():
    activations = np.zeros((2, 2, 2, 2))
    activations[0, 0, 0], activations[1, 1, 1] = (1, 0), (0, 1)
    gradient = np.broadcast_to([3.0, -2.0], (2, 2, 2, 2))
    found = grad_cam(activations, gradient)
    assert found[0, 0, 0] == 3 and found[1, 1, 1] == -2
    assert np.count_nonzero(found) == 2
    np.testing.assert_array_equal(grad_cam(activations, -gradient), -found)


def test_grad_cam_of_a_network_blind_to_place_adds_up_to_its_logit(rng):
    keras.utils.set_random_seed(2)
    layers = [
        keras.Input((6, 6, 6, 1)),
        keras.layers.Conv3D(3, 3, activation="softplus", padding="same"),
        keras.layers.GlobalAveragePooling3D(),
        keras.layers.Dense(1, kernel_initializer="ones"),
    ]
    model, image = keras.Sequential(layers), rng.normal(size=(6, 6, 6, 1))
    found = activation_maps(model, image, ["gradcam"])
    logit = keras.ops.convert_to_numpy(model(image[None])).item()
    assert found.sum() == pytest.approx(logit, rel=1e-5)  # float32


def test_an_image_that_is_the_same_everywhere_is_normalised_to_0():
    assert not normalise(np.full((2, 2, 2), 3.0)).any()


def test_the_gradient_of_several_channels_is_refused_and_their_cam_is_not(rng):
    model = networks.build(SHAPE, 2, **SMALL)
    scaled = rng.normal(size=(*SHAPE, 2))
    assert activation_maps(model, scaled, ["cam", "gradcam"]).shape == (2, *SHAPE)
    with pytest.raises(ValueError, match="2 channels"):
        activation_maps(model, scaled, ["gradient"])


def test_an_unknown_kind_is_refused(model, scaled):
    with pytest.raises(ValueError, match="known are cam, gradcam, gradient"):
        activation_maps(model, scaled, ["cam", "saliency"])


def test_a_map_that_is_not_finite_is_an_error(model, scaled):
    scaled[:] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        activation_maps(model, scaled)


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_beside_a_map_says_what_it_is(kind):
    said = sidecar(kind, 3)
    assert said["Repeats"] == 3 and said["Units"] and said["Normalisation"]
    assert json.dumps(said)


BEHIND_A_LAYER = """
import json, keras, numpy as np
from scan2map.sensitivity.gradients import layer_gradient
layers = [keras.layers.Conv2D(3, 3, activation="tanh", kernel_initializer="ones"),
          keras.layers.Flatten(), keras.layers.Dense(1, kernel_initializer="ones")]
model = keras.Sequential([keras.Input((4, 5, 2)), *layers])
images = np.linspace(-1, 1, 80).reshape(2, 4, 5, 2) ** 3 / 10
outputs, gradient, logits = layer_gradient(model, model.layers[0], images)
print(json.dumps([outputs.tolist(), gradient.tolist(), logits.tolist()]))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_each_backend_gives_the_gradient_behind_a_layer(backend):
    outputs, gradient, logits = printed_under(backend, BEHIND_A_LAYER)
    np.testing.assert_allclose(gradient, np.ones((2, 2, 3, 3)))
    np.testing.assert_allclose(logits, outputs.sum((1, 2, 3)), rtol=1e-5)  # float32
