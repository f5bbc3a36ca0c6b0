"""Networks of cross-validation, and the maps of the people they were not trained on."""

from functools import partial

import numpy as np

from scan2map.features import scale
from scan2map.sensitivity.gradients import logit_gradient
from scan2map.sensitivity.maps import average_over_repeats, session_sensitivity
from scan2map.splits import derive_seed
from scan2map.training import train


def held_out_maps(features, labels, folds, network, training, seed, reuse=None):
    """Train a network per fold, and differentiate it at the sessions held out.

    What stages 6 and 7 of the workflow do with files, in memory, for studies of many
    small networks.

    Parameters
    ----------
    features : dict of str to ndarray, shape (x, y, z, 6)
        Tensors of each participant.
    labels : dict of str to int
        0 or 1 for each participant.
    folds : dict of (int, str) to int
        From `splits.split`.
    network, training : dict
        As for `training.train`.
    seed : int
        Each network gets a seed of its own from it.
    reuse : keras.Model, optional
        As for `training.train`.

    Returns
    -------
    maps : dict of str to ndarray, shape (4, x, y, z)
        Sensitivity of each participant, the average over repeats.
    model : keras.Model
        The last network, to be reused.
    """
    maps = {name: [] for name in features}
    for repeat, fold in sorted({(repeat, fold) for (repeat, _), fold in folds.items()}):
        tested = [name for name in features if folds[repeat, name] == fold]
        learning = [name for name in features if name not in tested]
        reuse, scaling, _ = train(
            [features[name] for name in learning],
            [labels[name] for name in learning],
            network,
            training,
            derive_seed(seed, "train_fold", repeat, fold),
            reuse=reuse,
        )
        for name in tested:
            found, _ = session_sensitivity(
                np.asarray(features[name]),
                scale(features[name], scaling),
                scaling["sd"],
                partial(logit_gradient, reuse),
            )
            maps[name].append(found)
    return {name: average_over_repeats(found) for name, found in maps.items()}, reuse
