"""Designs of group analyses: from rows of a cohort to named columns.

Standard library only: the plan checks every design before anything runs.

References
----------
SPM12, spm_run_factorial_design.m: columns are conditions, covariates, blocks.
"""

import math
from typing import NamedTuple

from scan2map.columns import Basis, about_mean
from scan2map.covariates import centred, covariate_columns, numbers_of, only_value

DESIGNS = ("two-sample", "one-sample", "paired", "regression")
"""Kinds of designs."""

FEWEST_DF = 5
"""Degrees of freedom from which random fields are used: with fewer, the smoothness of
residuals is far from that of the noise."""


MEANT = ("mean", "groups", "sessions", "participants", "effects", "global")
"""What contrasts call parts of a design, and covariates cannot be called."""


class Design(NamedTuple):
    """A linear model of images.

    Attributes
    ----------
    kind : str
        One of `DESIGNS`.
    columns : list of str
        Names of the regressors: groups or conditions, covariates; participants last.
    matrix : list of list of float
        One row per image, one number per column.
    factors : dict of str to list of int
        Columns of each covariate, of ``groups``, ``sessions``, ``participants``.
    intercept : list of int
        Columns that add up to 1 in every row.
    effects : list of int
        Columns of interest: all but participants and global values.
    members : list of list of int
        Rows of the cohort whose average an image is.
    labels, participants, groups : list of str
        What each image is called, whose it is, and in which group that participant is.
    df : int
        Degrees of freedom that the columns leave.
    """

    kind: str
    columns: list
    matrix: list
    factors: dict
    intercept: list
    effects: list
    members: list
    labels: list
    participants: list
    groups: list
    df: int


def cohort_design(rows, asked, groups):
    """Build the design of a group analysis.

    Parameters
    ----------
    rows : list of dict of str
        Sessions of the cohort, with ``participant_id``, ``session_id``, ``group`` and
        the covariates.
    asked : dict
        Section `statistics` of an analysis: ``design``; ``groups`` that take part,
        empty for all; ``sessions``, ``average``, ``each`` or the two that are paired;
        ``covariates``; ``regressor``; ``global``, a column of which is a covariate
        where it is used for ANCOVA.
    groups : sequence of str
        Reference and affected group.

    Returns
    -------
    Design
        Columns of `two-sample`: a group each; of `one-sample`: ``mean``; of `paired`:
        a session each, and a participant each; of `regression`: ``mean`` and the
        regressor. Covariates follow, as `covariates.covariate_columns` codes them.

    Raises
    ------
    ValueError
        A group is empty; a session is missing; a covariate cannot be used, or is called
        what means something else in contrasts; columns are linearly dependent, which
        ones; too few images.
    """
    taking_part = list(asked["groups"] or groups)
    images = _images(rows, asked, taking_part)
    labels = list(images)
    sessions = {label: [rows[i] for i in numbers] for label, numbers in images.items()}
    first = [chosen[0] for chosen in sessions.values()]
    membership = [only_value(chosen, "group") for chosen in sessions.values()]
    participants = [row["participant_id"] for row in first]
    named = _main_columns(asked, first, membership, taking_part)
    intercept = list(range(len(named)))
    factors = {}
    if asked["design"] in ("two-sample", "paired"):
        name = "groups" if asked["design"] == "two-sample" else "sessions"
        factors[name] = list(intercept)
    taken = {*MEANT, *groups, *(name for name, _ in named)}
    for covariate in design_covariates(asked):
        if covariate["name"] in taken:
            raise ValueError(
                f"'{covariate['name']}' cannot be a covariate, since contrasts would "
                "mean something else by it, as by the names of groups and by "
                f"{', '.join(MEANT)}: rename the column in the cohort table"
            )
        columns = _covariate(sessions, covariate, membership, named[: len(intercept)])
        start = len(named)
        factor = covariate.get("factor", covariate["name"])
        factors[factor] = list(range(start, start + len(columns)))
        named += columns
    within = participants if asked["design"] == "paired" else None
    df = _check_rank(named, len(intercept), factors, within, asked)
    effects = [c for c in range(len(named)) if c not in factors.get("global", [])]
    if within:
        blocks = [
            (f"sub-{who}", [float(p == who) for p in participants])
            for who in dict.fromkeys(participants)
        ]
        factors["participants"] = list(range(len(named), len(named) + len(blocks)))
        named = named + blocks
    return Design(
        kind=asked["design"],
        columns=[name for name, _ in named],
        matrix=[list(row) for row in zip(*(v for _, v in named), strict=True)],
        factors=factors,
        intercept=intercept,
        effects=effects,
        members=list(images.values()),
        labels=labels,
        participants=participants,
        groups=membership,
        df=df,
    )


def _images(rows, asked, groups):
    """Return {label: numbers of the rows whose average it is}."""
    numbered = [(i, row) for i, row in enumerate(rows) if row["group"] in groups]
    for group in groups:
        if not any(row["group"] == group for _, row in numbered):
            raise ValueError(
                f"group '{group}' has no participant who takes part; the groups "
                f"compared are {' and '.join(groups)}: correct the cohort table or "
                "'groups'"
            )
    if asked["design"] == "paired":
        return _pairs(numbered, asked["sessions"])
    images = {}
    for i, row in numbered:
        label = row["participant_id"]
        if asked["sessions"] == "each":
            label += f"_ses-{row['session_id']}"
        images.setdefault(label, []).append(i)
    return images


def _pairs(numbered, sessions):
    """Return {label: [row number]}, both sessions of a participant together."""
    if not isinstance(sessions, list):
        raise ValueError(
            "a paired design compares two sessions of each participant: name them, "
            f"such as 'sessions: [before, after]'; it is '{sessions}'"
        )
    if len(set(sessions)) < 2:
        raise ValueError(f"'sessions' names '{sessions[0]}' twice: name two to pair")
    found = {}
    for i, row in numbered:
        if row["session_id"] in sessions:
            found.setdefault(row["participant_id"], {})[row["session_id"]] = i
    for who, mine in found.items():
        lacking = [session for session in sessions if session not in mine]
        if lacking:
            raise ValueError(
                f"participant {who} has no session '{lacking[0]}' to pair: exclude the "
                "participant, or add the session to the cohort table"
            )
    if len(found) < 2:
        raise ValueError(
            f"{len(found)} participants have the sessions {' and '.join(sessions)}: a "
            "paired design needs two or more; look at the cohort's column session_id"
        )
    return {
        f"{who}_ses-{session}": [mine[session]]
        for who, mine in found.items()
        for session in sessions
    }


def _main_columns(asked, first, membership, groups):
    """Return the columns of groups, sessions or the mean."""
    if asked["design"] == "two-sample":
        return [(g, [float(m == g) for m in membership]) for g in groups]
    if asked["design"] == "paired":
        return [
            (session, [float(row["session_id"] == session) for row in first])
            for session in asked["sessions"]
        ]
    return [("mean", [1.0] * len(first))]


def design_covariates(asked):
    """Return covariates with how they are centred; the regressor is the first.

    Parameters
    ----------
    asked : dict
        As for `cohort_design`.

    Returns
    -------
    list of dict
        ``name``, ``centring``, ``interaction``; ``factor`` for a global value.
    """
    given = list(asked["covariates"])
    if asked["design"] == "regression":
        if not asked["regressor"]:
            raise ValueError(
                "a regression needs 'regressor', the cohort's column whose effect is "
                "tested"
            )
        given.insert(0, asked["regressor"])
    scaled = asked["global"]
    if scaled["normalisation"] == "ancova" and scaled["value"] != "mean":
        given.append({"name": scaled["value"], "factor": "global"})
    usual = {"centring": "overall", "interaction": False}
    return [
        usual | (one if isinstance(one, dict) else {"name": one, **usual})
        for one in given
    ]


def _covariate(sessions, covariate, membership, main):
    """Return a covariate's columns, centred, and split by groups where asked for."""
    columns = []
    for name, values in covariate_columns(sessions, covariate["name"]):
        values = centred(values, covariate["centring"], membership)
        if not covariate["interaction"]:
            columns.append((name, values))
            continue
        for group, inside in main:
            split = [v * i for v, i in zip(values, inside, strict=True)]
            columns.append((f"{name}:{group}", split))
    return columns


def _check_rank(named, n_main, factors, participants, asked):
    """Return the degrees of freedom; ValueError where columns depend on others.

    Covariates are looked at about their means, which the `n_main` columns before them
    hold: their spread is what they have to tell.
    """
    n = len(named[0][1])
    main, covariates = named[:n_main], named[n_main:]
    values = [values for _, values in main]
    values += [about_mean(values) for _, values in covariates]
    basis = Basis()
    if participants:  # what differs between sessions of a participant is left
        values = [_within(column, participants) for column in values]
        values[0] = [0.0] * n  # all conditions together are the participants' sum
    for number, column in enumerate(values):
        if participants and not number:
            continue
        if basis.extend(column):
            continue
        others = [
            name
            for name, columns in factors.items()
            if _needed(values, number, [c for c in columns if c < number])
        ]
        if participants and not any(column):
            others = ["participants"]
        raise ValueError(
            f"the column '{named[number][0]}' of the design follows from "
            f"{', '.join(others) or 'those before it'}: from {n} images their effects "
            "cannot be told apart. Drop the covariate, or scan more participants"
        )
    used = len(basis) + (len(set(participants)) if participants else 0)
    if n - used < 1:
        raise ValueError(
            f"{n} images are too few for a {asked['design']} design with the columns "
            f"{', '.join(name for name, _ in named)}: drop covariates, or scan more "
            "participants"
        )
    return n - used


def _needed(values, number, without):
    """Tell whether a column depends on those before it only because of some."""
    if not without:
        return False
    basis = Basis()
    for other in range(number):
        if other not in without:
            basis.extend(values[other])
    return basis.extend(values[number])


def _within(values, participants):
    """Subtract each participant's mean."""
    sums = {}
    for who, value in zip(participants, values, strict=True):
        total, count = sums.get(who, (0.0, 0))
        sums[who] = total + value, count + 1
    means = {who: total / count for who, (total, count) in sums.items()}
    return [v - means[who] for who, v in zip(participants, values, strict=True)]


def global_column(asked):
    """Return the column of the cohort that holds images' global values, or None.

    None, too, where global values are not used, or are those of the maps themselves.
    """
    scaled = asked["global"]
    relative = "relative" in (asked["mask"]["threshold"] or {})
    used = scaled["normalisation"] != "none" or scaled["grand_mean"] or relative
    return scaled["value"] if used and scaled["value"] != "mean" else None


def images_of(design, rows):
    """Return {label: rows} of the sessions that each image of a design averages."""
    images = zip(design.labels, design.members, strict=True)
    return {label: [rows[i] for i in members] for label, members in images}


def global_values(sessions, asked):
    """Return the global value of each image that a column of the cohort holds.

    Parameters
    ----------
    sessions : dict of str to list of dict
        From `images_of`.
    asked : dict
        Section `statistics` of an analysis.

    Returns
    -------
    list of float or None
        The mean over an image's sessions; None where there is no such column
        (`global_column`).

    Raises
    ------
    ValueError
        A value is no number, or not above 0 where maps are scaled by it.
    """
    column = global_column(asked)
    if column is None:
        return None
    scaled = asked["global"]
    relative = "relative" in (asked["mask"]["threshold"] or {})
    scales = scaled["normalisation"] == "proportional" or scaled["grand_mean"]
    values = numbers_of(sessions, column)
    for label, value in zip(sessions, values, strict=True):
        if (scales or relative) and value <= 0:
            raise ValueError(
                f"'global: value' is column '{column}', which has {value:g} "
                f"for participant {label}: to scale by, it should be above 0"
            )
    return values


def exchange_of(design, weights, variance="equal"):
    """Return what permutation does to images under a contrast's null hypothesis.

    Parameters
    ----------
    design : Design
    weights : list of list of float
        From `contrasts.contrast_weights`.
    variance : {"equal", "unequal"}
        Images of groups with unequal variances cannot change places.

    Returns
    -------
    {"labels", "signs"}
        Participants change places where the contrast leaves the mean of all alone;
        otherwise participants' signs flip, which needs symmetric errors.
    """
    if design.kind == "paired" or variance == "unequal":
        return "signs"
    sums = [sum(row[column] for column in design.intercept) for row in weights]
    return "labels" if all(abs(total) < 1e-9 for total in sums) else "signs"


def arrangements(design, kind):
    """Count the rearrangements that tell images apart, the original included.

    Parameters
    ----------
    design : Design
    kind : {"labels", "signs"}
        From `exchange_of`.

    Returns
    -------
    int
        All images of a participant move together.
    """
    blocks = {}
    for who, row in zip(design.participants, design.matrix, strict=True):
        blocks.setdefault(who, []).append(tuple(row))
    if kind == "signs":
        return 2 ** len(blocks)
    by_size, alike = {}, {}
    for block in map(tuple, blocks.values()):
        by_size[len(block)] = by_size.get(len(block), 0) + 1
        alike[block] = alike.get(block, 0) + 1
    orders = math.prod(math.factorial(count) for count in by_size.values())
    return orders // math.prod(math.factorial(count) for count in alike.values())
