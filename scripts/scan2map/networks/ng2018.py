"""The network of Ng et al. (2018): three convolutions for maps of white matter."""

import keras
from keras import layers

from scan2map.networks.pooling import check_pooling


def build(
    shape,
    n_channels,
    filters=(20, 10, 5),
    pool_after=(2, 3),
    dense=(300, 100),
    activation="relu",
    dropout=0.0,
):
    """Build the classifier of Ng et al. (2018).

    Convolutions of 3×3×3 voxels, max pooling of 2×2×2, dense layers, one logit; all
    weights start as Glorot and Bengio (2010) draw them, uniformly.

    The paper has two outputs. Here there is one, as in all networks: the softmax of two
    outputs is the sigmoid of their difference, and its cross-entropy that of one logit.
    Convolutions are padded, so that a voxel of the last one lies over the cube of
    voxels that it was pooled from. A pooling drops the last plane of an odd axis.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z; the paper's are 121, 145, 121 of 1.5 mm.
    n_channels : int
        Channels per voxel; 1 for a map of one tissue.
    filters : sequence of int
        Filters of each convolution.
    pool_after : sequence of int
        Convolutions (counted from 1) after which 2×2×2 voxels become their maximum.
    dense : sequence of int
        Units of the dense layers before the logit.
    activation : str
        Keras name of the activation after every layer but the logit.
    dropout : float
        Share of inputs dropped before each dense layer, in training only.

    Returns
    -------
    keras.Model
        Input (batch, x, y, z, n_channels), output (batch, 1).

    Raises
    ------
    ValueError
        A pooling after a convolution that is not there, or more of it than the grid
        has voxels for.

    References
    ----------
    Ng H.G. et al. (2018), ICANN 2018, doi 10.1007/978-3-030-01424-7_30.
    """
    check_pooling(shape, filters, pool_after)
    settings = {"activation": activation, "kernel_initializer": "glorot_uniform"}
    inputs = keras.Input((*shape, n_channels), name="tissue")
    x = inputs
    for number, n_filters in enumerate(filters, start=1):
        x = layers.Conv3D(n_filters, 3, padding="same", **settings)(x)
        if number in pool_after:
            x = layers.MaxPooling3D(2)(x)
    x = layers.Flatten()(x)
    for units in dense:
        x = layers.Dense(units, **settings)(layers.Dropout(dropout)(x))
    logit = layers.Dense(1, kernel_initializer="glorot_uniform", name="logit")
    return keras.Model(inputs, logit(layers.Dropout(dropout)(x)), name="ng2018")
