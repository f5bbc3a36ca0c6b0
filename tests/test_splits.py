"""Folds are fair, repeatable, and never divide a participant or a family."""

from collections import Counter

import pytest

from scan2map.splits import derive_seed, families, split


def people(**groups):
    return [
        {"participant_id": f"{group}{n}", "group": group, "family": ""}
        for group, size in groups.items()
        for n in range(size)
    ]


def test_each_participant_is_tested_once_per_repeat():
    rows = people(a=11, b=7)
    folds = split(rows, k=5, repeats=3, seed=1)
    assert set(folds) == {
        (repeat, row["participant_id"]) for repeat in (1, 2, 3) for row in rows
    }
    assert set(folds.values()) == {1, 2, 3, 4, 5}


def test_groups_are_spread_evenly_over_folds():
    folds = split(people(a=11, b=7), k=5, repeats=1, seed=1)
    for group in "ab":
        sizes = Counter(f for (_, p), f in folds.items() if p.startswith(group))
        assert max(sizes.values()) - min(sizes.values()) <= 1
    totals = Counter(folds.values())
    assert max(totals.values()) - min(totals.values()) <= 1


def test_members_of_a_family_share_a_fold_in_every_repeat():
    rows = people(a=8, b=8)
    for row in rows[6:10]:
        row["family"] = "smith"
    folds = split(rows, k=4, repeats=5, seed=3)
    for repeat in range(1, 6):
        assert len({folds[repeat, row["participant_id"]] for row in rows[6:10]}) == 1


def test_sessions_of_a_participant_are_one_person():
    rows = people(a=4, b=4)
    assert families(rows + rows) == families(rows)


def test_same_seed_gives_same_folds_and_another_seed_others():
    rows = people(a=20, b=20)
    first = split(rows, k=5, repeats=2, seed=1)
    assert first == split(rows, k=5, repeats=2, seed=1)
    assert first != split(rows, k=5, repeats=2, seed=2)


def test_folds_do_not_depend_on_the_order_of_the_table():
    rows = people(a=9, b=9)
    assert split(rows, 3, 1, seed=1) == split(rows[::-1], 3, 1, seed=1)


def test_repeats_differ():
    folds = split(people(a=20, b=20), k=5, repeats=2, seed=1)
    assert any(folds[1, p] != folds[2, p] for _, p in folds)


def test_fewer_participants_in_a_group_than_folds_is_refused():
    with pytest.raises(ValueError, match="group 'b' has 3 participants .* 5 folds"):
        split(people(a=10, b=3), k=5, repeats=1, seed=1)


def test_derived_seeds_differ_between_jobs_and_agree_between_calls():
    seeds = [derive_seed(1, "train_fold", repeat) for repeat in range(100)]
    assert len(set(seeds)) == 100
    assert seeds[7] == derive_seed(1, "train_fold", "7")
