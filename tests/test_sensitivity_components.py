"""Sensitivity of networks to components, and their ranking."""

import numpy as np
import pandas as pd
import pytest

from scan2map.sensitivity.components import (
    as_one_channel,
    component_sensitivity,
    in_reference,
    rank_components,
    summarise_importance,
)

SHAPE = (4, 5, 6)


@pytest.fixture
def mask(rng):
    return rng.random(SHAPE) < 0.5


def test_a_linear_network_has_its_weights_as_sensitivity(mask, rng):
    weights = rng.normal(size=(*SHAPE, 3)).astype(np.float32)

    def differentiate(images):
        return weights[None], (images * weights).sum((1, 2, 3, 4))

    session = rng.normal(size=(*SHAPE, 3))
    gradient, logit = component_sensitivity(session, mask, differentiate)
    assert (gradient == weights[mask].T).all()
    assert logit == pytest.approx((session * weights).sum())


def test_a_gradient_that_is_not_finite_is_an_error(mask):
    def differentiate(images):
        return np.full(images.shape, np.nan), np.zeros(1)

    with pytest.raises(ValueError, match="not finite"):
        component_sensitivity(np.ones((*SHAPE, 2)), mask, differentiate)


def test_another_grid_is_an_error(mask):
    with pytest.raises(ValueError, match="not on the mask's grid"):
        component_sensitivity(np.ones((4, 5, 7, 2)), mask, None)


def test_components_take_their_place_and_sign_in_the_reference():
    gradient = np.array([[1.0, 2], [3, 4]])
    placed = in_reference(gradient, [0, 2], matched=[3, 0, 1, 2], r=[-0.9, 0.8, 0.7, 1])
    assert placed.tolist() == [[0, 0], [3, 4], [0, 0], [-1, -2]]


def test_volumes_are_averaged_by_magnitude():
    assert as_one_channel(np.array([[1.0, -2], [-3, 4]])).tolist() == [[2, 3]]


def test_importance_is_that_of_the_component_seen():
    match = pd.DataFrame(
        {"component": [1, 2, 3], "matched": [3, 1, 2], "r": [-0.9, 0.8, 0.7]}
    )
    stack = np.array([[[1.0, -3], [0, 0], [4, -2]], [[1, 1], [0, 0], [2, 4]]])
    table = rank_components(stack, match, channels=[0, 1])
    assert table["importance"].fillna(-1).tolist() == [3, 1.5, -1]


def test_one_channel_is_ranked_by_itself():
    table = rank_components(np.ones((2, 1, 5)))
    assert table[["matched", "importance"]].to_numpy().tolist() == [[1, 1]]


def test_a_component_that_is_not_seen_counts_as_nothing():
    rankings = [
        pd.DataFrame({"matched": [2, 1], "r": [0.8, 0.4], "importance": [4.0, None]}),
        pd.DataFrame({"matched": [1, 2], "r": [-0.6, 1.0], "importance": [3.0, 2.0]}),
    ]
    table = summarise_importance(rankings)
    assert table["component"].tolist() == [2, 1]
    assert table["importance"].tolist() == [3, 1.5]
    assert table["networks"].tolist() == [2, 1]
    assert table["mean_abs_r"].tolist() == [0.9, 0.6]


def test_rankings_of_other_components_are_refused():
    rankings = [pd.DataFrame({"matched": [n], "r": 1, "importance": 1}) for n in (1, 2)]
    with pytest.raises(ValueError, match="different sets"):
        summarise_importance(rankings)
