"""Put sentences together."""


def sentences(*parts):
    """Join those sentences that are not empty."""
    return " ".join(part for part in parts if part)


def listed(items):
    """Join words as in a sentence."""
    items = [str(item) for item in items]
    return " and ".join([", ".join(items[:-1]), items[-1]] if items[1:] else items)
