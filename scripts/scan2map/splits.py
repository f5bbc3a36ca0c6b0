"""Split participants into folds; standard library only, so the DAG can be planned."""

import random
from collections import defaultdict

TEST, VALIDATION, TRAINING = 1, 2, 3
"""Parts of a shuffle, numbered as folds are: its one network is that of fold 1, which
is tested on it, learns from 3, and may be stopped by 2."""


def derive_seed(seed, *names):
    """Return a seed of its own for each thing that is random.

    Parameters
    ----------
    seed : int
        The study's seed.
    *names : str or int
        What tells this random thing from all others, such as a rule and its wildcards.

    Returns
    -------
    int
        Between 0 and 2**32 - 1; the same in every Python process.
    """
    return random.Random(repr((seed, *map(str, names)))).getrandbits(32)


def families(rows):
    """Group participants who must stay on the same side of every split.

    Parameters
    ----------
    rows : list of dict
        Sessions of the cohort with keys ``participant_id``, ``group`` and, optionally,
        ``family``. An empty family stands for a family of one.

    Returns
    -------
    list of (str, list of str)
        The families: the group most of its participants belong to (the first in
        alphabetical order on a tie), and its participants, in the cohort's order.
    """
    members, group_of = defaultdict(list), {}
    for row in rows:
        participant = row["participant_id"]
        if participant not in group_of:
            family = row.get("family") or ("alone", participant)
            members[family].append(participant)
            group_of[participant] = row["group"]
    result = []
    for participants in members.values():
        groups = [group_of[p] for p in participants]
        result.append((max(sorted(set(groups)), key=groups.count), participants))
    return result


def families_by_group(rows):
    """Return the participants of each family, by the group that `families` says."""
    by_group = defaultdict(list)
    for group, participants in families(rows):
        by_group[group].append(participants)
    return by_group


def deal(rows, seed, scheme="kfold", **folds):
    """Deal participants as the configuration of an experiment asks.

    Parameters
    ----------
    rows : list of dict
        Sessions of the cohort: ``participant_id``, ``group`` and optionally ``family``.
    seed : int
        The same seed and cohort give the same folds.
    scheme : {"kfold", "shuffle"}
    **folds
        ``k`` and ``repeats`` for `split`; ``validation``, ``test`` and ``repeats`` for
        `shuffle`.

    Returns
    -------
    dict of (int, str) to int
        Fold, or part of a shuffle, by repeat and participant.
    """
    return {"kfold": split, "shuffle": shuffle}[scheme](rows, seed=seed, **folds)


def is_shuffle(folds):
    """Tell whether a configuration of folds is that of shuffles."""
    return folds.get("scheme") == "shuffle"


def tested_folds(folds):
    """Return the numbers of the folds that have a network, and are tested by it."""
    return [TEST] if is_shuffle(folds) else list(range(1, folds["k"] + 1))


def training_folds(folds, fold):
    """Return the numbers of the folds that the network of a fold may learn from."""
    if is_shuffle(folds):
        return [TRAINING]
    return [other for other in range(1, folds["k"] + 1) if other != int(fold)]


def never_tested(folds, fold_of):
    """Return the participants whom no repeat tests; with k folds there are none.

    Parameters
    ----------
    folds : dict
        Of an experiment's configuration.
    fold_of : dict of (int, str) to int
        As from `deal`.

    Returns
    -------
    list of str
        Sorted.
    """
    numbers = tested_folds(folds)
    tested = {who for (_, who), fold in fold_of.items() if fold in numbers}
    return sorted({who for _, who in fold_of} - tested)


def split(rows, k, repeats, seed):
    """Assign each participant to one test fold in each repeat.

    Folds are stratified by group: families of a group are shuffled and dealt, the
    largest first, each to the fold with the fewest participants of that group so far.

    Parameters
    ----------
    rows : list of dict
        Sessions of the cohort: ``participant_id``, ``group`` and optionally ``family``.
    k : int
        Folds per repeat, at least 2.
    repeats : int
        How often the participants are dealt anew.
    seed : int
        The same seed and cohort give the same folds.

    Returns
    -------
    dict of (int, str) to int
        Test fold (1 to `k`) by repeat (1 to `repeats`) and participant.

    Raises
    ------
    ValueError
        A group has fewer families than folds.
    """
    by_group = families_by_group(rows)
    for group in sorted({row["group"] for row in rows}):
        if len(by_group[group]) < k:
            raise ValueError(
                f"{_counted(rows, group, by_group[group])}, fewer than the {k} folds "
                "asked for: lower 'k' of the experiment's folds, or "
                + _to_have_more(rows)
            )
    folds = {}
    for repeat in range(1, repeats + 1):
        rng = random.Random(derive_seed(seed, "split", repeat))
        total = [0] * k
        for group in sorted(by_group):
            dealt = [0] * k
            shuffled = sorted(by_group[group])
            rng.shuffle(shuffled)
            for participants in sorted(shuffled, key=len, reverse=True):
                fold = min(range(k), key=lambda f: (dealt[f], total[f], f))
                dealt[fold] += len(participants)
                total[fold] += len(participants)
                for participant in participants:
                    folds[repeat, participant] = fold + 1
    return folds


def _mixed(rows):
    """Return how many families have participants of several groups."""
    groups = defaultdict(set)
    for row in rows:
        groups[row.get("family", "")].add(row["group"])
    return sum(len(found) > 1 for family, found in groups.items() if family)


def _counted(rows, group, own):
    """Say how many families a group has, and how many participants."""
    mixed = _mixed(rows)
    people = {row["participant_id"] for row in rows if row["group"] == group}
    if not mixed:
        return f"group '{group}' has {len(own)} participants (families count as one)"
    return (
        f"group '{group}' has {len(people)} participants, but {len(own)} families to "
        f"deal: {mixed} families have participants of both groups, and such a family "
        "counts for the group of most of them, on a tie for the first by name"
    )


def _to_have_more(rows):
    """Say how a group gets more families to deal."""
    if not _mixed(rows):
        return "scan more participants"
    return (
        "leave one of each such pair out by writing the reason in the cohort's column "
        "'exclude', or empty 'family' where people are not related"
    )


def shuffle(rows, validation, test, repeats, seed):
    """Deal participants at random to test, validation and training in each repeat.

    Parts are stratified by group: families of a group are drawn until they make up the
    share asked for, one at least. Repeats know nothing of each other, so that a
    participant is tested in several of them, or in none.

    Parameters
    ----------
    rows : list of dict
        Sessions of the cohort: ``participant_id``, ``group`` and optionally ``family``.
    validation, test : float
        Shares of each group's participants; the others are learnt from.
    repeats : int
        How often the participants are dealt anew.
    seed : int
        The same seed and cohort give the same parts.

    Returns
    -------
    dict of (int, str) to int
        `TEST`, `VALIDATION` or `TRAINING` by repeat (1 to `repeats`) and participant.

    Raises
    ------
    ValueError
        Nobody would be left to learn from, or a group has fewer than three families.
    """
    if validation + test >= 1:
        raise ValueError(
            f"'validation: {validation:g}' and 'test: {test:g}' of the experiment's "
            "folds leave nobody to learn from: make them less than 1 together"
        )
    by_group = families_by_group(rows)
    for group in sorted({row["group"] for row in rows}):
        if len(by_group[group]) < 3:
            raise ValueError(
                f"{_counted(rows, group, by_group[group])}, and a shuffle needs 3, one "
                f"to learn from, one to validate, one to test: {_to_have_more(rows)}"
            )
    parts = {}
    for repeat in range(1, repeats + 1):
        rng = random.Random(derive_seed(seed, "shuffle", repeat))
        for group in sorted(by_group):
            drawn = sorted(by_group[group])
            rng.shuffle(drawn)
            size = sum(map(len, drawn))
            for part, share, left in ((TEST, test, 2), (VALIDATION, validation, 1)):
                dealt = 0
                while len(drawn) > left and (
                    not dealt or dealt + len(drawn[-1]) / 2 <= share * size
                ):
                    dealt += len(drawn[-1])
                    parts |= {(repeat, who): part for who in drawn.pop()}
            parts |= {(repeat, who): TRAINING for whole in drawn for who in whole}
    return parts
