"""What is found in maps of networks whose labels mean nothing."""

import tempfile

import numpy as np

from scan2map.analyses import permuted_cohort
from scan2map.contrasts import contrast_weights, default_contrasts
from scan2map.designs import cohort_design, exchange_of
from scan2map.splits import derive_seed
from scan2map.statistics.analysis import (
    asked_of,
    contrast_map,
    fit_analysis,
    permuting_of,
    stack_analysis,
)
from scan2map.statistics.corrections import correct


def draw_labellings(pool, groups, per_group, labellings, seed):
    """Draw the participants of a study, and deal them into groups again and again.

    Parameters
    ----------
    pool : list of dict of str
        Rows of a cohort, one per participant; what groups they are in does not matter.
    groups : sequence of str
        Reference and affected group.
    per_group : int
        Participants of each group.
    labellings : int
        How often labels are dealt. The first is the study as it was observed, the
        others are what it is compared with; all are drawn alike.
    seed : int
        The study's; a larger number of labellings keeps those there were.

    Returns
    -------
    list of list of dict of str
        Rows of the same participants, by labelling.
    """
    rng = np.random.default_rng(derive_seed(seed, "people"))
    chosen = np.sort(rng.choice(len(pool), len(groups) * per_group, replace=False))
    dealt = [group for group in groups for _ in range(per_group)]
    rows = [
        pool[i] | {"group": group}
        for i, group in zip(chosen.tolist(), dealt, strict=True)
    ]
    return [
        permuted_cohort(rows, derive_seed(seed, "labels", number))
        for number in range(labellings)
    ]


def smallest_p(maps, rows, kind, asked, groups, explicit, affine, seed):
    """Test a study's maps by each contrast, with each correction that is asked for.

    Parameters
    ----------
    maps : sequence of ndarray, shape (x, y, z)
        One per row.
    rows : list of dict of str
        The cohort.
    kind : {"sensitivity", "diffusion"}
        Diffusion is positive everywhere: its mean is not tested.
    asked : dict
        Section `statistics` of a study, complete; the null of its permutations is
        ``maps``.
    groups : sequence of str
    explicit : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
    seed : int
        Of permutation.

    Returns
    -------
    list of dict
        ``contrast``, ``correction``; ``p``, the smallest corrected one of all voxels;
        ``largest_t``, of both signs.
    """
    design = cohort_design(rows, asked, groups)
    found = []
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        stack = stack_analysis(
            [maps[i] for (i,) in design.members],
            len(design.members),
            file.name,
            asked,
            explicit,
            affine,
        )
        level = fit_analysis(
            np.array(stack.data), stack.mask, affine, design, asked, stack.globals
        )
    for name, given in default_contrasts(asked, groups, kind == "diffusion").items():
        wanted = contrast_weights(design, name, given)
        contrast = contrast_map(level, wanted)
        exchange = exchange_of(design, wanted.weights, asked["variance"])
        permuting = permuting_of(asked, exchange, design, seed, threads=1)
        for correction in asked["corrections"]:
            p = correct(correction, level, contrast, asked_of(asked), permuting).p
            found.append(
                {
                    "contrast": name,
                    "correction": correction,
                    "p": float(p.min()),
                    "largest_t": float(np.abs(contrast.values).max()),
                }
            )
    return found


def similarity(maps, folds):
    """Return how alike maps of the same network are, and maps of different ones.

    Parameters
    ----------
    maps : ndarray, shape (n, voxels)
    folds : sequence of int, length n
        Which network a map is of.

    Returns
    -------
    same, different : float
        Mean correlation over voxels of two maps.
    """
    correlation = np.corrcoef(maps)
    alike = np.equal.outer(folds, folds)
    pairs = np.triu(np.ones_like(alike), 1)
    return (
        float(correlation[alike & pairs].mean()),
        float(correlation[~alike & pairs].mean()),
    )
