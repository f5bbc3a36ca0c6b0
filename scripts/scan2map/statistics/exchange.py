"""Rearrangements of the data that a null hypothesis does not tell from the original.

References
----------
Winkler A.M. et al. (2014, 2015), NeuroImage 92:381-397; 123:253-268.
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from scan2map.arrangements import distinct_orders


class Rearrangements(NamedTuple):
    """Rearrangements of n rows; the first leaves all as it is.

    `rows` (m, n): which row comes in the place of each; `signs` (m, n): +1 or -1;
    `exhaustive`: these are all that there are.
    """

    rows: np.ndarray
    signs: np.ndarray
    exhaustive: bool


def rearrange(kind, design, blocks, n, seed):
    """Draw rearrangements, or list all where there are no more than asked for.

    Parameters
    ----------
    kind : {"labels", "signs"}
        Permute rows, for differences between people; or flip signs, for means against
        zero of errors that are symmetric.
    design : ndarray, shape (n_rows, k)
        Rows that are the same need not be told apart.
    blocks : sequence, length n_rows
        Rows with the same entry, such as sessions of a participant, stay together and
        in order: blocks change places with blocks of their size, or their signs as one.
    n : int
        Rearrangements wanted beside the original.
    seed : int
        The first rearrangements are the same however many are asked for.

    Returns
    -------
    Rearrangements

    Raises
    ------
    ValueError
        `kind` is unknown, or the original is the only one.
    """
    members = _members(blocks)
    if kind == "signs":
        total = 2 ** len(members)
    elif kind == "labels":
        kinds = _alike(np.asarray(design), members)
        total = math.prod(_arrangements(kinds[group]) for group in _by_size(members))
    else:
        raise ValueError(f"kind should be labels or signs. {kind} was provided")
    if total < 2:
        raise ValueError(
            "the only arrangement of these images is the one given: permutation needs "
            "people whose images could change places"
        )
    exhaustive = total - 1 <= n
    rows = np.arange(len(blocks))
    if kind == "signs":
        flips = _all_flips(members) if exhaustive else _draw_flips(members, n, seed)
        signs = np.empty((len(flips), len(blocks)), dtype=np.int8)
        for block, sign in zip(members, flips.T, strict=True):
            signs[:, block] = sign[:, None]
        return Rearrangements(np.tile(rows, (len(signs), 1)), signs, exhaustive)
    if exhaustive:
        rows = _all_permutations(members, kinds, rows)
    else:
        rows = _draw_permutations(members, n, seed, rows)
    return Rearrangements(rows, np.ones(rows.shape, dtype=np.int8), exhaustive)


def _members(blocks):
    """Return the row numbers of each block, in order of appearance."""
    found = {}
    for row, block in enumerate(blocks):
        found.setdefault(block, []).append(row)
    return [np.array(rows) for rows in found.values()]


def _by_size(members):
    """Return the numbers of the blocks of each size."""
    sizes = np.array([len(rows) for rows in members])
    return [np.flatnonzero(sizes == size) for size in np.unique(sizes)]


def _alike(design, members):
    """Number blocks so that those with the same rows of the design share a number."""
    seen = {}
    return np.array([seen.setdefault(design[m].tobytes(), len(seen)) for m in members])


def _arrangements(kinds):
    """Return how many orders there are of things of which some are alike."""
    counts = np.unique(kinds, return_counts=True)[1]
    return math.factorial(len(kinds)) // math.prod(map(math.factorial, counts.tolist()))


def _draw_flips(members, n, seed):
    """Draw signs of the blocks, (n + 1, n_blocks); the first are as they are."""
    drawn = np.random.default_rng(seed).integers(0, 2, (n, len(members)))
    return np.vstack([np.ones(len(members), dtype=int), 1 - 2 * drawn])


def _all_flips(members):
    """List all signs of the blocks; the first are as they are."""
    return np.array(list(product((1, -1), repeat=len(members))))


def _draw_permutations(members, n, seed, given):
    """Draw orders of the blocks of each size; the first is the given one."""
    rows = np.tile(given, (n + 1, 1))
    for number, group in enumerate(_by_size(members)):
        rng = np.random.default_rng([seed, number])
        orders = rng.permuted(np.tile(group, (n, 1)), axis=1)
        place = np.empty((len(members), len(members[group[0]])), dtype=int)
        place[group] = [members[block] for block in group]
        for here, chosen in zip(group, orders.T, strict=True):
            rows[1:, members[here]] = place[chosen]
    return rows


def _all_permutations(members, kinds, given):
    """List the orders of the blocks of each size that differ; the given one first."""
    groups = _by_size(members)
    orders = [list(distinct_orders(kinds[group].tolist())) for group in groups]
    rows = []
    for chosen in product(*orders):
        row = given.copy()
        for group, order in zip(groups, chosen, strict=True):
            for here, there in zip(group, group[list(order)], strict=True):
                # The data of `here` come to where the design is that of `there`.
                row[members[there]] = members[here]
        rows.append(row)
    return np.array(rows)
