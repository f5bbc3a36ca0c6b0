"""Which columns of a confounds table are regressed out."""

import re
from fnmatch import fnmatchcase

import numpy as np

from scan2map.func.confounds import EXPANSIONS, outlier_volumes, scrubbing
from scan2map.motion import MOTION_COLUMNS

MOTION_MODELS = {12: ("", EXPANSIONS[0]), 24: ("", *EXPANSIONS)}
"""Expansions of the six motion parameters, by the number of columns they make."""

MAY_BE_ABSENT = ("motion_outlier", "non_steady_state_outlier")
"""Beginnings of columns of one volume each, which a run without outliers lacks."""

NUMBERED = re.compile(rf"({'|'.join(MAY_BE_ABSENT)})[0-9*?]*")
"""Patterns of these columns."""


def choose_confounds(table, settings, patterns=()):
    """Choose the confounds of a run.

    Parameters
    ----------
    table : dict of ndarray, shape (n_volumes,)
        Confounds in fMRIPrep's names.
    settings : dict
        The configuration's ``func``: confounds (motion, compcor), outliers.
    patterns : sequence of str
        Names of columns with ``*`` and ``?``; these and no others are taken then.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        Columns of the table; without patterns, one ``motion_outlier`` per volume beyond
        the configured thresholds, whatever the table's own say: fMRIPrep's are others.

    Raises
    ------
    ValueError
        A column is absent, a pattern fits none, or a value is missing after the first
        row.
    """
    if patterns:
        return _without_gaps(_matching(table, patterns))
    names = _model_names(settings["confounds"])
    wanted = [*names, "global_signal", "framewise_displacement"]
    if absent := [name for name in wanted if name not in table]:
        raise ValueError(
            f"the table of confounds lacks {', '.join(absent)}: list what to take of "
            "it in 'derivatives: confounds', such as [trans_*, rot_*, a_comp_cor_0?, "
            "motion_outlier*, non_steady_state_outlier*] for tables of fMRIPrep "
            "before 21.0, or change 'func: confounds'"
        )
    steady = [n for n in table if n.startswith("non_steady_state_outlier")]
    found = outlier_volumes(
        table["global_signal"],
        table["framewise_displacement"],
        z=settings["outliers"]["global_signal_z"],
        millimetres=settings["outliers"]["displacement_mm"],
    )
    chosen = _without_gaps({name: table[name] for name in [*names, *steady]})
    return chosen | scrubbing(found)


def _model_names(confounds):
    """Return the columns of the configured numbers of parameters and components."""
    expansions = MOTION_MODELS[confounds["motion"]]
    motion = [
        f"{name}_{expansion}".removesuffix("_")
        for name in MOTION_COLUMNS
        for expansion in expansions
    ]
    return motion + [
        f"{prefix}_comp_cor_{number:02d}"
        for prefix in "wc"
        for number in range(confounds["compcor"])
    ]


def _matching(table, patterns):
    chosen = {}
    for pattern in patterns:
        names = [name for name in table if fnmatchcase(name, pattern)]
        if not names and not NUMBERED.fullmatch(pattern):
            raise ValueError(
                f"'derivatives: confounds' has {pattern}, which fits no column of the "
                f"table; it has {', '.join(table)}"
            )
        chosen |= {name: table[name] for name in names}
    return chosen


def _without_gaps(columns):
    """Return columns; only derivatives may miss a value, that of the first volume."""
    for name, values in columns.items():
        gaps = np.flatnonzero(~np.isfinite(values[1:])) + 2
        if len(gaps):
            raise ValueError(
                f"the confound {name} has no value in row {gaps[0]} of its table (n/a "
                "is expected in the first row only): the table is damaged, make it anew"
            )
    return columns


def outlier_numbers(columns):
    """Return which volumes (from 0) have a column of their own, in order."""
    marked = [v for name, v in columns.items() if name.startswith(MAY_BE_ABSENT)]
    return sorted({int(np.argmax(values)) for values in marked})


def as_matrix(columns, n_volumes):
    """Return columns as matrix (n_volumes, n_columns).

    Raises
    ------
    ValueError
        A column has another number of rows.
    """
    for name, values in columns.items():
        if len(values) != n_volumes:
            raise ValueError(
                f"the BOLD has {n_volumes} volumes, its table of confounds "
                f"{len(values)} rows ({name}): they belong to different runs"
            )
    return np.array(list(columns.values())).reshape(len(columns), n_volumes).T
