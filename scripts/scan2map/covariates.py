"""Covariates of a cohort as columns of numbers; standard library only.

The plan checks them before anything runs; the statistics build their designs of them.
"""

import math
import re

CATEGORICAL = ("sex", "site")
"""Covariates that are categories even where they are written as numbers."""

DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
"""Numbers as written in much of Europe."""

NEGLIGIBLE = 1e-9
"""What is left of a column of unit length when it depends on the columns before."""


def sessions_of(rows):
    """Return each participant's rows, participants in order of appearance."""
    sessions = {}
    for row in rows:
        sessions.setdefault(row["participant_id"], []).append(row)
    return sessions


def only_value(rows, column):
    """Return the value that all sessions of a participant share."""
    values = sorted({row[column] for row in rows})
    if len(values) > 1:
        raise ValueError(
            f"participant {rows[0]['participant_id']} has more than one {column}: "
            f"{', '.join(values)}; sessions are averaged, so it must be the same"
        )
    return values[0]


def covariate_columns(sessions, covariate):
    """Return the columns of a design that stand for a covariate.

    Parameters
    ----------
    sessions : dict of str to list of dict
        From `sessions_of`.
    covariate : str
        Column of the cohort. Numbers are averaged over a participant's sessions; `sex`,
        `site` and columns without any number are dummy-coded, one column per level but
        the first.

    Returns
    -------
    list of (str, list of float)
        Names, and one value per participant with mean 0: centred on the mean over all
        participants, as SPM does by default.

    Raises
    ------
    ValueError
        A value is missing, not finite, or a word among numbers; a category differs
        between sessions of a participant or is spelt in two ways; everybody is alike.
    """
    if not any(covariate in row for rows in sessions.values() for row in rows):
        columns = next(iter(sessions.values()))[0]
        raise ValueError(
            f"covariate '{covariate}' is no column of the cohort, which has "
            f"{', '.join(columns)}: correct 'statistics: covariates'"
        )
    for participant, rows in sessions.items():
        if any(row.get(covariate, "") in ("", "n/a", None) for row in rows):
            raise ValueError(
                f"covariate '{covariate}' is missing for participant {participant}: "
                f"fill it in, exclude the participant or drop the covariate"
            )
    if covariate in CATEGORICAL or not _any_number(sessions, covariate):
        columns = _dummies(sessions, covariate)
    else:
        columns = [(covariate, _numbers(sessions, covariate))]
    if not columns or all(len(set(values)) == 1 for _, values in columns):
        raise ValueError(
            f"covariate '{covariate}' is the same for all {len(sessions)} "
            f"participants: drop it from the covariates"
        )
    return [(name, _centred(values)) for name, values in columns]


def _any_number(sessions, covariate):
    """Tell whether any session's value is a number."""
    return any(
        _number(row[covariate]) is not None
        for rows in sessions.values()
        for row in rows
    )


def _number(text):
    """Return the number that a text stands for, or None."""
    try:
        return float(text)
    except ValueError:
        return None


def _numbers(sessions, covariate):
    """Return the mean over sessions for each participant."""
    means = []
    for participant, rows in sessions.items():
        values = [_number(row[covariate]) for row in rows]
        for row, value in zip(rows, values, strict=True):
            if value is None or not math.isfinite(value):
                raise ValueError(
                    f"covariate '{covariate}' of participant {participant} is "
                    f"'{row[covariate]}', others have numbers: correct it (decimals "
                    "have a point), exclude the participant, or write words for "
                    "everybody if these are categories"
                )
        means.append(sum(values) / len(values))
    return means


def _dummies(sessions, covariate):
    """Return one column of 0 and 1 per level but the first."""
    values = [only_value(rows, covariate) for rows in sessions.values()]
    levels = sorted(set(values))
    if any(DECIMAL_COMMA.fullmatch(level) for level in levels):
        raise ValueError(
            f"covariate '{covariate}' has values such as '{levels[0]}': decimals have "
            "a point; with a comma they would count as words"
        )
    spelt = {}
    for level in levels:
        other = spelt.setdefault(level.lower(), level)
        if other != level:
            raise ValueError(
                f"covariate '{covariate}' is '{other}' for some and '{level}' for "
                "others: spell categories the same way everywhere"
            )
    return [
        (f"{covariate}={level}", [float(value == level) for value in values])
        for level in levels[1:]
    ]


def _centred(values):
    """Subtract the mean."""
    mean = sum(values) / len(values)
    return [value - mean for value in values]


def check_design(rows, groups, covariates):
    """Check that a difference of two groups can be estimated beside the covariates.

    Parameters
    ----------
    rows : list of dict of str
        Sessions of the cohort that take part.
    groups : sequence of str, length 2
        Reference and affected group.
    covariates : sequence of str
        Columns of `rows`.

    Raises
    ------
    ValueError
        A group has nobody, a covariate cannot be used (see `covariate_columns`),
        covariates separate the groups, or no degree of freedom is left.
    """
    for group in groups:
        if not any(row["group"] == group for row in rows):
            raise ValueError(
                f"group '{group}' has no participant who takes part; the configuration "
                f"compares {' and '.join(groups)}: correct the cohort table or 'groups'"
            )
    sessions = sessions_of(rows)
    basis = []
    for covariate in covariates:
        for _, values in covariate_columns(sessions, covariate):
            _extend(basis, values)
    affected = [float(r[0]["group"] == groups[1]) for r in sessions.values()]
    if not _extend(basis, _centred(affected)):
        raise ValueError(
            f"the covariates {', '.join(covariates)} separate the groups "
            f"{' and '.join(groups)}: from {len(sessions)} participants their effects "
            "cannot be told apart. Drop the one that goes with the group ('site', "
            "where each group has its own), or scan more participants"
        )
    if len(sessions) - len(basis) - 1 < 1:
        raise ValueError(
            f"{len(sessions)} participants are too few for two groups and the "
            f"covariates {', '.join(covariates)}: drop some, or scan more participants"
        )


def _extend(basis, values):
    """Add a column to an orthonormal basis unless it depends on it; tell which."""
    length = math.hypot(*values)
    rest = [value / length for value in values]
    for _ in range(2):  # twice: rounding of the first pass is taken out by the second
        for vector in basis:
            along = sum(a * b for a, b in zip(rest, vector, strict=True))
            rest = [a - along * b for a, b in zip(rest, vector, strict=True)]
    length = math.hypot(*rest)
    if length < NEGLIGIBLE:
        return False
    basis.append([value / length for value in rest])
    return True
