"""Whether a network can be built on a grid; standard library only."""


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
