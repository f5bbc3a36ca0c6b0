"""Measure how often the interval of the mean over shuffles is right.

Linear classifiers learn and are tested in shuffles of many drawn cohorts of normal
features, with and without a difference between the groups. The 95 % interval of the
mean accuracy should hold the mean accuracy of such networks in new people, which is
known here. Beside it: the interval of a t test of runs, as if they were independent.
"""

import numpy as np
import pandas as pd
from _study import say
from scipy.stats import norm, t

from scan2map.runs import distribution_table
from scan2map.splits import TEST, TRAINING, shuffle

STUDIES = 400
N_FEATURES = 60
COHORTS = [(40, 0.2, 10), (100, 0.1, 10), (198, 0.1, 10), (198, 0.1, 30)]
"""Participants, share that is tested (as many validate), shuffles; one is Ng's."""
DIFFERENCES = {"null": 0.0, "effect": 1.5}
"""Between the groups, in one feature, in standard deviations."""


def fit(features, label, ridge=0.5):
    """Return weights and offset of ridge regression on the label."""
    centre = features.mean(0)
    inside, contrast = features - centre, label - label.mean()
    kernel = inside @ inside.T + ridge * len(label) * np.eye(len(label))
    weights = inside.T @ np.linalg.solve(kernel, contrast)
    return weights, -centre @ weights


def draw_study(n, share, repeats, difference, rng):
    """Return predictions of a cohort's shuffles, and the true accuracy of its fits."""
    label = np.arange(n) % 2
    features = rng.normal(size=(n, N_FEATURES))
    features[:, 0] += difference * label
    rows = [{"participant_id": p, "group": label[p]} for p in range(n)]
    parts = shuffle(rows, share, share, repeats, seed=int(rng.integers(2**32)))
    tables, true = [], []
    for repeat in range(1, repeats + 1):
        part = np.array([parts[repeat, p] for p in range(n)])
        learnt, tested = part == TRAINING, np.flatnonzero(part == TEST)
        weights, offset = fit(features[learnt], label[learnt])
        size = np.linalg.norm(weights)
        right = norm.cdf((difference * weights[0] + offset) / size)
        true.append((right + norm.cdf(-offset / size)) / 2)
        table = {"participant_id": tested, "session_id": "1", "label": label[tested]}
        logit = features[tested] @ weights + offset
        tables.append(pd.DataFrame(table | {"repeat": repeat, "logit": logit}))
    return pd.concat(tables, ignore_index=True), np.mean(true)


def measure(n, share, repeats, difference):
    """Return how often the interval, and that of a t test of runs, hold the truth."""
    rng = np.random.default_rng([n, repeats, int(10 * difference)])
    rows, true = [], []
    for seed in range(STUDIES):
        predictions, accuracy = draw_study(n, share, repeats, difference, rng)
        table = distribution_table(predictions, seed, n_bootstrap=400)
        rows.append(table.set_index("score").loc["accuracy"])
        true.append(accuracy)
    found, truth = pd.DataFrame(rows), np.mean(true)
    half = t.ppf(0.975, repeats - 1) * found["sd"] / np.sqrt(repeats)
    covered = (found["ci_low"] <= truth) & (truth <= found["ci_high"])
    return covered.mean(), (abs(found["mean"] - truth) <= half).mean()


def main():
    """Print the mean and the lowest coverage, and that of the t test."""
    for name, difference in DIFFERENCES.items():
        measured = [measure(*cohort, difference) for cohort in COHORTS]
        own, naive = np.transpose(measured)
        unit = "coverage of 95 % CI"
        for part, share, goal in (
            ("mean", own.mean(), 0.93),
            ("lowest", own.min(), 0.9),
        ):
            figure = f"run_intervals_{name}_{part}_of_4"
            say(figure, f"{share:.3f}", unit, f">= {goal}", share >= goal)
        said = f"{naive.mean():.3f}"
        say(
            f"run_intervals_{name}_t_test",
            said,
            f"{unit}, runs independent",
            "none",
            True,
        )


main()
