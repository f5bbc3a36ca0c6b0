"""Measure how often the intervals and p values of cross-validated scores are right.

Linear classifiers are cross-validated in many drawn cohorts of normal features, with
and without a difference between the groups. The 95 % interval of the AUC should hold
the mean AUC of such networks in new people, which is known here; the permutation p
should be at most 0.05 in at most 5 % of the cohorts without a difference.
"""

import numpy as np
import pandas as pd
from _study import say
from scipy.stats import norm

from scan2map.scores import score_table
from scan2map.splits import split

STUDIES = 400
N_FEATURES = 60
COHORTS = [(24, 5, 1), (24, 5, 5), (43, 10, 1), (43, 10, 5), (120, 5, 1)]
"""Participants, folds, repeats."""
DIFFERENCES = {"null": 0.0, "effect": 1.5}
"""Between the groups, in one feature, in standard deviations."""


def fit(features, label, ridge):
    """Return weights and offset of ridge regression on the label.

    With `ridge` infinite they point from one group's mean to the other's.
    """
    centre = features.mean(0)
    inside, contrast = features - centre, label - label.mean()
    if np.isfinite(ridge):
        kernel = inside @ inside.T + ridge * len(label) * np.eye(len(label))
        contrast = np.linalg.solve(kernel, contrast)
    weights = inside.T @ contrast
    return weights, -centre @ weights


def draw_study(n, k, repeats, difference, ridge, rng):
    """Return out-of-fold predictions of one cohort, and the true AUC of its fits."""
    label = np.arange(n) % 2
    features = rng.normal(size=(n, N_FEATURES))
    features[:, 0] += difference * label
    rows = [{"participant_id": p, "group": label[p]} for p in range(n)]
    folds = split(rows, k, repeats, seed=int(rng.integers(2**32)))
    tables, true = [], []
    for repeat in range(1, repeats + 1):
        fold, logit = np.array([folds[repeat, p] for p in range(n)]), np.empty(n)
        for f in range(1, k + 1):
            train, test = fold != f, fold == f
            weights, offset = fit(features[train], label[train], ridge)
            logit[test] = features[test] @ weights + offset
            apart = difference * weights[0] / np.linalg.norm(weights)
            true.append(norm.cdf(apart / np.sqrt(2)))
        table = {"participant_id": np.arange(n), "session_id": "1", "label": label}
        tables.append(pd.DataFrame(table | {"repeat": repeat, "logit": logit}))
    return pd.concat(tables, ignore_index=True), np.mean(true)


def measure(n, k, repeats, difference, ridge):
    """Return coverage of the interval, and the share of p values at most 0.05."""
    rng = np.random.default_rng([n, k, repeats, int(10 * difference)])
    rows, true = [], []
    for seed in range(STUDIES):
        predictions, auc = draw_study(n, k, repeats, difference, ridge, rng)
        table = score_table(predictions, seed, n_bootstrap=400, n_permutations=400)
        rows.append(table.set_index(["score", "pooling"]).loc["auc", "pooled"])
        true.append(auc)
    found, truth = pd.DataFrame(rows), np.mean(true)
    covered = (found["ci_low"] <= truth) & (truth <= found["ci_high"])
    return covered.mean(), (found["permutation_p"] <= 0.05).mean()


def main():
    """Print the worst and the mean coverage, and the worst rate of false alarms."""
    coverage, alarms = {}, {}
    for name, difference in DIFFERENCES.items():
        measured = [
            measure(*cohort, difference, ridge)
            for cohort in COHORTS
            for ridge in (0.5, np.inf)
        ]
        coverage[name], alarms[name] = np.transpose(measured)
    # With 400 studies and 95 %, the lowest of ten is above 0.92 in nine of ten runs.
    for name, shares in coverage.items():
        for part, share, goal in (
            ("mean", shares.mean(), 0.93),
            ("lowest_of_10", shares.min(), 0.90),
        ):
            figure = f"score_intervals_{name}_{part}"
            unit = "coverage of 95 % CI"
            say(figure, f"{share:.3f}", unit, f">= {goal}", share >= goal)
    worst = alarms["null"].max()
    unit = "share of p <= 0.05 without a difference, highest of 10"
    say("score_intervals_false_alarms", f"{worst:.3f}", unit, "<= 0.07", worst <= 0.07)


main()
