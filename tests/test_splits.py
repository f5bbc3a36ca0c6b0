"""Folds are fair, repeatable, and never divide a participant or a family."""

from collections import Counter

import pytest

from scan2map.splits import (
    TEST,
    TRAINING,
    VALIDATION,
    deal,
    derive_seed,
    families,
    never_tested,
    shuffle,
    split,
)


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


def test_siblings_in_both_groups_are_told_as_the_cause_of_too_few_to_deal():
    rows = people(control=8, patient=8)
    for number, row in enumerate(rows):
        row["family"] = f"pair{number % 8}"
    said = "'patient' has 8 participants, but 0 families to deal: 8 families .* both"
    for asked in ({"k": 4}, {"scheme": "shuffle", "validation": 0.2, "test": 0.2}):
        with pytest.raises(ValueError, match=f"{said} .* or empty 'family' where"):
            deal(rows, seed=1, repeats=1, **asked)


def test_a_family_of_one_is_dealt_as_none():
    rows = people(a=8, b=8)
    alone = [row | {"family": f"family of {row['participant_id']}"} for row in rows]
    assert split(alone, k=4, repeats=3, seed=3) == split(rows, k=4, repeats=3, seed=3)


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


def sides(parts, repeat):
    """Return the participants on each side of a shuffle."""
    found = {TEST: set(), VALIDATION: set(), TRAINING: set()}
    for (number, participant), part in parts.items():
        if number == repeat:
            found[part].add(participant)
    return found


def test_a_shuffle_deals_everybody_to_one_side_stratified_by_group():
    rows = people(a=99, b=99)
    parts = shuffle(rows, validation=0.1, test=0.1, repeats=10, seed=1)
    for repeat in range(1, 11):
        found = sides(parts, repeat)
        assert [len(found[side]) for side in found] == [20, 20, 158]
        assert set().union(*found.values()) == {row["participant_id"] for row in rows}
        for side in found.values():
            assert 2 * sum(who.startswith("a") for who in side) == len(side)


def test_shuffles_keep_families_and_sessions_together_in_every_repeat():
    rows = people(a=20, b=20)
    for row in rows[15:25]:
        row["family"] = "smith"
    parts = shuffle(rows + rows, validation=0.2, test=0.2, repeats=30, seed=3)
    for repeat in range(1, 31):
        assert len({parts[repeat, row["participant_id"]] for row in rows[15:25]}) == 1


@pytest.mark.parametrize("share", [0.001, 0.499])
def test_somebody_of_each_group_is_on_every_side(share):
    parts = shuffle(people(a=3, b=7), share, share, repeats=5, seed=1)
    for repeat in range(1, 6):
        for side in sides(parts, repeat).values():
            assert {who[0] for who in side} == {"a", "b"}


def test_shuffles_depend_on_the_seed_alone_and_more_of_them_leave_the_first():
    rows = people(a=20, b=20)
    first = shuffle(rows, 0.1, 0.1, repeats=3, seed=1)
    assert first == shuffle(rows[::-1], 0.1, 0.1, repeats=3, seed=1)
    assert first.items() <= shuffle(rows, 0.1, 0.1, repeats=4, seed=1).items()
    assert first != shuffle(rows, 0.1, 0.1, repeats=3, seed=2)
    assert sides(first, 1) != sides(first, 2)


def test_who_is_never_tested_is_known():
    rows = people(a=10, b=10)
    asked = {"scheme": "shuffle", "validation": 0.1, "test": 0.1, "repeats": 3}
    parts = deal(rows, 1, **asked)
    tested = {who for (_, who), part in parts.items() if part == TEST}
    everybody = {row["participant_id"] for row in rows}
    assert set(never_tested(asked, parts)) == everybody - tested != set()
    asked = {"scheme": "kfold", "k": 5, "repeats": 1}
    assert never_tested(asked, deal(rows, 1, **asked)) == []


def test_shuffles_that_leave_nobody_to_learn_from_are_refused():
    with pytest.raises(ValueError, match="leave nobody to learn from"):
        shuffle(people(a=10, b=10), validation=0.5, test=0.5, repeats=1, seed=1)
    with pytest.raises(ValueError, match="group 'b' has 2 participants"):
        shuffle(people(a=10, b=2), validation=0.1, test=0.1, repeats=1, seed=1)
