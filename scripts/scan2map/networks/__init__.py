"""Networks by name: configuration in, untrained Keras model out; and trained ones."""

import json
import math
import re
from zipfile import ZipFile, ZipInfo


def build(shape, n_channels, name, **settings):
    """Build an untrained network that gives one logit per session.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    n_channels : int
        Channels per voxel.
    name : str
        ``vbd``, ``voxnet`` or ``ng2018``.
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
    from scan2map.networks import ng2018, vbd, voxnet

    builders = {"vbd": vbd.build, "voxnet": voxnet.build, "ng2018": ng2018.build}
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


def save(model, path):
    """Write a network as a ``.keras`` file: the same network, the same bytes.

    Keras notes when it writes, and where in memory it found what layers share; here
    these notes are left out, and what is shared is numbered.

    Parameters
    ----------
    model : keras.Model
    path : str or Path
        Ends in ``.keras``.
    """
    model.save(path)
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(parts["metadata.json"])
    del about["date_saved"]
    parts["metadata.json"] = json.dumps(about)
    numbers = {}
    parts["config.json"] = re.sub(
        r'(?<="shared_object_id": )[0-9]+',
        lambda found: str(numbers.setdefault(found[0], len(numbers) + 1)),
        parts["config.json"].decode(),
    )
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content)  # which is of 1980


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
