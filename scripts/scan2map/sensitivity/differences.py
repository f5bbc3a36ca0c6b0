"""Check analytic sensitivities against finite differences through a network."""

import keras
import numpy as np

from scan2map.sensitivity.tensor_invariants import (
    METRICS,
    tensor_from_invariants,
    tensor_invariants,
)

RELATIVE_STEP = 1e-6
"""Step of a central difference: small enough that hardly any ReLU switches within
it, large enough that float64 leaves nine digits."""


class Pool(keras.layers.Layer):
    """Maximum over blocks of 2×2×2 voxels, in any precision.

    The same function as `keras.layers.MaxPooling3D`, which TensorFlow computes in
    float32 only. Not by `keras.ops.maximum`: with JAX and PyTorch, Keras rounds the
    results of operations on two arrays to float32.
    """

    def call(self, x):
        x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2, : x.shape[3] // 2 * 2]
        for axis in (1, 2, 3):
            before, after = x.shape[1:axis], x.shape[axis + 1 :]
            pairs = (-1, *before, x.shape[axis] // 2, 2, *after)
            x = keras.ops.max(keras.ops.reshape(x, pairs), axis=axis + 1)
        return x

    def compute_output_shape(self, shape):
        return (shape[0], *(n // 2 for n in shape[1:4]), shape[4])


class Dense(keras.layers.Dense):
    """A dense layer in any precision: the product is the arrays' own, as in `Pool`."""

    def call(self, x):
        x = x @ keras.ops.convert_to_tensor(self.kernel)
        x = x + keras.ops.convert_to_tensor(self.bias)
        return self.activation(x)


def in_double_precision(model):
    """Return the same network computing in float64.

    JAX computes in 64 bits in the whole process from then on.

    Parameters
    ----------
    model : keras.Model
        Layers from Keras; pooling by 2×2×2.

    Returns
    -------
    keras.Model
        With the same weights.
    """

    def clone(layer):
        if isinstance(layer, keras.layers.MaxPooling3D):
            return Pool(name=layer.name, dtype="float64")
        dense = isinstance(layer, keras.layers.Dense)
        kind = Dense if dense else type(layer)
        return kind.from_config({**layer.get_config(), "dtype": "float64"})

    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)

    # Without inputs of its own the clone would round them to float32.
    inputs = keras.Input(model.input_shape[1:], dtype="float64")
    double = keras.models.clone_model(model, inputs, clone_function=clone)
    double.set_weights(model.get_weights())
    return double


def sensitivity_differences(logit, tensor, voxels):
    """Differentiate a logit by tensor invariants numerically.

    One invariant of one voxel is moved a little up and down, with the eigenvectors
    and the other invariants as they are. FA is moved twice, through sigma at fixed mu
    and through mu at fixed sigma, and the two differences are added.

    Parameters
    ----------
    logit : callable
        Takes a tensor image, shape (x, y, z, 6), float64, mm²/s; returns a float.
    tensor : ndarray, shape (x, y, z, 6)
    voxels : ndarray of int, shape (n, 3)
        Where.

    Returns
    -------
    ndarray, shape (4, n)
        In the order of `METRICS`.
    """
    tensor = np.asarray(tensor, dtype=np.float64)
    result = np.zeros((len(METRICS), len(voxels)))
    for column, voxel in enumerate(map(tuple, voxels)):
        at = tensor_invariants(tensor[voxel][None])
        for row, metric in enumerate(METRICS):
            for lower, upper, step in _moves(metric, at):
                moved = [tensor.copy(), tensor.copy()]
                for image, (mu, sigma, theta) in zip(
                    moved, (lower, upper), strict=True
                ):
                    image[voxel] = tensor_from_invariants(
                        mu, sigma, theta, at.eigenvectors
                    )[0]
                result[row, column] += (logit(moved[1]) - logit(moved[0])) / step
    return result


def _moves(metric, at):
    """Yield invariants below and above a point, and the metric's change in between."""
    h, point = RELATIVE_STEP, np.array([at.mu, at.sigma, at.theta])
    fa = np.sqrt(1.5 * at.sigma**2 / (3 * at.mu**2 + at.sigma**2))
    if metric == "FA":
        # Solved for sigma and for mu: the inverses of FA along the two paths.
        up, down = fa * (1 + h), fa * (1 - h)
        sigmas = [at.mu * f * np.sqrt(3 / (1.5 - f**2)) for f in (down, up)]
        mus = [at.sigma * np.sqrt((1.5 / f**2 - 1) / 3) for f in (down, up)]
        step = (up - down).item()
        yield *([at.mu, s, at.theta] for s in sigmas), step
        yield *([m, at.sigma, at.theta] for m in mus), step
        return
    moved = METRICS.index(metric) if metric != "planarity" else 2
    change = np.zeros((3, 1))
    change[moved] = h if metric == "planarity" else h * point[moved]
    yield point - change, point + change, 2 * change[moved].item()
