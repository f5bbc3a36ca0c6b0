"""The gradient of a network's logit: the only lines that know Keras's backend."""

import keras
import numpy as np

from scan2map.networks.backend import exact_products


def logit_gradient(model, inputs):
    """Differentiate the logit of each image by that image.

    Parameters
    ----------
    model : keras.Model
        Maps (n, x, y, z, channels), or (n, x, y, channels), to one logit per image,
        (n, 1). Used as in inference: no dropout, moving averages.
    inputs : ndarray, shape (n, ..., channels)
        Images as the network sees them.

    Returns
    -------
    gradient : ndarray, shape of `inputs`
        Derivative by each number of the input, in the precision of the model.
    logits : ndarray, shape (n,)

    Raises
    ------
    ValueError
        The network has not one linear output, or the backend is unknown.
    """
    check_logit(model)
    backend = keras.backend.backend()
    if backend not in BACKENDS:
        raise ValueError(
            f"gradients are written for {', '.join(BACKENDS)}; Keras runs on "
            f"{backend}: set KERAS_BACKEND to one of these"
        )
    inputs = keras.ops.convert_to_tensor(inputs, dtype=model.inputs[0].dtype)
    with exact_products():
        gradient, logits = BACKENDS[backend](model, inputs)
    convert = keras.ops.convert_to_numpy
    return convert(gradient), np.ravel(convert(logits))


def layer_gradient(model, layer, inputs):
    """Differentiate the logit of each image by what a layer makes of it.

    The network is cut behind the layer: this is the gradient of the second part's logit
    by its input, on every backend.

    Parameters
    ----------
    model : keras.Model
        As for `logit_gradient`; layers in a row.
    layer : keras.layers.Layer
        One of them.
    inputs : ndarray, shape (n, ..., channels)
        Images as the network sees them.

    Returns
    -------
    outputs : ndarray, shape (n, ..., n_filters)
        Of the layer, as in inference.
    gradient : ndarray, shape of `outputs`
        Derivative of the logit by each number of them.
    logits : ndarray, shape (n,)

    Raises
    ------
    ValueError
        As `logit_gradient`.
    """
    check_logit(model)
    first = keras.Model(model.inputs, layer.output, name=model.name)
    second = keras.Model(layer.output, model.outputs[0], name=model.name)
    inputs = keras.ops.convert_to_tensor(inputs, dtype=model.inputs[0].dtype)
    with exact_products():
        outputs = first(inputs, training=False)
    gradient, logits = logit_gradient(second, outputs)
    return keras.ops.convert_to_numpy(outputs), gradient, logits


def check_logit(model):
    """Raise ValueError unless the network ends in one number without activation."""
    if model.output_shape[1:] != (1,):
        raise ValueError(
            f"sensitivity maps differentiate one logit per image; the network "
            f"{model.name!r} has an output of shape {model.output_shape}"
        )
    activation = getattr(model.layers[-1], "activation", keras.activations.linear)
    if activation is not keras.activations.linear:
        raise ValueError(
            f"sensitivity maps differentiate the logit; the network {model.name!r} "
            f"ends in {activation.__name__}: train it with a linear output and "
            f"BinaryCrossentropy(from_logits=True)"
        )


def tensorflow_gradient(model, inputs):
    """Return gradient and logits by TensorFlow's tape."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(inputs)
        logits = model(inputs, training=False)
    return tape.gradient(logits, inputs), logits


def jax_gradient(model, inputs):
    """Return gradient and logits by JAX's reverse mode."""
    import jax

    trainable = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]

    def total(images):
        logits, _ = model.stateless_call(trainable, others, images, training=False)
        return logits.sum(), logits

    gradient, logits = jax.grad(total, has_aux=True)(inputs)
    return gradient, logits


def torch_gradient(model, inputs):
    """Return gradient and logits by PyTorch's autograd."""
    import torch

    inputs = inputs.detach().requires_grad_(True)
    logits = model(inputs, training=False)
    (gradient,) = torch.autograd.grad(logits.sum(), inputs)
    return gradient, logits.detach()


BACKENDS = {
    "tensorflow": tensorflow_gradient,
    "jax": jax_gradient,
    "torch": torch_gradient,
}
