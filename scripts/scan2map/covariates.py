"""Covariates of a cohort as columns of numbers; standard library only.

The plan checks them before anything runs; the statistics build their designs of them.
"""

import math
import re

CATEGORICAL = ("sex", "site")
"""Covariates that are categories even where they are written as numbers."""

DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
"""Numbers as written in much of Europe."""


def covariate_name(covariate):
    """Return a covariate's column, given by name or as a block of settings."""
    return covariate["name"] if isinstance(covariate, dict) else covariate


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
        The cohort's rows that each image is the average of, by what it is called.
    covariate : str
        Column of the cohort. Numbers are averaged over a participant's sessions; `sex`,
        `site` and columns without any number are dummy-coded, one column per level but
        the first.

    Returns
    -------
    list of (str, list of float)
        Names, and one value per participant.

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
        columns = [(covariate, numbers_of(sessions, covariate))]
    if not columns or all(len(set(values)) == 1 for _, values in columns):
        raise ValueError(
            f"covariate '{covariate}' is the same for all {len(sessions)} "
            f"participants: drop it from the covariates"
        )
    return columns


def _any_number(sessions, covariate):
    """Tell whether any session's value is a number."""
    return any(
        _number(row[covariate]) is not None
        for rows in sessions.values()
        for row in rows
    )


def _number(text):
    """Return the number that a text stands for, or None; 1_0 is no number."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def numbers_of(sessions, covariate):
    """Return the mean over sessions for each image.

    Parameters
    ----------
    sessions : dict of str to list of dict
        The cohort's rows that each image is the average of, by what it is called.
    covariate : str

    Returns
    -------
    list of float

    Raises
    ------
    ValueError
        A value is no finite number.
    """
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


def centred(values, how, membership):
    """Centre a column.

    Parameters
    ----------
    values : list of float
    how : {"overall", "group", "none"} or float
        On the mean of all images (SPM's default), of each group, not at all, or on a
        number.
    membership : list of str
        Group of each image.

    Returns
    -------
    list of float
    """
    if how == "none":
        return list(values)
    if not isinstance(how, str):
        return [value - how for value in values]
    part = membership if how == "group" else [""] * len(values)
    means = {}
    for name in dict.fromkeys(part):
        mine = [v for v, p in zip(values, part, strict=True) if p == name]
        means[name] = sum(mine) / len(mine)
    return [v - means[p] for v, p in zip(values, part, strict=True)]
