"""Split participants into folds; standard library only, so the DAG can be planned."""

import random
from collections import defaultdict


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
    by_group = defaultdict(list)
    for group, participants in families(rows):
        by_group[group].append(participants)
    for group in sorted({row["group"] for row in rows}):
        if len(by_group[group]) < k:
            raise ValueError(
                f"group '{group}' has {len(by_group[group])} participants (families "
                f"count as one), fewer than the {k} folds asked for: lower 'k' of the "
                "experiment's folds, or scan more participants"
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
