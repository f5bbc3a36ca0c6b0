"""Split the training participants of a fold once more; standard library only."""

import random
from collections import Counter, defaultdict
from itertools import product

from scan2map.splits import (
    derive_seed,
    families,
    is_shuffle,
    split,
    tested_folds,
    training_folds,
)

TUNING_FOLDS = {"quick": 2, "paper": 5}
"""Inner folds of each way to tune."""


def check_inner_splits(experiment, rows, fold_of):
    """Check that every fold leaves training participants enough of each group.

    Parameters
    ----------
    experiment : dict
        One of the configuration's, after `settings.expand_protocols`.
    rows : list of dict
        Sessions of the cohort.
    fold_of : dict of (int, str) to int
        As from `splits.deal`.

    Raises
    ------
    ValueError
        A group has fewer families left than early stopping, tuning or the selection of
        components needs.
    """
    folds = experiment["folds"]
    stopped = experiment["training"]["early_stopping"] is not None
    k = TUNING_FOLDS.get(experiment["tune"], 0)
    chosen = experiment["feature"].get("components") == "selected"
    honest = experiment["run_as"] == "honest"
    # Shuffles have people to validate, and hold nobody back for that.
    held = stopped and not is_shuffle(folds)
    least = max(2 if honest and (held or chosen) else 0, k)
    if stopped and k:
        # What an inner fold leaves is split by early stopping once more.
        least = next(n for n in range(least, 10) if n - -(-n // k) >= 2)
    if not least:
        return
    # A family is on one side of every split.
    dealt = Counter(
        (repeat, fold_of[repeat, who[0]], group)
        for repeat in {repeat for repeat, _ in fold_of}
        for group, who in families(rows)
    )
    for repeat in sorted({repeat for repeat, _ in fold_of}):
        for fold, group in product(
            tested_folds(folds), sorted({row["group"] for row in rows})
        ):
            learnt = training_folds(folds, fold)
            left = sum(dealt[repeat, other, group] for other in learnt)
            if left < least:
                raise ValueError(
                    f"fold {fold} of repeat {repeat} trains on {left} "
                    f"participants of group '{group}' (families count as one). Early "
                    "stopping and tuning, which split them again, or selecting "
                    f"components, which compares them, need {least}: ask for more "
                    "folds (of shuffles, for smaller shares), or switch that off "
                    "('early_stopping', 'tune', 'feature: components')"
                )


def held_back(labels, participants, family, share, seed):
    """Choose sessions that training does not learn from but is stopped by.

    Whole families are held back, drawn at random in each group until they make up the
    share asked for; one family of a group at least is held back, and one at least
    learnt from.

    Parameters
    ----------
    labels : sequence of int
        0 or 1 per session.
    participants : sequence of str
        Whose session it is.
    family : sequence of str, optional
        Of the participant of each session; '' stands for a family of one.
    share : float
        Of each group's participants, between 0 and 1.
    seed : int
        Same seed and sessions, same choice.

    Returns
    -------
    list of bool
        Per session.

    Raises
    ------
    ValueError
        A group has fewer than two families.
    """
    by_group = defaultdict(list)
    for group, members in families(_rows(labels, participants, family)):
        by_group[group].append(members)
    _check(by_group, 2, "early stopping holds some back and learns from the others")
    chosen = set()
    for group in sorted(by_group):
        drawn = sorted(by_group[group])
        random.Random(derive_seed(seed, "held back", group)).shuffle(drawn)
        wanted, held = share * sum(map(len, drawn)), 0
        while len(drawn) > 1 and (not held or held + len(drawn[-1]) / 2 <= wanted):
            members = drawn.pop()
            held += len(members)
            chosen.update(members)
    return [participant in chosen for participant in participants]


def inner_folds(labels, participants, family, k, seed):
    """Assign each session to one of `k` inner folds, stratified and by family.

    Parameters
    ----------
    labels, participants, family
        As for `held_back`.
    k : int
        Number of folds, at least 2.
    seed : int
        Same seed and sessions, same folds.

    Returns
    -------
    list of int
        1 to `k` per session.

    Raises
    ------
    ValueError
        A group has fewer than `k` families.
    """
    rows = _rows(labels, participants, family)
    by_group = defaultdict(list)
    for group, members in families(rows):
        by_group[group].append(members)
    _check(by_group, k, f"tuning leaves out each in one of {k} inner folds")
    fold_of = split(rows, k, 1, derive_seed(seed, "inner folds"))
    return [fold_of[1, participant] for participant in participants]


def _rows(labels, participants, family):
    """Write sessions as rows of a cohort."""
    columns = zip(participants, labels, family or [""] * len(labels), strict=True)
    return [
        {"participant_id": participant, "group": str(label), "family": name}
        for participant, label, name in columns
    ]


def _check(by_group, least, reason):
    for group, members in sorted(by_group.items()):
        if len(members) < least:
            raise ValueError(
                f"{len(members)} training participants (families count as one) have "
                f"label {group}, and {least} are needed: {reason}; use more outer "
                "folds, or switch it off"
            )
