"""Put sentences together."""


def sentences(*parts):
    """Join those sentences that are not empty."""
    return " ".join(part for part in parts if part)


def listed(items):
    """Join words as in a sentence."""
    items = [str(item) for item in items]
    return " and ".join([", ".join(items[:-1]), items[-1]] if items[1:] else items)


def grid_words(grid):
    """Describe a grid of the configuration."""
    shape = " × ".join(str(n) for n in grid["shape"])
    return f"a grid of {shape} voxels of {grid['voxel_size']:g} mm"
