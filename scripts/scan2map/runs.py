"""How far the scores of runs lie apart: of shuffles, or of repeats of K folds."""

import numpy as np
import pandas as pd
from scipy.stats import binom

from scan2map.scores import (
    SCORES,
    bootstrap_weights,
    check_predictions,
    interval,
    weighted_scores,
)


def score_runs(predictions):
    """Score each run by itself.

    Parameters
    ----------
    predictions : DataFrame
        As for `scores.score_table`.

    Returns
    -------
    DataFrame
        One row per run: ``repeat``, ``n_participants``, ``n_sessions``, and `SCORES`.
    """
    rows = []
    for repeat, run in predictions.groupby("repeat"):
        values = weighted_scores(run["label"].to_numpy(), run["logit"].to_numpy())[0]
        about = {"repeat": repeat, "n_participants": run["participant_id"].nunique()}
        about |= {"n_sessions": len(run)}
        rows.append(about | dict(zip(SCORES, values, strict=True)))
    return pd.DataFrame(rows)


def distribution_table(predictions, seed, n_bootstrap=2000, level=0.95):
    """Describe the scores of all runs: their mean, how sure it is, how they spread.

    The interval of the mean is `scores.interval` of a bootstrap that draws people,
    each with all runs that they are in: test sets of shuffles overlap, so that runs are
    not independent, and the standard deviation of runs divided by the root of their
    number says too little. The standard deviation itself is of the runs as they are: it
    says how much the luck of a single run is worth.

    The highest score of several runs is no estimate of anything: the more runs, the
    higher. ``highest_expected`` is what the best run would have on average if all had
    the mean for their true accuracy, and tested other people.

    Parameters
    ----------
    predictions : DataFrame
        As for `scores.score_table`. A participant may be in some of the runs only.
    seed : int
        Start of the random numbers of the bootstrap.
    n_bootstrap : int
        Resamplings of participants.
    level : float
        Coverage of the confidence interval.

    Returns
    -------
    DataFrame
        One row per score: ``n_runs``, ``n_participants`` (in any run), ``mean``,
        ``sd`` (with n - 1; ``nan`` of one run), ``ci_low``, ``ci_high`` (of the mean),
        ``lowest``, ``highest``, ``highest_expected`` (``nan`` but for accuracy).

    Raises
    ------
    ValueError
        A label, logit or row is unusable; the sentence says which.
    """
    check_predictions(predictions)
    runs = score_runs(predictions)
    values = runs[list(SCORES)].to_numpy()
    rng = np.random.default_rng(seed)
    weights = bootstrap_weights(predictions, n_bootstrap, rng)
    drawn = []
    for repeat in runs["repeat"]:
        of_run = (predictions["repeat"] == repeat).to_numpy()
        run = predictions[of_run]
        label, logit = run["label"].to_numpy(), run["logit"].to_numpy()
        drawn.append(weighted_scores(label, logit, weights[:, of_run]))
    mean = mean_where_finite(values)
    low, high = interval(mean, mean_where_finite(np.array(drawn)), level).clip(0, 1)
    several = len(runs) > 1
    table = pd.DataFrame(
        {
            "score": SCORES,
            "n_runs": len(runs),
            "n_participants": predictions["participant_id"].nunique(),
            "mean": mean,
            "sd": values.std(0, ddof=1) if several else np.nan,
            "ci_low": low,
            "ci_high": high,
            "lowest": values.min(0),
            "highest": values.max(0),
            "highest_expected": np.nan,
        }
    )
    accuracy = table["score"] == "accuracy"
    best = expected_highest(table.loc[accuracy, "mean"].item(), runs["n_sessions"])
    table.loc[accuracy, "highest_expected"] = best
    return table


def mean_where_finite(values):
    """Return the mean over the first axis of what is a number, ``nan`` without any.

    A draw of people may lack one group in a run, or find nobody of a group.
    """
    found = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(found, values, 0).sum(0) / found.sum(0)


def expected_highest(accuracy, sizes):
    """Return the mean of the best accuracy of runs that are all equally good.

    Parameters
    ----------
    accuracy : float
        Of every run: its predictions are right so often, independently.
    sizes : sequence of int
        Sessions tested in each run.

    Returns
    -------
    float
    """
    steps = np.unique(np.concatenate([np.arange(n + 1) / n for n in sizes]))
    below = np.prod(
        [binom.cdf(np.floor(steps * n + 1e-9), n, accuracy) for n in sizes], axis=0
    )
    return float(np.sum(steps * np.diff(below, prepend=0)))
