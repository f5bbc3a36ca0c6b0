"""Where cells look: through networks whose activation is known."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from scan2map import networks  # noqa: E402
from scan2map.networks.geometry import (  # noqa: E402
    cell_centres,
    last_activation,
    upsample,
)

layers = keras.layers


def identity(stride=1, size=3, **settings):
    """A convolution that hands on the voxel in the middle of its kernel."""
    kernel = np.zeros((size, size, size, 1, 1), np.float32)
    kernel[(size // 2,) * 3] = 1
    start = keras.initializers.Constant(kernel)
    return layers.Conv3D(1, size, stride, kernel_initializer=start, **settings)


def average(size, **settings):
    return layers.AveragePooling3D(size, **settings)


def ramp(shape):
    """An image whose value rises linearly along each axis."""
    return sum(
        slope * at
        for slope, at in zip((1, 10, 100), np.indices(shape, np.float32), strict=True)
    )


def seen(shape, parts, image):
    """What comes back of an image from the last layer of a network."""
    model = keras.Sequential([keras.Input((*shape, 1)), *parts])
    cells = keras.ops.convert_to_numpy(model(image[None, ..., None]))[0, ..., 0]
    centres = cell_centres(model, model.layers[-1])
    return upsample(cells, centres, shape), centres


WAYS = {
    "identity": [identity(padding="same")],
    "identity, not padded": [identity()],
    "averages of 2": [average(2)],
    "averages of 2, padded": [average(2, padding="same")],
    "averages of 3, padded": [average(3, padding="same")],
    "stride": [identity(2, padding="same")],
    "stride, not padded": [identity(2, size=5)],
    "dilated": [identity(dilation_rate=2)],
    "averages, then a stride": [average(3, padding="same"), identity(2, size=5)],
    "a stride, then averages": [identity(2, padding="same"), average(2)],
    "averages twice, padded": [average(2, padding="same"), average(2, padding="same")],
    "averages that overlap": [average(3, strides=2, padding="same")],
}


@pytest.mark.parametrize("shape", [(16, 17, 18), (19, 20, 21), (22, 23, 24)])
@pytest.mark.parametrize("way", WAYS)
def test_a_linear_ramp_comes_back_in_its_place(way, shape):
    image = ramp(shape)
    # New layers for each shape: a layer keeps the weights of its first network.
    parts = [type(one).from_config(one.get_config()) for one in WAYS[way]]
    back, centres = seen(shape, parts, image)
    ends = [(np.ceil(where[0]), np.floor(where[-1])) for where in centres]
    inside = tuple(slice(int(a), int(b) + 1) for a, b in ends)
    np.testing.assert_allclose(back[inside], image[inside], rtol=1e-5)  # float32


@pytest.mark.parametrize("shape", [(12, 13, 14), (15, 16, 17)])
def test_values_beyond_the_outermost_centres_are_held(shape):
    back, centres = seen(shape, [average(3, padding="valid")], ramp(shape))
    assert all(where[0] == 1 for where in centres)
    np.testing.assert_array_equal(back[0], back[1])
    np.testing.assert_array_equal(back[:, :, 0], back[:, :, 1])


def centre_of_mass(image):
    return [float((at * image).sum() / image.sum()) for at in np.indices(image.shape)]


def test_a_blob_comes_back_where_it_was_through_three_poolings():
    shape, at = (33, 40, 34), (14.0, 21.5, 17.0)
    grid = np.indices(shape)
    distance = sum((g - a) ** 2 for g, a in zip(grid, at, strict=True))
    blob = np.exp(-distance / (2 * 3.0**2)).astype(np.float32)
    parts = [identity(padding="same"), average(2), identity(padding="same")]
    back, _ = seen(shape, [*parts, average(2), identity(padding="same")], blob)
    # A shift of half a voxel would be 0.5; sampling at 4 voxels moves it by far less.
    np.testing.assert_allclose(centre_of_mass(back), centre_of_mass(blob), atol=0.02)


@pytest.mark.parametrize(
    ("network", "last"),
    [
        ({"name": "vbd", "filters": [2, 2], "pool_after": [1]}, layers.Conv3D),
        ({"name": "voxnet", "filters": [2, 2], "shrink": 1}, layers.LeakyReLU),
        ({"name": "voxnet", "filters": [2, 2], "activation": "elu"}, layers.Activation),
    ],
)
def test_our_networks_have_as_many_cells_as_their_geometry_says(network, last):
    shape = (28, 29, 30)
    model = networks.build(shape, 1, **network)
    layer = last_activation(model)
    assert isinstance(layer, last)
    cells = tuple(len(where) for where in cell_centres(model, layer))
    assert layer.output.shape[1:4] == cells
    image = upsample(np.ones(cells), cell_centres(model, layer), shape)
    np.testing.assert_allclose(image, 1, rtol=1e-6)  # float32


def test_cells_of_voxnet_are_where_its_averages_and_strides_put_them():
    model = networks.build((27, 27, 27), 1, "voxnet", filters=[2, 2], shrink=3)
    # Cubes' centres 1, 4, 7 …; 5 of them in a kernel, a stride of 2; then 3 of those.
    where = cell_centres(model, last_activation(model))[0]
    np.testing.assert_allclose(where, [7 + 6])


def test_a_layer_of_unknown_geometry_is_named():
    parts = [layers.UpSampling3D(2, name="finer"), layers.Conv3D(1, 3)]
    model = keras.Sequential([keras.Input((4, 4, 4, 1)), *parts])
    with pytest.raises(ValueError, match="layer 'finer', of type UpSampling3D"):
        cell_centres(model, model.layers[-1])


def test_a_network_without_convolution_has_no_last_one():
    model = keras.Sequential([keras.Input((4, 4, 4, 1)), layers.Flatten()])
    with pytest.raises(ValueError, match="no 3D convolution"):
        last_activation(model)


def test_cells_that_do_not_fit_their_centres_are_an_error():
    with pytest.raises(ValueError, match="a row of layers"):
        upsample(np.ones((2, 2, 2)), [np.arange(3.0)] * 3, (6, 6, 6))
