"""What corrections find in null data."""

import numpy as np
import pandas as pd

from scan2map.splits import derive_seed
from scan2map.statistics.corrections import PARAMETRIC, Asked, correct
from scan2map.statistics.null_data import image_scales, null_images
from scan2map.statistics.permuting import PERMUTATIONS, Permuting
from scan2map.statistics.second_level import fit_second_level

FORMING = (0.01, 0.001)
"""Uncorrected p that form clusters."""

EXCHANGE = {"equal": "labels", "unequal": "signs"}
"""What permutation exchanges, by what is assumed of the groups' variances."""

CORRECTIONS = [
    (name, forming)
    for name in (*PARAMETRIC, *PERMUTATIONS)
    for forming in (FORMING if "cluster" in name else [None])
]
"""Each with the p that forms its clusters, None without clusters."""

SETTING = ["smoothing_mm", "setting", "variance"]
"""Columns that tell datasets of one kind from others."""


def smallest_p(data, mask, affine, groups, variance, permutations, seed):
    """Compare two groups with every correction.

    Parameters
    ----------
    data : ndarray, shape (n, voxels)
        Images of the first group, then those of the second.
    mask : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
    groups : sequence of 2 ints
        Images of each group.
    variance : {"equal", "unequal"}
        What is assumed. Unequal: formulas by ReML, permutation by flips of signs.
    permutations, seed : int

    Returns
    -------
    list of dict
        ``correction``, ``forming``, and ``p``, the smallest one of all voxels.
    """
    design = np.repeat(np.eye(2), groups, axis=0)
    member = np.repeat([0, 1], groups).tolist() if variance == "unequal" else None
    level = fit_second_level(
        data, mask, affine, design, intercept=(0, 1), unequal=member
    )
    contrast = level.test([1, -1])
    blocks = list(range(len(data)))
    permuting = Permuting(EXCHANGE[variance], blocks, permutations, seed, threads=1)
    rows = []
    for name, forming in CORRECTIONS:
        asked = Asked() if forming is None else Asked(cluster_forming_p=forming)
        p = correct(name, level, contrast, asked, permuting).p.min()
        rows.append({"correction": name, "forming": forming, "p": float(p)})
    return rows


def study_datasets(numbers, name, setting, smoothing_mm, search, permutations, seed):
    """Draw null datasets and compare their groups with every correction.

    Parameters
    ----------
    numbers : iterable of int
        Which datasets: each is the same whatever others are drawn.
    name : str
        Of the setting.
    setting : dict
        ``groups``, ``sds``, ``tails_df`` (see `null_data.image_scales`), and
        ``variances``: what is assumed, one analysis each.
    smoothing_mm : float
    search : (ndarray of bool, ndarray)
        Mask and affine.
    permutations, seed : int

    Returns
    -------
    pandas.DataFrame
        A row per dataset, assumption and correction: columns `SETTING`, ``dataset``
        and those of `smallest_p`.
    """
    mask, affine = search
    rows = []
    for number in numbers:
        own = derive_seed(seed, name, smoothing_mm, number)
        rng = np.random.default_rng(own)
        scales = image_scales(
            rng, setting["groups"], setting["sds"], setting["tails_df"]
        )
        data = null_images(rng, mask, smoothing_mm / affine[0, 0], scales)
        for variance in setting["variances"]:
            about = {"smoothing_mm": smoothing_mm, "setting": name}
            about |= {"variance": variance, "dataset": number}
            found = smallest_p(
                data,
                mask,
                affine,
                setting["groups"],
                variance,
                permutations,
                seed=derive_seed(own, "permutation"),
            )
            rows += [about | row for row in found]
    return pd.DataFrame(rows)
