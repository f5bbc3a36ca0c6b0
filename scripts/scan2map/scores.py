"""Scores of out-of-fold predictions, their uncertainty and what chance would give."""

import numpy as np
import pandas as pd

SCORES = ("auc", "accuracy", "sensitivity", "specificity", "precision", "f1")
"""Scores of two classes; label 1 is the positive one, a logit above 0 predicts it.
Sensitivity is the recall."""

WIDER = 2**0.5
"""How much more scores of cross-validation vary than those of one given network.

A bootstrap or permutation of finished predictions takes the networks as given. But the
networks learnt from the same people: whoever resembles the other group by chance is
predicted wrongly and makes the others' networks predict wrongly, so that each pair of
people counts twice. Of a linear classifier left one out, whose predictions are sums
over pairs, the variance without any effect is exactly twice the naive one; the
correction by Nadeau and Bengio (2003), Machine Learning 52:239, carried over to k folds
comes to 1 + k / (k - 1): 2.1 to 2.25 for 10 to 5 folds. Here it is 2 throughout;
`benchmarks/score_intervals.py` measures coverage and false alarms with it."""


def score_table(predictions, seed, n_bootstrap=2000, n_permutations=2000, level=0.95):
    """Score predictions, all repeats together and each repeat by itself.

    Parameters
    ----------
    predictions : DataFrame
        One row per held-out session and repeat, with columns ``participant_id``,
        ``session_id``, ``label`` (0 or 1), ``repeat`` and ``logit``.
    seed : int
        Start of the random numbers of bootstrap and permutation.
    n_bootstrap, n_permutations : int
        Resamplings of participants, and reassignments of labels.
    level : float
        Coverage of the confidence interval.

    Returns
    -------
    DataFrame
        One row per score and pooling (``pooled`` or ``repeat-R``): ``value``,
        ``ci_low`` and ``ci_high`` (`interval` of the bootstrap over participants),
        ``trivial`` (of calling every session by the more frequent label),
        ``permutation_mean`` and ``permutation_p`` (see `permute_labels`; one-sided,
        of scores moved `WIDER` from their mean),
        ``n_participants``, ``n_sessions``.

    Raises
    ------
    ValueError
        A label, logit or row is unusable; the sentence says which.
    """
    check_predictions(predictions)
    repeats = sorted(predictions["repeat"].unique())
    poolings = {"pooled": predictions}
    poolings |= {
        f"repeat-{r}": predictions[predictions["repeat"] == r] for r in repeats
    }
    tables = []
    for pooling, rows in poolings.items():
        label, logit = rows["label"].to_numpy(), rows["logit"].to_numpy()
        rng = np.random.default_rng(seed)
        value = weighted_scores(label, logit)
        drawn = weighted_scores(label, logit, bootstrap_weights(rows, n_bootstrap, rng))
        permuted = weighted_scores(permute_labels(rows, n_permutations, rng), logit)
        low, high = interval(value[0], drawn, level).clip(0, 1)
        chance = permuted.mean(0)
        permuted = chance + WIDER * (permuted - chance)
        above = np.where(np.isnan(value), np.nan, permuted >= value - 1e-12).sum(0)
        table = {
            "score": SCORES,
            "pooling": pooling,
            "value": value[0],
            "ci_low": low,
            "ci_high": high,
            "trivial": majority_scores(label),
            "permutation_mean": chance,
            "permutation_p": (1 + above) / (1 + n_permutations),
            "n_participants": rows["participant_id"].nunique(),
            "n_sessions": rows[["participant_id", "session_id"]]
            .drop_duplicates()
            .shape[0],
        }
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def check_complete(predictions, tested, name):
    """Raise unless a network has predicted everybody whom it should.

    Parameters
    ----------
    predictions : DataFrame
        Of one network; see `score_table`.
    tested : list of (str, str)
        Participant and session of each prediction, sorted.
    name : str
        Of the file.

    Raises
    ------
    ValueError
        Somebody is missing, predicted twice, or should not be there.
    """
    found = sorted(
        zip(predictions["participant_id"], predictions["session_id"], strict=True)
    )
    if found == [tuple(one) for one in tested]:
        return
    raise ValueError(
        f"{name} holds {len(found)} predictions, and not those of the {len(tested)} "
        "sessions that the network is tested on: it was changed or cut off; remove it "
        "and run Snakemake again"
    )


def interval(value, drawn, level):
    """Return the confidence interval of scores of cross-validation.

    Parameters
    ----------
    value : ndarray, shape (n,)
        Scores.
    drawn : ndarray, shape (m, n)
        The same of bootstrap draws; ``nan`` where a draw has no such score.
    level : float
        Coverage.

    Returns
    -------
    ndarray, shape (2, n)
        Percentiles of the draws, `WIDER` from the value; ``nan`` for a score that does
        not exist.
    """
    tails = (100 * (1 - level) / 2, 100 * (1 + level) / 2)
    bounds = np.full((2, drawn.shape[1]), np.nan)
    exists = np.isfinite(drawn).any(0)
    bounds[:, exists] = np.nanpercentile(drawn[:, exists], tails, axis=0)
    return value + WIDER * (bounds - value)


def optimism(honest, replica, seed, n_bootstrap=2000, level=0.95):
    """Measure by how much the scores of a replica exceed the honest ones.

    The bootstrap is paired: the same participants are drawn for both, since what makes
    a person hard to predict is largely the same in both.

    Parameters
    ----------
    honest, replica : DataFrame
        Predictions of the same participants; see `score_table`.
    seed : int
        Start of the random numbers of the bootstrap.
    n_bootstrap : int
        Resamplings of participants.
    level : float
        Coverage of the confidence interval.

    Returns
    -------
    DataFrame
        One row per score, all repeats together: ``score``, ``honest``, ``replica``,
        ``gap`` (replica minus honest), ``ci_low``, ``ci_high`` (of the gap).

    Raises
    ------
    ValueError
        The two are not of the same sessions and labels, or one cannot be scored.
    """
    for predictions in (honest, replica):
        check_predictions(predictions)
    check_same_people(honest, replica)
    both = pd.concat([honest, replica], ignore_index=True)
    weights = bootstrap_weights(both, n_bootstrap, np.random.default_rng(seed))
    values, drawn = [], []
    parts = np.split(weights, [len(honest)], axis=1)
    for rows, weight in zip((honest, replica), parts, strict=True):
        label, logit = rows["label"].to_numpy(), rows["logit"].to_numpy()
        values.append(weighted_scores(label, logit)[0])
        drawn.append(weighted_scores(label, logit, weight))
    gap = values[1] - values[0]
    low, high = interval(gap, drawn[1] - drawn[0], level).clip(-1, 1)
    table = {"score": SCORES, "honest": values[0], "replica": values[1]}
    table |= {"gap": gap, "ci_low": low, "ci_high": high}
    return pd.DataFrame(table)


def check_same_people(honest, replica):
    """Raise unless two tables predict the same sessions with the same labels."""
    columns = ["participant_id", "session_id", "label"]
    one, two = (
        set(rows[columns].itertuples(index=False, name=None))
        for rows in (honest, replica)
    )
    if one != two:
        who = sorted(one ^ two)[0]
        raise ValueError(
            f"session {who[1]} of participant {who[0]} (label {who[2]}) is not in both "
            "the honest predictions and the replica's: run both on one cohort"
        )


def check_predictions(predictions):
    """Raise a sentence unless predictions can be scored."""
    keys = ["participant_id", "session_id", "repeat"]
    twice = predictions.duplicated(keys)
    if twice.any():
        row = predictions[twice].iloc[0]
        raise ValueError(
            f"session {row.session_id} of participant {row.participant_id} is "
            f"predicted more than once in repeat {row['repeat']}; folds of a repeat "
            "must not overlap"
        )
    if set(predictions["label"]) != {0, 1}:
        raise ValueError(
            "scores need sessions of both labels, 0 and 1; got "
            f"{sorted(set(predictions['label']))}"
        )
    if not np.isfinite(predictions["logit"]).all():
        bad = predictions[~np.isfinite(predictions["logit"])].iloc[0]
        raise ValueError(
            f"the logit of participant {bad.participant_id} in repeat "
            f"{bad['repeat']} is {bad.logit}, not a number"
        )


def weighted_scores(label, logit, weights=None):
    """Compute all scores for many weightings, or many labellings, of one set of rows.

    Parameters
    ----------
    label : ndarray of int, shape (n,) or (m, n)
        0 or 1.
    logit : ndarray, shape (n,)
        Above 0 predicts label 1.
    weights : ndarray, shape (m, n), optional
        How often each row counts; once by default.

    Returns
    -------
    ndarray, shape (m, 6)
        `SCORES` in order; ``nan`` where a score needs a label that is not there, and
        for the precision of a classifier that finds no positive, whose F1 is 0.
    """
    label = np.atleast_2d(label)
    weights = np.ones(label.shape) if weights is None else np.asarray(weights, float)
    positive, negative = weights * label, weights * (1 - label)
    predicted = logit > 0
    tp, fp = positive @ predicted, negative @ predicted
    n_positive, n_negative = positive.sum(1), negative.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        sensitivity = tp / n_positive
        specificity = (n_negative - fp) / n_negative
        accuracy = (tp + n_negative - fp) / (n_positive + n_negative)
        precision = tp / (tp + fp)
        f1 = 2 * tp / (n_positive + tp + fp)
        auc = _concordance(positive, negative, logit) / (n_positive * n_negative)
    scores = [auc, accuracy, sensitivity, specificity, precision, f1]
    return np.stack(scores, axis=1)


def _concordance(positive, negative, logit):
    """Sum the weights of (positive, negative) pairs in right order, ties by half."""
    order = np.argsort(logit, kind="stable")
    starts = np.flatnonzero(np.diff(logit[order], prepend=-np.inf))
    positive = np.add.reduceat(positive[:, order], starts, axis=1)
    negative = np.add.reduceat(negative[:, order], starts, axis=1)
    below = np.cumsum(negative, axis=1) - negative
    return (positive * (below + negative / 2)).sum(1)


def bootstrap_weights(rows, n, rng):
    """Draw participants with replacement; return how often each row counts.

    All sessions and repeats of a participant are drawn together, since they are not
    independent. As many participants of each group are drawn as there are.

    Parameters
    ----------
    rows : DataFrame
        With columns ``participant_id`` and ``label``.
    n : int
        Number of draws.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int, shape (n, n_rows)
    """
    participant = rows["participant_id"].astype("category").cat.codes.to_numpy()
    stratum = rows.groupby(participant)["label"].mean().to_numpy()
    counts = np.zeros((n, len(stratum)), dtype=int)
    for value in np.unique(stratum):
        members = np.flatnonzero(stratum == value)
        even = np.full(len(members), 1 / len(members))
        counts[:, members] = rng.multinomial(len(members), even, size=n)
    return counts[:, participant]


def permute_labels(rows, n, rng):
    """Reassign labels at random, leaving the logits as they are.

    Labels are exchanged between participants; a participant's sessions and repeats keep
    one label. Where participants have sessions of both labels (before and after a
    treatment, say), labels are exchanged between the sessions of each participant. The
    network is not trained anew, which would take as many trainings as permutations:
    these scores scatter less than those of networks trained anew, see `WIDER`.

    Parameters
    ----------
    rows : DataFrame
        With columns ``participant_id``, ``session_id`` and ``label``.
    n : int
        Number of reassignments.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray of int, shape (n, n_rows)
    """
    both = rows.groupby("participant_id")["label"].nunique().max() > 1
    unit = ["participant_id", "session_id"] if both else ["participant_id"]
    index = rows.groupby(unit, sort=True).ngroup().to_numpy()
    units = rows.assign(index=index).drop_duplicates("index").sort_values("index")
    labels = np.tile(units["label"].to_numpy(), (n, 1))
    blocks = units["participant_id"].to_numpy() if both else np.zeros(len(units))
    for block in np.unique(blocks):
        members = blocks == block
        labels[:, members] = rng.permuted(labels[:, members], axis=1)
    return labels[:, index]


def majority_scores(label):
    """Score the classifier that gives every session the more frequent label.

    Parameters
    ----------
    label : ndarray of int, shape (n,)
        0 or 1; on a tie, label 1 is given.

    Returns
    -------
    ndarray, shape (6,)
        `SCORES` in order.
    """
    return weighted_scores(label, np.full(len(label), label.mean() - 0.5 + 1e-9))[0]
