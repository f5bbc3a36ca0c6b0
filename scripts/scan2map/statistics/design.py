"""From a cohort's rows to the design matrix of a group analysis."""

from typing import NamedTuple

import numpy as np

from scan2map.covariates import covariate_columns, only_value, sessions_of
from scan2map.statistics.glm import dependent_columns


class Design(NamedTuple):
    """A linear model over participants and the contrast that is tested."""

    matrix: np.ndarray
    columns: list
    contrast: np.ndarray
    participants: list
    group_sizes: dict


def group_design(rows, groups, contrast, covariates=()):
    """Build the design of a group difference, or of a mean, with covariates.

    Parameters
    ----------
    rows : list of dict of str
        One per session: ``participant_id``, ``group`` and the covariates. Sessions of
        a participant make one row of the design, so that rows are independent.
    groups : sequence of str, length 2
        Reference and affected group.
    contrast : {"groups", "mean"}
        ``groups``: affected minus reference. ``mean``: the mean of everybody against
        zero. Both have one column per group, so that a difference between the groups
        is no residual of the mean.
    covariates : sequence of str
        Columns of `rows`, coded and centred by `covariate_columns`, so that the tested
        mean is that at average covariates.

    Returns
    -------
    Design
        `matrix` (n_participants, k), the names of its `columns`, the weights of the
        `contrast` (k,), `participants` in order of appearance, and `group_sizes`.

    Raises
    ------
    ValueError
        Unknown contrast or group, an empty group, a covariate that is absent,
        missing, constant or contradictory, or a contrast that cannot be estimated.
    """
    if contrast not in ("groups", "mean"):
        raise ValueError(f"contrast should be groups or mean. {contrast} was provided")
    sessions = sessions_of(rows)
    membership = [only_value(chosen, "group") for chosen in sessions.values()]
    sizes = _group_sizes(membership, groups)
    blocks = [(name, [float(m == name) for m in membership]) for name in groups]
    shares = [sizes[group] / len(sessions) for group in groups]
    weights = [-1.0, 1.0] if contrast == "groups" else shares
    for covariate in covariates:
        blocks += covariate_columns(sessions, covariate)
    columns = [name for name, _ in blocks]
    matrix = np.array([values for _, values in blocks]).T
    weights = np.array(weights + [0.0] * (len(columns) - len(weights)))
    _check_estimable(matrix, columns, weights, contrast)
    return Design(matrix, columns, weights, list(sessions), sizes)


def average_participants(data, rows):
    """Average the sessions of each participant.

    Parameters
    ----------
    data : ndarray, shape (n_sessions, voxels)
        In the order of `rows`.
    rows : list of dict
        With ``participant_id``.

    Returns
    -------
    ndarray, shape (n_participants, voxels)
        Participants in order of appearance. The average of two sessions varies less
        than one session: the model, which gives everybody the same variance, is
        approximate where some participants have more sessions than others.
    """
    if len(data) != len(rows):
        raise ValueError(f"{len(data)} maps do not fit {len(rows)} rows of the cohort")
    index = {}
    for number, row in enumerate(rows):
        index.setdefault(row["participant_id"], []).append(number)
    if len(index) == len(rows):
        return data
    return np.stack([data[numbers].mean(0) for numbers in index.values()])


def _group_sizes(membership, groups):
    """Count participants per group."""
    unknown = sorted(set(membership) - set(groups))
    if unknown:
        raise ValueError(
            f"group {unknown[0]!r} is neither of the groups compared, "
            f"{' and '.join(groups)}: exclude its rows or correct them"
        )
    sizes = {group: membership.count(group) for group in groups}
    empty = [group for group, size in sizes.items() if not size]
    if empty:
        raise ValueError(f"group {empty[0]!r} has no participant left to test")
    return sizes


def _check_estimable(matrix, columns, weights, contrast):
    """Raise where the covariates leave the contrast undetermined."""
    blocking = dependent_columns(matrix, weights)
    if blocking:
        names = ", ".join(columns[number] for number in blocking)
        raise ValueError(
            f"the contrast {contrast!r} cannot be estimated from {len(matrix)} "
            f"participants, since these columns of the design are linearly "
            f"dependent: {names}; drop a covariate that separates the groups"
        )
