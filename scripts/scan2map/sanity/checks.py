"""Compare a network's maps with those of networks that have not learnt the same."""

import numpy as np

from scan2map.sanity.randomisation import cascade
from scan2map.sanity.similarity import map_similarity

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
        Of random weights.
    permuted : (keras.Model, dict), optional
        A network that was trained on permuted labels, and the scaling of its input.

    Returns
    -------
    list of dict
        ``place`` of the session; ``map``; the ``layer`` whose weights went last, from
        the logit to the input, or `PERMUTED`; how many layers are ``randomised``;
        ``ssim``, ``rank`` and ``rank_abs`` with the maps of the trained network.
    """
    before = [explain(model, feature, scaling) for feature in features]
    rows = []

    def compare(network, scaling, layer, number):
        for place, (maps, mask) in enumerate(before):
            others, _ = explain(network, features[place], scaling)
            about = {"place": place, "layer": layer, "randomised": number}
            rows.extend(
                about | {"map": name} | map_similarity(one, others[name], mask)
                for name, one in maps.items()
            )

    for number, (layer, network) in enumerate(cascade(model, seed), start=1):
        compare(network, scaling, layer, number)
    if permuted:
        compare(*permuted, PERMUTED, 0)
    return rows
