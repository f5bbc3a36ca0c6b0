"""Compare a network's maps with those of networks that have not learnt the same."""

from itertools import chain

import numpy as np

from scan2map.sanity.randomisation import cascade
from scan2map.sanity.similarity import map_similarity
from scan2map.splits import derive_seed

PERMUTED = "permuted labels"
"""What stands for the layer where the other network was trained on permuted labels."""


def spread(n, wanted):
    """Return at most so many of n places, spread evenly, from the first to the last."""
    places = np.linspace(0, n - 1, min(n, wanted)).round()
    return [int(place) for place in places]


def check_network(model, scaling, features, explain, seed, permuted=None):
    """Compare maps with those of the network as it loses its weights.

    Parameters
    ----------
    model : keras.Model
        A trained network.
    scaling : dict
        Of its input.
    features : sequence of array-like
        Sessions that it has not seen.
    explain : callable
        One of `explained.EXPLAINED`.
    seed : int
        Of random weights, which are others for each session: a single random network
        may look where the trained one does by chance.
    permuted : (keras.Model, dict), optional
        A network that was trained on permuted labels, and the scaling of its input.

    Returns
    -------
    list of dict
        ``place`` of the session; ``layer`` whose weights went last, from the logit to
        the input, or `PERMUTED`; how many layers are ``randomised``; ``map``; ``ssim``,
        ``rank`` and ``rank_abs`` with the map of the trained network.
    """
    rows = []
    for place, feature in enumerate(features):
        maps, mask = explain(model, feature, scaling)
        random = cascade(model, derive_seed(seed, "weights", place))
        others = (
            (layer, number, network, scaling)
            for number, (layer, network) in enumerate(random, start=1)
        )
        beside = [(PERMUTED, 0, *permuted)] if permuted else []
        for layer, number, network, own in chain(others, beside):
            found, _ = explain(network, feature, own)
            about = {"place": place, "layer": layer, "randomised": number}
            rows += [
                about | {"map": name} | map_similarity(maps[name], found[name], mask)
                for name in maps
            ]
    return rows
