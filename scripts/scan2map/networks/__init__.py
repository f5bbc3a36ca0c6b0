"""Networks by name: configuration in, untrained Keras model out; and trained ones."""

import math


def build(shape, n_channels, name, **settings):
    """Build an untrained network that gives one logit per session.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    n_channels : int
        Channels per voxel.
    name : str
        ``vbd`` or ``voxnet``.
    **settings
        What the network of this name is configured by; see its module.

    Returns
    -------
    keras.Model
        Input (batch, x, y, z, n_channels), scaled by `features.scale`; output
        (batch, 1), the logit of label 1.

    Raises
    ------
    ValueError
        No network has this name.
    """
    from scan2map.networks import vbd, voxnet

    builders = {"vbd": vbd.build, "voxnet": voxnet.build}
    if name not in builders:
        raise ValueError(f"network {name!r} is unknown; known are {sorted(builders)}")
    return builders[name](shape, n_channels, **settings)


def after_shrinking(model):
    """Return the part of a network that learns; see `voxnet.after_shrinking`."""
    from scan2map.networks import voxnet

    return voxnet.after_shrinking(model)


def load(path):
    """Return the trained network of a ``.keras`` file, ready to predict."""
    import keras

    return keras.saving.load_model(path, compile=False, safe_mode=True)


def describe(model):
    """Return name, input, number of parameters and layers of a model, for its JSON.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    dict
        ``parameters`` counts what training fits.
    """
    return {
        "name": model.name,
        "input_shape": list(model.input_shape[1:]),
        "parameters": sum(math.prod(w.shape) for w in model.trainable_weights),
        "layers": [
            {"name": layer.name, "parameters": layer.count_params()}
            for layer in model.layers
        ],
    }
