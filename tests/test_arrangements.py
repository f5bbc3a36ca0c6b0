"""Which arrangements of images have the original's statistic, whatever the images."""

import math

import numpy as np
import pytest
from test_designs import GROUPS, asked, cohort, pairs

from scan2map.arrangements import count_alike, distinct_orders
from scan2map.contrasts import contrast_weights
from scan2map.designs import arrangements, cohort_design, exchange_of
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permutation import max_statistics, separate

MATCHED = ["61", "61", "64", "64", "66", "66"]
MIRRORED = ["1", "1", "2", "3", "3", "2"]


def both(rows, wanted, contrast, both_signs, variance="equal"):
    """Return how many arrangements are alike, counted and found by permutation."""
    design = cohort_design(rows, asked(**wanted), GROUPS)
    weighed = contrast_weights(design, "c", contrast)
    kind = exchange_of(design, weighed.weights, variance)
    matrix = np.array(design.matrix)
    arranged = rearrange(kind, matrix, design.participants, 10**4, seed=0)
    assert arranged.exhaustive and len(arranged.rows) == arrangements(design, kind)
    unequal = variance == "unequal"
    heavy = np.array(
        [[2.0 if unequal and g == "patient" else 1] for g in design.groups]
    )
    tested = separate(heavy * matrix, weighed.weights)._replace(weights=heavy)
    data = np.random.default_rng(0).normal(size=(len(matrix), 50))
    largest, smallest = max_statistics(data, tested, arranged)
    if both_signs or weighed.statistic == "F":
        largest = np.maximum(largest, -smallest)
    alike = np.isclose(largest, largest[0], rtol=1e-5).sum()
    return count_alike(design, weighed, kind, both_signs, unequal), alike


GROUP = {"t": {"patient": 1, "control": -1}}


@pytest.mark.parametrize(
    ("rows", "wanted", "contrast", "one", "two"),
    [
        (cohort(6), {}, GROUP, 1, 2),
        (cohort(7), {}, GROUP, 1, 1),
        (cohort(6), {}, {"f": "groups"}, 2, 2),
        (cohort(6, iq=list("134276")), {"covariates": ["iq"]}, GROUP, 1, 1),
        (cohort(6, iq=MATCHED), {"covariates": ["iq"]}, GROUP, 1, 2),
        (cohort(6, iq=MIRRORED), {"covariates": ["iq"]}, GROUP, 2, 4),
        (cohort(6, iq=list("123456")), {"covariates": ["iq"]}, {"t": "iq"}, 2, 4),
        (cohort(6, iq=list("124789")), {"covariates": ["iq"]}, {"t": "iq"}, 1, 1),
        (cohort(7), {"design": "one-sample"}, {"t": "mean"}, 1, 2),
        (cohort(6), {}, {"t": "mean"}, 1, 2),
        (cohort(6), {}, {"t": "patient"}, 2, 4),
        (cohort(6), {}, {"f": "effects"}, 4, 4),
        (
            pairs(),
            {"design": "paired", "sessions": ["before", "after"]},
            {"t": {"after": 1, "before": -1}},
            1,
            2,
        ),
    ],
)
def test_arrangements_are_alike_as_permutation_finds(rows, wanted, contrast, one, two):
    assert both(rows, wanted, contrast, both_signs=False) == (one, one)
    assert both(rows, wanted, contrast, both_signs=True) == (two, two)


def test_groups_that_vary_differently_have_one_mirror_image():
    assert both(cohort(6), {}, GROUP, True, "unequal") == (2, 2)


def test_orders_of_things_that_are_alike_are_listed_once_the_given_first():
    orders = list(distinct_orders("aabbb"))
    assert orders[0] == (0, 1, 2, 3, 4)
    assert len({"".join("aabbb"[i] for i in order) for order in orders}) == len(orders)
    assert len(orders) == math.comb(5, 2)
