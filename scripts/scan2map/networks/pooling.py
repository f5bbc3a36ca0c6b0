"""What a grid makes of a network before it is built; standard library only."""

import math


def check_network(shape, network):
    """Raise ValueError where a network of the configuration does not fit the grid.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    network : dict
        ``name`` and all settings of the network, defaults filled in.
    """
    if network["name"] == "voxnet":
        check_voxnet(shape, network["filters"], network["shrink"])
    else:
        check_pooling(shape, network["filters"], network["pool_after"])


def check_pooling(shape, filters, pool_after):
    """Raise where pooling does not fit the convolutions or the grid."""
    absent = [number for number in pool_after if not 1 <= number <= len(filters)]
    if absent:
        raise ValueError(
            f"pool_after asks for pooling after convolutions {absent}, but there are "
            f"{len(filters)} (filters: {list(filters)})"
        )
    if min(shape) < 2 ** len(pool_after):
        raise ValueError(
            f"a grid of {tuple(shape)} voxels cannot be halved {len(pool_after)} "
            "times; shorten pool_after or enlarge the grid"
        )


def check_voxnet(shape, filters, shrink):
    """Raise where VoxNet's convolutions, which are not padded, do not fit the grid."""
    needed = 5 + 4 * (len(filters) - 1)
    shrunken = tuple(-(-size // shrink) for size in shape)
    if min(shrunken) < needed:
        raise ValueError(
            f"a grid of {tuple(shape)} voxels, shrunk {shrink} times, has "
            f"{shrunken}, and VoxNet's {len(filters)} convolutions need {needed} along "
            "each axis; lower shrink or enlarge the grid"
        )


def first_dense_weights(shape, network):
    """Return how many weights the first dense layer has: nearly all that there are.

    Parameters
    ----------
    shape : sequence of int, length 3
        Voxels along x, y, z.
    network : dict
        ``name`` and all settings of the network, defaults filled in.

    Returns
    -------
    int
    """
    if network["name"] == "voxnet":
        shrunken = (-(-size // network["shrink"]) for size in shape)
        convolved = (
            (size - 5) // 2 + 1 - 2 * (len(network["filters"]) - 1) for size in shrunken
        )
        left = [-(-size // 2) for size in convolved]
    else:
        left = [size // 2 ** len(network["pool_after"]) for size in shape]
    units = [*network["dense"], 1][0]
    return math.prod(left) * network["filters"][-1] * units
