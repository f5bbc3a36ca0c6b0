"""Splits of a fold's training participants."""

import numpy as np
import pytest

from scan2map.inner_splits import check_inner_splits, held_back, inner_folds
from scan2map.splits import shuffle, split

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


@pytest.mark.parametrize(
    ("stopping", "run_as", "tune", "components", "refused"),
    [
        ({"patience": 5}, "honest", "off", "all", True),
        ({"patience": 5}, "replica", "off", "selected", False),
        (None, "honest", "off", "all", False),
        (None, "honest", "off", "selected", True),
        (None, "replica", "quick", "all", True),
        ({"patience": 5}, "replica", "quick", "all", True),
    ],
)
def test_folds_that_leave_too_few_people_are_refused_in_the_plan(
    stopping, run_as, tune, components, refused
):
    rows = [
        {"participant_id": f"p{n}", "group": "ab"[n % 2], "family": ""}
        for n in range(4)
    ]
    experiment = {"training": {"early_stopping": stopping}, "run_as": run_as}
    experiment["feature"] = {"kind": "ica", "components": components}
    experiment["folds"] = {"scheme": "kfold", "k": 2, "repeats": 1}
    experiment["tune"], fold_of = tune, split(rows, k=2, repeats=1, seed=1)
    if not refused:
        return check_inner_splits(experiment, rows, fold_of)
    with pytest.raises(ValueError, match="fold 1 of repeat 1 trains on 1 participants"):
        check_inner_splits(experiment, rows, fold_of)


@pytest.mark.parametrize(("tune", "refused"), [("off", False), ("quick", True)])
def test_shuffles_hold_nobody_back_for_early_stopping_but_are_split_by_tuning(
    tune, refused
):
    rows = [
        {"participant_id": f"p{n}", "group": "ab"[n % 2], "family": ""}
        for n in range(6)
    ]
    folds = {"validation": 0.3, "test": 0.3, "repeats": 2}
    experiment = {
        "folds": {"scheme": "shuffle"} | folds,
        "training": {"early_stopping": {"patience": 5}},
        "run_as": "honest",
        "feature": {"kind": "tissue"},
        "tune": tune,
    }
    fold_of = shuffle(rows, **folds, seed=1)
    if not refused:
        return check_inner_splits(experiment, rows, fold_of)
    with pytest.raises(ValueError, match="fold 1 of repeat 1 trains on 1 participants"):
        check_inner_splits(experiment, rows, fold_of)
