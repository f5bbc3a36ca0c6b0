"""The network of voxel-based diktiometry: convolutions, pooling, dense layers."""

import keras
from keras import layers

from scan2map.networks.pooling import check_pooling

POOLING = {"max": layers.MaxPooling3D, "average": layers.AveragePooling3D}
"""How 2×2×2 voxels become one."""


def build(
    shape,
    n_channels,
    filters=(8, 8, 16, 16, 32, 32, 64, 64),
    kernel=3,
    pool_after=(2, 4, 6, 8),
    pooling="max",
    dense=(64,),
    activation="relu",
    dropout=0.1,
    l2=0.01,
):
    """Build the classifier of Estudillo-Romero et al. (2022).

    Eight 3D convolutions with pooling, then dense layers, of which the last gives one
    logit. The paper prints neither kernel sizes nor channels nor where it pools: the
    defaults follow the VGG habit (two convolutions of 3×3×3, halve, double the
    filters).

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    n_channels : int
        Channels per voxel; 6 for a tensor.
    filters : sequence of int
        Filters of each convolution; the paper has eight convolutions.
    kernel : int
        Edge of the kernels in voxels.
    pool_after : sequence of int
        Convolutions (counted from 1) after which 2×2×2 voxels become one.
    pooling : str
        ``max`` or ``average``; the average smooths small misalignments away.
    dense : sequence of int
        Units of the dense layers before the logit; one entry makes the paper's two
        dense layers.
    activation : str
        Keras name of the activation after every layer but the logit.
    dropout : float
        Share of inputs dropped before each dense layer, in training only.
    l2 : float
        Weight of the squared kernel weights in the loss.

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
    Estudillo-Romero A. et al. (2022), Human Brain Mapping, doi 10.1002/hbm.26009.
    """
    check_pooling(shape, filters, pool_after)
    settings = {
        "activation": activation,
        "kernel_regularizer": keras.regularizers.L2(l2),
    }
    inputs = keras.Input((*shape, n_channels), name="tensor")
    x = inputs
    for number, n_filters in enumerate(filters, start=1):
        x = layers.Conv3D(n_filters, kernel, padding="same", **settings)(x)
        if number in pool_after:
            x = POOLING[pooling](2)(x)
    x = layers.Flatten()(x)
    for units in dense:
        x = layers.Dense(units, **settings)(layers.Dropout(dropout)(x))
    x = layers.Dropout(dropout)(x)
    logit = layers.Dense(1, kernel_regularizer=keras.regularizers.L2(l2), name="logit")
    return keras.Model(inputs, logit(x), name="vbd")
