"""How the scores of runs are distributed."""

import numpy as np
import pandas as pd
import pytest

from scan2map.runs import distribution_table, expected_highest, score_runs
from scan2map.scores import WIDER, score_table
from scan2map.splits import TEST, shuffle


def shuffled(rng, n=60, repeats=10, shift=1.0):
    """Return predictions of shuffles: some people are in several, some in none."""
    rows = [{"participant_id": f"p{i}", "group": i % 2} for i in range(n)]
    parts = shuffle(rows, 0.1, 0.2, repeats, seed=1)
    tested = [key for key, part in parts.items() if part == TEST]
    table = pd.DataFrame(tested, columns=["repeat", "participant_id"])
    table["session_id"] = "1"
    table["label"] = table["participant_id"].str[1:].astype(int) % 2
    table["logit"] = rng.normal(shift * (table["label"] - 0.5))
    return table


def test_each_run_is_scored_by_itself(rng):
    predictions = shuffled(rng)
    runs = score_runs(predictions)
    own = score_table(predictions, 1, n_bootstrap=100, n_permutations=100)
    own = own[own["score"] == "accuracy"].set_index("pooling")["value"]
    expected = [own[f"repeat-{repeat}"] for repeat in runs["repeat"]]
    np.testing.assert_allclose(runs["accuracy"], expected)
    assert (runs["n_participants"] == 12).all()


def test_the_mean_and_the_spread_are_those_of_the_runs(rng):
    predictions = shuffled(rng)
    accuracy = score_runs(predictions)["accuracy"]
    row = distribution_table(predictions, seed=1).set_index("score").loc["accuracy"]
    assert row["mean"] == pytest.approx(accuracy.mean())
    assert row["sd"] == pytest.approx(accuracy.std(ddof=1))
    assert (row["lowest"], row["highest"]) == (accuracy.min(), accuracy.max())
    assert row["n_participants"] < 60 and row["trivial"] == 0.5


def test_runs_that_test_the_same_people_make_the_mean_no_surer(rng):
    one = shuffled(rng, repeats=1)
    again = pd.concat([one.assign(repeat=repeat) for repeat in range(1, 11)])
    alone, repeated = (
        distribution_table(rows, seed=1).set_index("score").loc["accuracy"]
        for rows in (one, again)
    )
    np.testing.assert_allclose(
        repeated[["ci_low", "ci_high"]].astype(float),
        alone[["ci_low", "ci_high"]].astype(float),
    )
    assert repeated["sd"] == pytest.approx(0, abs=1e-12) and np.isnan(alone["sd"])


def test_the_interval_is_that_of_people_widened(rng):
    predictions = shuffled(rng, n=400, repeats=5)
    row = distribution_table(predictions, seed=1).set_index("score").loc["accuracy"]
    right = (predictions["logit"] > 0) == predictions["label"]
    counts = predictions.groupby("participant_id").size()
    error = np.sqrt(right.var() * (counts**2).sum()) / counts.sum()
    width = (row["ci_high"] - row["ci_low"]) / (2 * 1.96 * WIDER)
    # Predictions of a person are independent here, so that the bootstrap of people is
    # narrower than if they were one; its own noise is a few percent.
    assert np.sqrt(right.var() / counts.sum()) * 0.9 < width < error * 1.1


def test_the_best_of_equally_good_runs_is_above_their_mean(rng):
    drawn = rng.binomial(20, 0.65, size=(200_000, 10)).max(1) / 20
    assert expected_highest(0.65, [20] * 10) == pytest.approx(drawn.mean(), abs=1e-3)
    assert expected_highest(0.65, [20]) == pytest.approx(0.65)
    mixed = np.maximum(
        rng.binomial(7, 0.5, 200_000) / 7, rng.binomial(4, 0.5, 200_000) / 4
    )
    assert expected_highest(0.5, [7, 4]) == pytest.approx(mixed.mean(), abs=2e-3)
