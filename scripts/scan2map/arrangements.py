"""How small a p permutation can reach: which arrangements no image tells apart.

Standard library only: the plan refuses designs whose p cannot be small enough.
"""

import random
from itertools import product

from scan2map.columns import Basis

ALIKE = 1e-9
"""Relative difference of statistics that are the same but for rounding."""


def count_alike(design, contrast, kind, both_signs, unequal=False):
    """Count the arrangements whose statistic is the original's whatever the images.

    Where both signs of t are looked at, two groups of equal size that change places as
    a whole are one: t is the same but for its sign. So are all signs flipped at once.

    Parameters
    ----------
    design : designs.Design
    contrast : contrasts.Contrast
    kind : {"labels", "signs"}
        From `designs.exchange_of`.
    both_signs : bool
        Whether t and -t count as the same; they do in F.
    unequal : bool
        Whether images of different groups are weighed differently.

    Returns
    -------
    int
        The original included; out of `designs.arrangements`, all of which are gone
        through here.
    """
    weight = {group: 1 + n / 3 for n, group in enumerate(dict.fromkeys(design.groups))}
    factors = [weight[group] if unequal else 1.0 for group in design.groups]
    rows = [
        [factor * value for value in row]
        for factor, row in zip(factors, design.matrix, strict=True)
    ]
    nuisance, interest = _separate(rows, contrast.weights)
    # Statistics of random numbers are the same only where those of all numbers are.
    data = _without(nuisance, [random.Random(n).gauss() for n in range(len(rows))])
    squared = contrast.statistic == "F" or both_signs
    found = (
        _statistic(
            [data[i] * sign for i, sign in arranged], nuisance, interest, squared
        )
        for arranged in _arranged(design, kind)
    )
    original = _statistic(data, nuisance, interest, squared)
    return sum(abs(one - original) <= ALIKE * abs(original) for one in found)


def _separate(rows, weights):
    """Return orthonormal vectors of the nuisance, and of what a contrast tests."""
    basis = Basis(least=ALIKE)
    for free in _null_space(weights):
        basis.extend([_dot(row, free) for row in rows])
    n = len(basis)
    for column in zip(*rows, strict=True):
        basis.extend(column)
    return basis.vectors[:n], basis.vectors[n:]


def _null_space(weights):
    """Return a basis of the vectors that weights make 0, by Gauss and Jordan."""
    rows, pivots = [list(row) for row in weights], []
    for column in range(len(rows[0])):
        below = rows[len(pivots) :]
        best = max(below, key=lambda row: abs(row[column]), default=None)
        if best is None or abs(best[column]) < ALIKE:
            continue
        rows.remove(best)
        best = [value / best[column] for value in best]
        rows = [
            [a - row[column] * b for a, b in zip(row, best, strict=True)]
            for row in rows
        ]
        rows.insert(len(pivots), best)
        pivots.append(column)
    found = []
    for column in set(range(len(rows[0]))) - set(pivots):
        vector = [float(place == column) for place in range(len(rows[0]))]
        for row, pivot in zip(rows, pivots, strict=False):
            vector[pivot] = -row[column]
        found.append(vector)
    return found


def _statistic(data, nuisance, interest, squared):
    """Return F but for a factor, with the sign of t where it counts."""
    along = [_dot(vector, data) for vector in interest]
    explained = sum(value * value for value in along)
    lost = sum(_dot(vector, data) ** 2 for vector in nuisance)
    ratio = explained / (_dot(data, data) - lost - explained)
    return ratio if squared or along[0] > 0 else -ratio


def _without(vectors, data):
    """Take orthonormal vectors out of data."""
    for vector in vectors:
        along = _dot(vector, data)
        data = [a - along * b for a, b in zip(data, vector, strict=True)]
    return data


def _dot(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


def _arranged(design, kind):
    """Yield all arrangements: which image comes in each place, and its sign."""
    blocks = {}
    for image, who in enumerate(design.participants):
        blocks.setdefault(who, []).append(image)
    blocks = list(blocks.values())
    if kind == "signs":
        for signs in product((1, -1), repeat=len(blocks)):
            by_image = {
                image: sign
                for block, sign in zip(blocks, signs, strict=True)
                for image in block
            }
            yield [(image, by_image[image]) for image in range(len(by_image))]
        return
    kinds = [tuple(row) for row in design.matrix]
    sizes = sorted({len(block) for block in blocks})
    groups = [[block for block in blocks if len(block) == size] for size in sizes]
    orders = [
        list(distinct_orders([tuple(kinds[i] for i in block) for block in group]))
        for group in groups
    ]
    for chosen in product(*orders):
        places = list(range(len(design.participants)))
        for group, order in zip(groups, chosen, strict=True):
            for block, place in zip(group, order, strict=True):
                for here, there in zip(block, group[place], strict=True):
                    places[there] = here
        yield [(image, 1) for image in places]


def distinct_orders(kinds):
    """Yield orders of things of which some are alike, each once, the given first.

    Parameters
    ----------
    kinds : sequence
        What things are, hashable; those that are equal are alike.

    Yields
    ------
    tuple of int
        The numbers of the things.
    """
    waiting = {}
    for place, kind in enumerate(kinds):
        waiting.setdefault(kind, []).append(place)

    def fill(place):
        if place == len(kinds):
            yield ()
            return
        given = kinds[place]
        for kind in [given, *(k for k in waiting if k != given)]:
            if waiting[kind]:
                thing = waiting[kind].pop(0)
                for rest in fill(place + 1):
                    yield (thing, *rest)
                waiting[kind].insert(0, thing)

    yield from fill(0)
