"""Where in the input the cells of a layer look, and maps of cells on its grid."""

from itertools import takewhile

import numpy as np
from keras import layers

POINTWISE = (
    layers.InputLayer,
    layers.BatchNormalization,
    layers.Activation,
    layers.ReLU,
    layers.LeakyReLU,
    layers.ELU,
    layers.Dropout,
)
"""Layers of which each cell sees one cell of the layer before."""

POOLING = (layers.MaxPooling3D, layers.AveragePooling3D)
"""Layers whose windows hold no padding: at the rim they are smaller."""


def last_activation(model):
    """Return the layer whose output is the activation of the last convolution.

    Parameters
    ----------
    model : keras.Model
        Layers in a row.

    Returns
    -------
    keras.layers.Layer
        The last 3D convolution, or what follows it and looks at each cell alone, such
        as its normalisation and its rectifier.

    Raises
    ------
    ValueError
        There is no 3D convolution.
    """
    convolutions = [
        place
        for place, layer in enumerate(model.layers)
        if isinstance(layer, layers.Conv3D)
    ]
    if not convolutions:
        raise ValueError(
            f"the network {model.name!r} has no 3D convolution, whose activations "
            "could be mapped: take the input gradient ('explain: [gradient]')"
        )
    last, *following = model.layers[convolutions[-1] :]
    return [last, *takewhile(lambda one: isinstance(one, POINTWISE), following)][-1]


def cell_centres(model, layer):
    """Return where in the input the middle of each cell's receptive field lies.

    Kernel sizes, strides, dilations and paddings of all layers up to this one decide
    (Araujo, Norris and Sim 2019, doi 10.23915/distill.00021). Centres are a step apart,
    the product of the strides, but for the rim of padded poolings, whose windows hold
    fewer voxels there: their centre is that of the voxels that they hold.

    Parameters
    ----------
    model : keras.Model
        Layers in a row; images with channels last.
    layer : keras.layers.Layer
        One of them.

    Returns
    -------
    list of 3 ndarray, shape (n_cells,)
        Voxels of the input along x, y and z, counted from 0.

    Raises
    ------
    ValueError
        A layer is of a kind whose geometry is not known here.
    """
    centres = [np.arange(size, dtype=float) for size in model.input_shape[1:4]]
    for one in model.layers[: model.layers.index(layer) + 1]:
        if isinstance(one, POINTWISE):
            continue
        if not isinstance(one, (layers.Conv3D, *POOLING)):
            raise ValueError(
                f"the geometry of layer {one.name!r}, of type {type(one).__name__}, is "
                "not known: teach it to scan2map.networks.geometry, or take the input "
                "gradient ('explain: [gradient]')"
            )
        centres = [_through(one, axis, old) for axis, old in enumerate(centres)]
    return centres


def _through(layer, axis, centres):
    """Return the centres of a layer's cells along an axis, from those before it."""
    pools, n = isinstance(layer, POOLING), len(centres)
    size = layer.pool_size[axis] if pools else layer.kernel_size[axis]
    size += 0 if pools else (size - 1) * (layer.dilation_rate[axis] - 1)
    stride = layer.strides[axis]
    before, cells = 0, (n - size) // stride + 1
    if layer.padding == "same":
        cells = -(-n // stride)
        before = max((cells - 1) * stride + size - n, 0) // 2
    first = stride * np.arange(cells) - before
    last = first + size - 1
    if pools:
        windows = zip(np.maximum(first, 0), np.minimum(last, n - 1), strict=True)
        return np.array([centres[a : b + 1].mean() for a, b in windows])
    return np.interp((first + last) / 2, np.arange(n), centres)


def upsample(cells, centres, shape):
    """Interpolate values of cells linearly between their centres.

    Parameters
    ----------
    cells : ndarray, shape (n_x, n_y, n_z)
    centres : sequence of 3 ndarray
        From `cell_centres`.
    shape : sequence of int, length 3
        Of the input.

    Returns
    -------
    ndarray of float32, shape `shape`
        Beyond the outermost centres the value at these.

    Raises
    ------
    ValueError
        There are not as many cells as centres.
    """
    expected = tuple(len(where) for where in centres)
    if cells.shape != expected:
        raise ValueError(
            f"the layer has cells of shape {cells.shape}, and by the layers before it "
            f"{expected} were expected: is the network a row of layers?"
        )
    image = np.asarray(cells, dtype=np.float32)
    for axis, (where, size) in enumerate(zip(centres, shape, strict=True)):
        weights = [np.interp(np.arange(size), where, one) for one in np.eye(len(where))]
        image = np.tensordot(image, np.float32(weights), (axis, 0))
        image = np.moveaxis(image, -1, axis)
    return np.ascontiguousarray(image)
