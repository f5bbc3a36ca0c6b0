"""Splits of a fold's training participants."""

import numpy as np
import pytest

from scan2map.inner_splits import held_back, inner_folds

PARTICIPANTS = [f"p{i // 2:02d}" for i in range(60)]
"""Thirty participants with two sessions each; every third is of group 1."""

LABELS = [int(i // 2 % 3 == 0) for i in range(60)]


def sides_of(who, chosen):
    """Return how many sides of a split each of some people is on."""
    return {len({c for w, c in zip(who, chosen, strict=True) if w == p}) for p in who}


def test_the_share_of_each_group_is_held_back_by_participants():
    held = np.array(held_back(LABELS, PARTICIPANTS, None, 0.2, seed=1))
    assert sides_of(PARTICIPANTS, held) == {1}
    labels = np.array(LABELS)
    assert held[labels == 1].sum() == 2 * 2 and held[labels == 0].sum() == 2 * 4


def test_families_stay_together():
    families = [f"f{int(p[1:]) // 6}" for p in PARTICIPANTS]
    assert sides_of(families, held_back(LABELS, PARTICIPANTS, families, 0.3, 1)) == {1}
    ten = [f"f{int(p[1:]) % 10}" for p in PARTICIPANTS]
    labels = [int(f in ("f0", "f1", "f2")) for f in ten]
    assert sides_of(ten, inner_folds(labels, PARTICIPANTS, ten, 3, seed=1)) == {1}


@pytest.mark.parametrize("share", [0.01, 0.99])
def test_somebody_of_each_group_is_on_either_side(share):
    held = np.array(held_back(LABELS, PARTICIPANTS, None, share, seed=1))
    for label in (0, 1):
        assert len(set(held[np.array(LABELS) == label])) == 2


def test_splits_depend_on_the_seed_alone():
    one, same, other = (
        held_back(LABELS, PARTICIPANTS, None, 0.2, seed) for seed in (1, 1, 2)
    )
    assert one == same != other


def test_inner_folds_are_stratified_by_participants():
    folds = np.array(inner_folds(LABELS, PARTICIPANTS, None, 5, seed=1))
    assert sides_of(PARTICIPANTS, folds) == {1}
    positive = [folds[np.array(LABELS) == 1].tolist().count(k) for k in range(1, 6)]
    assert positive == [2 * 2] * 5


def test_too_few_participants_are_refused():
    with pytest.raises(ValueError, match="1 training participants .* label 1, and 2"):
        held_back([0, 0, 1, 1], list("abcc"), None, 0.2, seed=1)
    with pytest.raises(ValueError, match="one of 3 inner folds"):
        inner_folds([0, 0, 0, 1, 1], list("abcde"), None, 3, seed=1)
