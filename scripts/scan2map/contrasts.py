"""Contrasts of a design, by names of its columns or as vectors.

Standard library only.
"""

import math
from typing import NamedTuple

from scan2map.covariates import covariate_name


class Contrast(NamedTuple):
    """What is tested: `statistic` is ``T`` or ``F``; `weights` a list of rows.

    ``T`` has one row, one number per column of the design.
    """

    statistic: str
    weights: list


def default_contrasts(asked, groups, magnitudes=False):
    """Return the contrasts of a design that asks for none.

    Parameters
    ----------
    asked : dict
        Section `statistics` of an analysis.
    groups : sequence of str
        Reference and affected group.
    magnitudes : bool
        Maps are positive everywhere: that their mean is not zero says nothing.

    Returns
    -------
    dict of str to dict
        Two samples: ``groups``, the affected minus the reference group, and ``mean``,
        that of everybody; one sample: ``mean``; paired: ``sessions``, the second minus
        the first; regression: ``slope``.
    """
    if asked["design"] == "two-sample":
        taking_part = asked["groups"] or groups
        difference = {"groups": {"t": {taking_part[1]: 1, taking_part[0]: -1}}}
        return difference | ({} if magnitudes else {"mean": {"t": "mean"}})
    if asked["design"] == "paired":
        before, after = asked["sessions"]
        return {"sessions": {"t": {after: 1, before: -1}}}
    if asked["design"] == "regression":
        return {"slope": {"t": covariate_name(asked["regressor"])}}
    return {"mean": {"t": "mean"}}


def contrast_weights(design, name, asked):
    """Turn a contrast, as configured, into weights of the design's columns.

    Parameters
    ----------
    design : designs.Design
    name : str
        What the contrast is called.
    asked : dict
        ``t``: a column's name, ``mean`` (of all images), {column: weight} or a vector;
        ``f``: the name of a factor (``groups``, ``sessions``, a covariate),
        ``effects`` (of interest, as in SPM), or a list of what ``t`` takes. Vectors may
        be shorter than the design: zeros follow, as in SPM.

    Returns
    -------
    Contrast

    Raises
    ------
    ValueError
        A column does not exist, weights are all 0, or the contrast cannot be
        estimated.
    """
    try:
        if "t" in asked:
            contrast = Contrast("T", [_row(design, asked["t"])])
        else:
            contrast = Contrast("F", _rows(design, asked["f"]))
        for row in contrast.weights:
            _check(design, row)
    except ValueError as problem:
        raise ValueError(f"contrast '{name}': {problem}") from None
    return contrast


def _rows(design, asked):
    """Return the rows of an F contrast."""
    if not isinstance(asked, str):
        return [_row(design, one) for one in asked]
    if asked in ("groups", "sessions") and asked in design.factors:
        first, *others = design.factors[asked]
        return [_unit(design, {other: 1.0, first: -1.0}) for other in others]
    if asked == "effects":
        return [_unit(design, {column: 1.0}) for column in design.effects]
    if asked in design.factors:
        return [_unit(design, {column: 1.0}) for column in design.factors[asked]]
    return [_row(design, asked)]


def _row(design, asked):
    """Return the weights that a name, {name: weight} or a vector stands for."""
    if isinstance(asked, list):
        if len(asked) > len(design.columns):
            raise ValueError(
                f"{len(asked)} weights do not fit the {len(design.columns)} columns "
                f"{', '.join(design.columns)}"
            )
        return [float(w) for w in asked] + [0.0] * (len(design.columns) - len(asked))
    if asked == "mean" and "mean" not in design.columns:
        n = len(design.matrix)
        return _unit(
            design,
            {c: sum(row[c] for row in design.matrix) / n for c in design.intercept},
        )
    weights = asked if isinstance(asked, dict) else {asked: 1.0}
    for column in weights:
        if column not in design.columns:
            raise ValueError(
                f"'{column}' is no column of the design, which has "
                f"{', '.join(design.columns)}"
            )
    return _unit(design, {design.columns.index(c): w for c, w in weights.items()})


def _unit(design, weights):
    """Return a row with weights at some columns and 0 elsewhere."""
    return [float(weights.get(column, 0.0)) for column in range(len(design.columns))]


def _check(design, weights):
    """Raise ValueError where a sum of columns cannot be estimated."""
    if not any(weights):
        raise ValueError("all its weights are 0, so nothing would be tested")
    # Columns of other designs are independent: see designs.cohort_design.
    if design.kind == "paired":
        # Conditions are estimated within participants: only their differences are.
        total = sum(weights[column] for column in design.intercept)
        outside = any(weights[column] for column in design.factors["participants"])
        if outside or abs(total) > 1e-9 * math.hypot(*weights):
            raise ValueError(
                "it cannot be estimated: a paired design tests differences between "
                f"{' and '.join(design.columns[c] for c in design.intercept)}, whose "
                "weights add up to 0, or covariates"
            )
