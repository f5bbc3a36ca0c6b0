"""Scores against scikit-learn, and their resampling references."""

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from scan2map.scores import (
    SCORES,
    bootstrap_weights,
    check_complete,
    majority_scores,
    optimism,
    permute_labels,
    score_table,
    weighted_scores,
)


@pytest.fixture
def predictions(rng):
    """Return 20 participants with 1 or 2 sessions in 3 repeats; labels help a bit."""
    rows = [
        (f"p{p:02d}", f"s{s}", p % 2, repeat, p % 2 + rng.normal(0, 1.5))
        for repeat in (1, 2, 3)
        for p in range(20)
        for s in range(1 + p % 3 // 2)
    ]
    columns = ["participant_id", "session_id", "label", "repeat", "logit"]
    return pd.DataFrame(rows, columns=columns)


def sklearn_scores(label, logit, weight):
    found = logit > 0
    arguments = {"sample_weight": weight}
    return [
        metrics.roc_auc_score(label, logit, **arguments),
        metrics.accuracy_score(label, found, **arguments),
        metrics.recall_score(label, found, **arguments),
        metrics.recall_score(label, found, pos_label=0, **arguments),
        metrics.precision_score(label, found, **arguments),
        metrics.f1_score(label, found, **arguments),
    ]


def test_scores_match_scikit_learn_with_weights_and_ties(rng):
    label, logit = rng.integers(0, 2, 50), rng.normal(size=50).round(1)
    weights = rng.integers(0, 4, (5, 50))
    expected = [sklearn_scores(label, logit, weight) for weight in weights]
    np.testing.assert_allclose(weighted_scores(label, logit, weights), expected)


def test_bootstrap_draws_all_rows_of_a_participant_together(predictions, rng):
    weights = bootstrap_weights(predictions, 200, rng)
    columns = pd.DataFrame(weights.T).groupby(predictions["participant_id"])
    assert (columns.nunique() == 1).all(axis=None)
    assert (columns.first().sum() == 20).all()


def test_permutation_keeps_one_label_per_participant(predictions, rng):
    labels = permute_labels(predictions, 100, rng)
    columns = pd.DataFrame(labels.T).groupby(predictions["participant_id"])
    assert (columns.nunique() == 1).all(axis=None)
    assert (columns.first().sum() == 10).all()


def test_permutation_stays_within_participants_who_have_both_labels(predictions, rng):
    two = predictions[predictions["session_id"] == "s0"].assign(label=0)
    paired = pd.concat([two, two.assign(session_id="s1", label=1)], ignore_index=True)
    labels = permute_labels(paired, 100, rng)
    sums = pd.DataFrame(labels.T).groupby([paired["participant_id"], paired["repeat"]])
    assert (sums.sum() == 1).all(axis=None) and labels.std(0).min() > 0


def test_interval_holds_the_value_and_is_wider_for_fewer_participants(predictions):
    table = score_table(predictions, seed=1).query("pooling == 'pooled'")
    assert (table["ci_low"] <= table["value"]).all()
    assert (table["value"] <= table["ci_high"]).all()
    few = predictions[predictions["participant_id"] < "p10"]
    narrow, wide = (
        t.query("score == 'auc' and pooling == 'pooled'").iloc[0]
        for t in (table, score_table(few, seed=1))
    )
    assert wide.ci_high - wide.ci_low > narrow.ci_high - narrow.ci_low


def test_repeats_of_the_same_predictions_do_not_narrow_the_interval(predictions):
    once = predictions[predictions["repeat"] == 1]
    ten = pd.concat([once.assign(repeat=r) for r in range(10)], ignore_index=True)
    one, many = (
        score_table(t, seed=1).query("score == 'auc' and pooling == 'pooled'").iloc[0]
        for t in (once, ten)
    )
    assert one.ci_low == pytest.approx(many.ci_low) and one.value == many.value


def predict_out_of_fold(rng, n=40, k=5):
    """Cross-validate the direction between group means in noise of 50 features."""
    label, fold = np.arange(n) % 2, np.arange(n) // 2 % k
    features, logit = rng.normal(size=(n, 50)), np.empty(n)
    for f in range(k):
        one, zero = (features[(fold != f) & (label == g)].mean(0) for g in (1, 0))
        logit[fold == f] = (features[fold == f] - (one + zero) / 2) @ (one - zero)
    who = {"participant_id": np.arange(n), "session_id": "1", "label": label}
    return pd.DataFrame(who | {"repeat": 1, "logit": logit})


def test_of_networks_that_learnt_nothing_95_of_100_intervals_hold_one_half(rng):
    covered = alarms = 0
    for seed in range(100):
        table = score_table(predict_out_of_fold(rng), seed, 300, 300)
        auc = table.set_index(["score", "pooling"]).loc["auc", "pooled"]
        covered += auc.ci_low <= 0.5 <= auc.ci_high
        alarms += auc.permutation_p <= 0.05
    # Binomial of 100 and 0.95: below 88 with probability 0.001. With the bootstrap as
    # it is, 85 would be expected, and 10 false alarms.
    assert covered >= 88
    assert alarms <= 9


def test_permutations_of_useless_predictions_reach_the_score_half_of_the_time(
    predictions, rng
):
    predictions["logit"] = rng.normal(size=len(predictions))
    table = score_table(predictions, seed=0).set_index(["score", "pooling"])
    auc = table.loc["auc", "pooled"]
    assert auc.permutation_mean == pytest.approx(0.5, abs=0.02)
    assert auc.permutation_p > 0.05


def test_table_has_one_row_per_score_and_pooling_and_repeats_itself(predictions):
    one, two = (score_table(predictions, seed=7, n_bootstrap=50) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert len(one) == 4 * len(SCORES)
    assert one["n_participants"].unique().tolist() == [20]


def test_majority_reference_calls_everybody_by_the_frequent_label():
    reference = dict(zip(SCORES, majority_scores(np.array([0, 0, 0, 1])), strict=True))
    assert np.isnan(reference.pop("precision"))
    assert reference == {
        "auc": 0.5,
        "accuracy": 0.75,
        "sensitivity": 0.0,
        "specificity": 1.0,
        "f1": 0.0,
    }


def test_precision_of_a_classifier_that_finds_no_positive_is_missing(predictions):
    table = score_table(predictions.assign(logit=-1.0), seed=1, n_bootstrap=50)
    numbers = ["value", "ci_low", "ci_high", "permutation_mean", "permutation_p"]
    precision = table["score"] == "precision"
    assert table[precision][numbers].isna().all(axis=None)
    assert table[~precision][numbers].notna().all(axis=None)


def test_interval_leaves_out_draws_without_a_precision(predictions):
    one = predictions["participant_id"] == "p01"
    rare = predictions.assign(logit=np.where(one, 1.0, -1.0))
    pooled = score_table(rare, seed=1).query("pooling == 'pooled'").set_index("score")
    assert pooled.loc["precision", ["value", "ci_low", "ci_high"]].tolist() == [1, 1, 1]


def test_optimism_is_what_the_replica_scores_more(predictions):
    better = predictions.assign(logit=predictions["logit"] + predictions["label"])
    table = optimism(predictions, better, seed=1)
    assert table["score"].tolist() == list(SCORES)
    expected = weighted_scores(better["label"].to_numpy(), better["logit"].to_numpy())
    np.testing.assert_allclose(table["replica"], expected[0])
    np.testing.assert_allclose(table["gap"], table["replica"] - table["honest"])
    auc = table.set_index("score").loc["auc"]
    assert 0 < auc.ci_low < auc.gap < auc.ci_high


def test_optimism_is_paired_by_participants(predictions):
    order = predictions.sample(frac=1, random_state=0)
    table = optimism(predictions, order, seed=1)
    np.testing.assert_allclose(table[["gap", "ci_low", "ci_high"]], 0, atol=1e-12)


def test_optimism_of_other_people_is_refused(predictions):
    fewer = predictions[predictions["participant_id"] != "p07"]
    with pytest.raises(ValueError, match="session s0 of participant p07"):
        optimism(predictions, fewer, seed=1)


def test_unusable_predictions_are_refused(predictions):
    with pytest.raises(ValueError, match="more than once in repeat 1"):
        score_table(pd.concat([predictions, predictions.head(1)]), seed=0)
    with pytest.raises(ValueError, match="both labels"):
        score_table(predictions.assign(label=1), seed=0)
    with pytest.raises(ValueError, match="not a number"):
        score_table(predictions.assign(logit=np.nan), seed=0)


def test_predictions_that_were_cut_off_are_refused(predictions):
    run = predictions[predictions["repeat"] == 1]
    tested = sorted(zip(run["participant_id"], run["session_id"], strict=True))
    check_complete(run, tested, "fold.tsv")
    for broken in (run.iloc[:-1], run.iloc[[0, *range(len(run))]], run.iloc[:0]):
        with pytest.raises(ValueError, match="fold.tsv holds .* cut off; remove it"):
            check_complete(broken, tested, "fold.tsv")
