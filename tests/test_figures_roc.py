import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from scan2map.figures.roc import FALSE_POSITIVE_RATES, draw_roc, roc_band, roc_curve
from scan2map.scores import score_table


@pytest.fixture
def predictions(rng):
    """Return three repeats of predictions for 20 participants with two sessions."""
    label = np.tile(np.repeat([0, 1], 20), 3)
    return pd.DataFrame(
        {
            "participant_id": np.tile(np.repeat(np.arange(20), 2).astype(str), 3),
            "session_id": np.tile(["1", "2"], 60),
            "label": label,
            "repeat": np.repeat([1, 2, 3], 40),
            "logit": np.round(rng.normal(size=120) + label, 1),
        }
    )


def test_area_under_the_curve_is_sklearns_with_ties(predictions):
    curve = roc_curve(predictions["label"], predictions["logit"])
    expected = roc_auc_score(predictions["label"], predictions["logit"])
    # Both sum the same few fractions in float64.
    np.testing.assert_allclose(np.trapezoid(curve[1], curve[0]), expected, rtol=1e-12)


def test_a_weight_of_two_is_a_row_twice(predictions):
    labels, logits = predictions["label"].to_numpy(), predictions["logit"].to_numpy()
    weights = np.arange(len(labels)) % 3
    repeated = roc_curve(np.repeat(labels, weights), np.repeat(logits, weights))
    for x in FALSE_POSITIVE_RATES[1:-1:7] + 1e-4:
        a, b = (
            np.interp(x, *c) for c in (roc_curve(labels, logits, weights), repeated)
        )
        assert a == pytest.approx(b, rel=1e-12)


def test_band_holds_the_curve_and_is_the_same_for_the_same_seed(predictions):
    low, high = roc_band(predictions, seed=1, draws=200)
    curve = np.interp(
        FALSE_POSITIVE_RATES, *roc_curve(predictions["label"], predictions["logit"])
    )
    assert ((low <= curve) & (curve <= high)).mean() > 0.95
    np.testing.assert_array_equal(low, roc_band(predictions, seed=1, draws=200)[0])


def test_more_repeats_of_the_same_people_do_not_narrow_the_band(predictions):
    once = predictions[predictions["repeat"] == 1]
    width = [
        np.mean(high - low)
        for low, high in (
            roc_band(pd.concat([once] * n), seed=1, draws=200) for n in (1, 4)
        )
    ]
    # The very same rows four times over: participants are drawn, so nothing changes.
    np.testing.assert_allclose(width[0], width[1], rtol=1e-12)


def test_figure_states_the_tables_auc(predictions):
    scores = score_table(predictions, seed=1, n_bootstrap=100, n_permutations=100)
    figure = draw_roc(predictions, scores, title="post-registration", seed=1)
    auc = roc_auc_score(predictions["label"], predictions["logit"])
    assert f"AUC {auc:.2f}" in figure.axes[0].get_title()


def test_one_group_alone_is_refused():
    with pytest.raises(ValueError, match="both groups"):
        roc_curve([1, 1], [0.2, 0.3])
