"""Sensitivity maps of a session, through networks and without."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from scan2map.sensitivity import (
    average_over_repeats,
    session_sensitivity,
    tensor_from_invariants,
)

SHAPE = (8, 9, 8)
SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def tensor(rng):
    n = np.prod(SHAPE)
    mu, turns = rng.uniform(0.5e-3, 1.5e-3, n), rng.normal(size=(n, 3, 3))
    theta, turns = rng.uniform(0.1, 0.9, n), np.linalg.qr(turns)[0]
    image = tensor_from_invariants(mu, mu * rng.uniform(0.1, 0.9, n), theta, turns)
    return (image * (rng.random(n) < 0.7)[:, None]).reshape(*SHAPE, 6)


def scaled(tensor, sd):
    return np.where(tensor.any(-1)[..., None], (tensor - 1e-4) / sd, 0)


def test_a_linear_network_has_its_weights_as_sensitivity_to_md(tensor):
    sd, weights = np.full(6, 2e-4), np.array([3.0, 1, 1, 4, 1, 5])

    def differentiate(images):
        return np.broadcast_to(weights, images.shape), np.array([7.0])

    maps, report = session_sensitivity(tensor, scaled(tensor, sd), sd, differentiate)
    mask = tensor.any(-1)
    np.testing.assert_allclose(maps[0][mask], 12 / 2e-4, rtol=1e-6)  # float32
    assert not maps[:, ~mask].any()
    assert report["logit"] == 7 and report["voxels"] == mask.sum()


def test_undefined_voxels_are_zero_and_counted(tensor):
    isotropic = tuple(np.argwhere(tensor.any(-1))[:5].T)
    tensor[isotropic] = [1e-3, 0, 0, 1e-3, 0, 1e-3]

    def differentiate(images):
        return np.ones_like(images), np.zeros(1)

    maps, report = session_sensitivity(tensor, tensor, np.ones(6), differentiate)
    assert report["undefined"] == {"MD": 0, "A": 5, "FA": 5, "planarity": 5}
    assert maps[0][isotropic].all() and not maps[1:, *isotropic].any()


def test_a_gradient_that_is_not_finite_is_an_error(tensor):
    def differentiate(images):
        return np.full_like(images, np.nan), np.zeros(1)

    with pytest.raises(ValueError, match="not finite"):
        session_sensitivity(tensor, tensor, np.ones(6), differentiate)


@pytest.mark.parametrize("shape", [(4, 4, 4), (4, 4, 4, 3)])
def test_anything_but_a_tensor_image_is_an_error(shape):
    with pytest.raises(ValueError, match=r"\(x, y, z, 6\)"):
        session_sensitivity(np.ones(shape), np.ones(shape), np.ones(6), None)


def test_an_empty_image_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        session_sensitivity(np.zeros((4, 4, 4, 6)), None, np.ones(6), None)


def test_average_over_repeats_is_the_mean_and_is_mirrored_back(rng):
    stacks = rng.normal(size=(3, 4, 5, 6, 7)).astype(np.float32)
    mean = average_over_repeats(list(stacks))
    np.testing.assert_allclose(mean, stacks.mean(0), atol=1e-6)  # float32
    back = average_over_repeats(list(stacks), mirrored=True)
    np.testing.assert_array_equal(back, mean[:, ::-1])


def test_a_session_without_repeats_is_an_error():
    with pytest.raises(ValueError, match="no repeat"):
        average_over_repeats([])


def small_network(output=None, units=1):
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.Input((*SHAPE, 6))]
    for number in range(8):
        layers.append(keras.layers.Conv3D(4, 3, padding="same", activation="relu"))
        if number == 3:
            layers.append(keras.layers.MaxPooling3D(2))
    layers += [keras.layers.Flatten(), keras.layers.Dense(8, "relu")]
    return keras.Sequential([*layers, keras.layers.Dense(units, output)])


def logits_of(model, images):
    """Predict in the precision of the model, whatever Keras computes with."""
    import keras

    inputs = keras.ops.convert_to_tensor(images, dtype=model.inputs[0].dtype)
    return keras.ops.convert_to_numpy(model(inputs))


def test_sensitivities_are_those_of_finite_differences_through_a_network(tensor, rng):
    from scan2map.sensitivity.differences import (
        in_double_precision,
        sensitivity_differences,
    )
    from scan2map.sensitivity.gradients import logit_gradient

    model, sd = in_double_precision(small_network()), np.full(6, 2e-4)
    maps, _ = session_sensitivity(
        tensor, scaled(tensor, sd), sd, lambda images: logit_gradient(model, images)
    )
    voxels = rng.choice(np.argwhere(tensor.any(-1)), 8, replace=False)
    numeric = sensitivity_differences(
        lambda image: logits_of(model, scaled(image, sd)[None]).item(), tensor, voxels
    )
    # Three digits asked for; float64 gives more unless a ReLU switches in the step.
    np.testing.assert_allclose(maps[:, *voxels.T], numeric, rtol=1e-4)


def test_double_precision_leaves_the_function_as_it_is(tensor):
    from scan2map.sensitivity.differences import in_double_precision

    model = small_network()
    image = scaled(tensor, 2e-4)[None]
    single, double = (logits_of(m, image) for m in (model, in_double_precision(model)))
    assert double.dtype == np.float64
    np.testing.assert_allclose(double, single, rtol=1e-4)  # float32 through 9 layers


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [({"output": "sigmoid"}, "ends in sigmoid"), ({"units": 2}, "one logit")],
)
def test_a_network_without_one_linear_output_is_an_error(kind, sentence):
    from scan2map.sensitivity.gradients import logit_gradient

    with pytest.raises(ValueError, match=sentence):
        logit_gradient(small_network(**kind), np.zeros((1, *SHAPE, 6)))


OTHER_BACKEND = """
import json, keras, numpy as np
from scan2map.sensitivity.gradients import logit_gradient
layers = [keras.layers.Conv2D(3, 3, activation="tanh", kernel_initializer="ones"),
          keras.layers.Flatten(), keras.layers.Dense(1, kernel_initializer="ones")]
model = keras.Sequential([keras.Input((4, 5, 2)), *layers])
images = np.linspace(-1, 1, 80).reshape(2, 4, 5, 2) ** 3 / 10
gradient, logits = logit_gradient(model, images)
print(json.dumps([gradient.tolist(), logits.tolist()]))
"""


def printed_under(backend, program):
    """Return the arrays that a program prints with a backend of Keras."""
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(SCRIPTS)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    return map(np.array, json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_each_backend_gives_the_gradient_of_each_image_alone(backend):
    gradient, logits = printed_under(backend, OTHER_BACKEND)
    images = np.linspace(-1, 1, 80).reshape(2, 4, 5, 2) ** 3 / 10
    windows = np.lib.stride_tricks.sliding_window_view(images.sum(-1), (3, 3), (1, 2))
    sums = windows.sum((-2, -1))  # one filter of ones, three times over
    np.testing.assert_allclose(logits, 3 * np.tanh(sums).sum((1, 2)), rtol=1e-4)
    expected = np.zeros((2, 4, 5))
    for i, j in np.ndindex(2, 3):
        slope = 3 / np.cosh(sums[:, i, j]) ** 2
        expected[:, i : i + 3, j : j + 3] += slope[:, None, None]
    np.testing.assert_allclose(gradient[..., 0], expected, rtol=1e-4)  # float32
