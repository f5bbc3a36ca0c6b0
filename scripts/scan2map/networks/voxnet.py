"""VoxNet: two strided convolutions and a dense layer, for stacks of maps."""

import keras
from keras import layers

from scan2map.networks.pooling import check_voxnet

SLOPE = 0.1
"""Of VoxNet's leaky rectifier below 0."""

SHRINKING = "shrink"
"""Name of the layer that averages the input over cubes."""

MOMENTUM = 0.9
"""Of the moving averages that replace a batch's moments in prediction. Keras's 0.99
needs hundreds of steps to forget its start; a small study makes ten an epoch."""


def build(
    shape,
    n_channels,
    filters=(32, 32),
    dense=(128,),
    activation="leaky_relu",
    dropout=0.3,
    batch_normalisation=True,
    shrink=3,
):
    """Build the classifier of Teh et al. (2023), after Maturana and Scherer (2015).

    A convolution of 5×5×5 voxels with stride 2, convolutions of 3×3×3, one max pooling
    of 2×2×2, dense layers, one logit. Convolutions are not padded, as in VoxNet, so
    that the stride skips the last plane of an axis whose shrunken length is even;
    poolings are padded and skip none.

    Teh et al. count about 1.4 million parameters and print no resolution. On 30
    components at 2 mm (91×109×91) the dense layer alone would have 45 million; with the
    input averaged over 3×3×3 voxels (6 mm) the network has 1,327,745.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    n_channels : int
        Channels per voxel; one per component.
    filters : sequence of int
        Filters of each convolution.
    dense : sequence of int
        Units of the dense layers before the logit.
    activation : str
        Keras name of the activation after every layer but the logit; ``leaky_relu`` has
        VoxNet's slope of 0.1.
    dropout : float
        Share of inputs dropped before each dense layer, in training only.
    batch_normalisation : bool
        Normalise after each convolution, before its activation.
    shrink : int
        Edge in voxels of the cubes that the input is averaged over; 1 leaves it.

    Returns
    -------
    keras.Model
        Input (batch, x, y, z, n_channels), output (batch, 1).

    Raises
    ------
    ValueError
        The shrunken grid is too small for the convolutions.

    References
    ----------
    Maturana D., Scherer S. (2015), VoxNet, IROS, doi 10.1109/IROS.2015.7353481.
    Teh K. et al. (2023), Neuroinformatics, doi 10.1007/s12021-022-09603-5.
    """
    check_voxnet(shape, filters, shrink)
    inputs = keras.Input((*shape, n_channels), name="maps")
    x = layers.AveragePooling3D(shrink, padding="same", name=SHRINKING)(inputs)
    for number, n_filters in enumerate(filters):
        kernel, stride = (3, 1) if number else (5, 2)
        x = layers.Conv3D(n_filters, kernel, stride)(x)
        if batch_normalisation:
            x = layers.BatchNormalization(momentum=MOMENTUM)(x)
        x = _activation(activation)(x)
    x = layers.Flatten()(layers.MaxPooling3D(2, padding="same")(x))
    for units in dense:
        x = layers.Dense(units)(layers.Dropout(dropout)(x))
        x = _activation(activation)(x)
    logit = layers.Dense(1, name="logit")(layers.Dropout(dropout)(x))
    return keras.Model(inputs, logit, name="voxnet")


def after_shrinking(model):
    """Return the part of a network behind its averaging, and the cubes' edge.

    Both share their layers: training one trains the other. The averaging has nothing
    that is learnt, so in training it is done once per session, not once per step.

    Parameters
    ----------
    model : keras.Model
        Any network.

    Returns
    -------
    model : keras.Model
        Takes what `features.shrink` makes of a session; the network itself where it
        averages nothing.
    edge : int
        Voxels; 1 where it averages nothing.
    """
    named = [layer for layer in model.layers if layer.name == SHRINKING]
    if not named or named[0].pool_size == (1, 1, 1):
        return model, 1
    part = keras.Model(named[0].output, model.output, name=model.name)
    return part, named[0].pool_size[0]


def _activation(name):
    if name == "leaky_relu":
        return layers.LeakyReLU(negative_slope=SLOPE)
    return layers.Activation(name)
