"""Receiver operating characteristic of out-of-fold predictions."""

import numpy as np

from scan2map.figures.style import BLUE, GREY, LIGHT, new_figure, styled
from scan2map.scores import bootstrap_weights, interval

FALSE_POSITIVE_RATES = np.linspace(0, 1, 101)
"""Where curves are compared."""


def roc_curve(labels, logits, weights=None):
    """Return the points of a ROC curve, one per distinct logit.

    Parameters
    ----------
    labels : array_like of int, shape (n,)
        1 for the positive group, 0 for the other.
    logits : array_like, shape (n,)
        Higher means more likely positive.
    weights : ndarray, shape (n,), optional
        How often each row counts; once by default.

    Returns
    -------
    false_positive, true_positive : ndarray
        Rates from 0 to 1; rows with equal logits are crossed at once, so that the
        area under the line counts ties as one half.

    Raises
    ------
    ValueError
        Only one group is there.
    """
    labels, logits = np.asarray(labels, dtype=int), np.asarray(logits, dtype=float)
    weights = np.ones(len(labels)) if weights is None else weights
    order = np.argsort(-logits, kind="stable")
    true = np.cumsum((weights * labels)[order])
    false = np.cumsum((weights * (1 - labels))[order])
    if not (len(labels) and true[-1] and false[-1]):
        raise ValueError(
            "a ROC curve needs predictions of both groups; the table holds only "
            f"label {labels[0] if len(labels) else 'none'}"
        )
    last = np.append(np.flatnonzero(np.diff(logits[order])), len(labels) - 1)
    return tuple(np.append(0, c[last] / c[-1]) for c in (false, true))


def roc_band(predictions, seed, draws=1000, level=0.95):
    """Return the band that the ROC curve would keep to in other cohorts.

    Participants are drawn as for the confidence intervals of the scores: with
    replacement, each with all sessions and repeats, so the band is as wide as the
    number of people demands, not as narrow as the number of predictions suggests.
    It is widened as those are.

    Parameters
    ----------
    predictions : pandas.DataFrame
        Columns `participant_id`, `label`, `logit`.
    seed : int
        The same seed gives the same band.
    draws : int
        Bootstrap samples.
    level : float
        Coverage at each false positive rate.

    Returns
    -------
    low, high : ndarray, shape (101,)
        Sensitivity at `FALSE_POSITIVE_RATES`.
    """
    rng = np.random.default_rng(seed)
    label, logit = predictions["label"].to_numpy(), predictions["logit"].to_numpy()
    curves = [
        np.interp(FALSE_POSITIVE_RATES, *roc_curve(label, logit, weights))
        for weights in bootstrap_weights(predictions, draws, rng)
    ]
    curve = np.interp(FALSE_POSITIVE_RATES, *roc_curve(label, logit))
    return tuple(interval(curve, np.array(curves), level).clip(0, 1))


@styled
def draw_roc(predictions, scores, *, title, seed):
    """Draw the pooled ROC curve, each repeat's, and what chance would give.

    Parameters
    ----------
    predictions : pandas.DataFrame
        A row per session and repeat: `participant_id`, `label`, `repeat`, `logit`.
    scores : pandas.DataFrame
        `score`, `pooling`, `value`, `ci_low`, `ci_high`, `permutation_p`.
    title : str
        Name of the experiment.
    seed : int
        Of the bootstrap.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(4.6, 4.6)
    axes = figure.subplots()
    low, high = roc_band(predictions, seed)
    axes.fill_between(
        FALSE_POSITIVE_RATES, low, high, color=BLUE, alpha=0.18, linewidth=0,
        label="95 % confidence band",
    )  # fmt: skip
    for repeat, rows in predictions.groupby("repeat"):
        name = "each repeat" if repeat == predictions["repeat"].min() else None
        axes.plot(
            *roc_curve(rows["label"], rows["logit"]), color=GREY, lw=0.7, label=name
        )
    axes.plot([0, 1], [0, 1], "--", color=GREY, lw=0.9, label="chance")
    axes.plot(
        *roc_curve(predictions["label"], predictions["logit"]), color=BLUE, lw=2,
        label="all repeats together",
    )  # fmt: skip
    people = predictions.groupby("label")["participant_id"].nunique()
    axes.set(
        xlabel=f"1 \N{MINUS SIGN} specificity ({people[0]} participants)",
        ylabel=f"sensitivity ({people[1]} participants)",
        title=f"{title}\n{auc_sentence(scores)}",
        xlim=(-0.01, 1.01),
        ylim=(-0.01, 1.01),
        aspect="equal",
    )
    axes.grid(color=LIGHT, linewidth=0.4)
    axes.legend(loc="lower right", facecolor="white", framealpha=0.9, frameon=True)
    return figure


def auc_sentence(scores):
    """Return the AUC with its interval and permutation p as one line."""
    row = scores[(scores["score"].str.lower() == "auc")]
    row = row[row["pooling"] == "pooled"].iloc[0]
    interval = f"95 % CI {row['ci_low']:.2f} to {row['ci_high']:.2f}"
    return (
        f"AUC {row['value']:.2f} ({interval}), "
        f"permutation p = {row['permutation_p']:.2g}"
    )
