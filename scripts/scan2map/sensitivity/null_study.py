"""Studies in which labels mean nothing, from tensors to tests of networks' maps."""

from typing import NamedTuple

import numpy as np

from scan2map.sensitivity.held_out import held_out_maps
from scan2map.sensitivity.tensor_invariants import METRICS
from scan2map.splits import deal, derive_seed
from scan2map.statistics.masks import intersect_masks
from scan2map.statistics.network_calibration import (
    draw_labellings,
    similarity,
    smallest_p,
)


class Pool(NamedTuple):
    """Participants without an effect, in MNI space.

    Attributes
    ----------
    rows : list of dict of str
        A cohort, one row per participant.
    groups : sequence of str
        Reference and affected group.
    features : sequence of ndarray, shape (x, y, z, 6)
        What networks see of each participant.
    masks : sequence of ndarray of bool, shape (x, y, z)
        Where each participant has a tensor.
    diffusion : sequence of ndarray, shape (n_metrics, x, y, z)
        Maps of diffusion itself.
    metrics : sequence of str
        Of `sensitivity.METRICS`, those to be tested.
    brain : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
    """

    rows: list
    groups: list
    features: list
    masks: list
    diffusion: list
    metrics: list
    brain: np.ndarray
    affine: np.ndarray


def run_study(number, pool, experiment, statistics, per_group, labellings, seed):
    """Draw a study's participants; train and test for each way to label them.

    Parameters
    ----------
    number : int
        Of the study, which draws participants and labels of its own.
    pool : Pool
    experiment : dict
        ``folds``, ``network`` and ``training``, as configured.
    statistics : dict
        Section `statistics`, complete.
    per_group, labellings : int
        As for `network_calibration.draw_labellings`.
    seed : int

    Returns
    -------
    list of dict
        Of each labelling, maps (``sensitivity`` or ``diffusion``), metric, contrast and
        correction: what `network_calibration.smallest_p` found; for networks' maps also
        how alike those of the ``same_network`` are, and those of ``other_networks``.
    """
    seed = derive_seed(seed, "study", number)
    drawn = draw_labellings(pool.rows, pool.groups, per_group, labellings, seed)
    place = {row["participant_id"]: i for i, row in enumerate(pool.rows)}
    people = {name: place[name] for name in (r["participant_id"] for r in drawn[0])}
    explicit, *_ = intersect_masks((pool.masks[i] for i in people.values()), pool.brain)
    features = {name: np.array(pool.features[i]) for name, i in people.items()}
    found, model = [], None
    for labelling, rows in enumerate(drawn):
        own = derive_seed(seed, "labelling", labelling)
        folds = deal(rows, own, **experiment["folds"])
        maps, model = held_out_maps(
            features,
            {row["participant_id"]: pool.groups.index(row["group"]) for row in rows},
            folds,
            experiment["network"],
            experiment["training"],
            own,
            reuse=model,
        )
        networks = [folds[1, name] for name in people]
        for position, metric in enumerate(pool.metrics):
            sensitivity = np.array([m[METRICS.index(metric)] for m in maps.values()])
            diffusion = [pool.diffusion[i][position] for i in people.values()]
            about = {"study": number, "labelling": labelling, "metric": metric}
            same, others = similarity(sensitivity[:, explicit], networks)
            alike = {"same_network": same, "other_networks": others}
            asked = statistics, pool.groups, explicit, pool.affine, own
            for kind, images, more in (
                ("sensitivity", sensitivity, alike),
                ("diffusion", diffusion, {}),
            ):
                tested = smallest_p(images, rows, kind, *asked)
                found += [about | {"maps": kind} | more | one for one in tested]
    return found
