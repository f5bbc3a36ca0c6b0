import pandas as pd
import pytest

from scan2map.figures.tables import SCORES, html_table, score_rows


@pytest.fixture
def scores():
    """Return the scores of an experiment with one repeat."""
    row = {
        "value": 0.83,
        "ci_low": 0.71,
        "ci_high": 0.93,
        "trivial": 0.5,
        "permutation_mean": 0.49,
        "permutation_p": 0.004,
        "n_participants": 24,
        "n_sessions": 30,
    }
    return pd.DataFrame(
        [
            {"score": s, "pooling": p} | row
            for s in SCORES
            for p in ("pooled", "repeat-1")
        ]
    )


def test_each_score_stands_beside_its_interval_and_what_chance_gives(scores):
    rows = score_rows({"pre": scores}, {"pre": {"parameters": 12345}})
    assert list(rows["AUC"]) == ["0.83 [0.71, 0.93]", "0.50", "0.49 (p = 0.004)"]


def test_people_and_parameters_are_counted_below_the_label(scores):
    rows = score_rows({"pre": scores}, {"pre": {"parameters": 12345}})
    people = "24 participants, 30 sessions"
    assert list(rows["experiment"]) == ["pre", people, "12,345 parameters"]


def test_labels_cannot_break_the_page(scores):
    rows = score_rows({"<b>&": scores}, {"<b>&": {"parameters": 1}})
    assert "&lt;b&gt;&amp;" in html_table(
        rows, [True, False, False], title="t", note="n"
    )


def test_the_page_needs_no_other_file(scores):
    rows = score_rows({"pre": scores}, {"pre": {"parameters": 1}})
    page = html_table(rows, [True, False, False], title="t", note="n")
    assert "http" not in page and "src=" not in page


def test_missing_scores_are_named(scores):
    with pytest.raises(ValueError, match="'pre' lack pooled auc"):
        score_rows({"pre": scores[scores["score"] != "auc"]}, {})


def test_a_precision_that_does_not_exist_is_a_dash(scores):
    numbers = ["value", "ci_low", "ci_high", "trivial", "permutation_mean"]
    scores.loc[scores["score"] == "precision", numbers] = float("nan")
    rows = score_rows({"pre": scores}, {"pre": {"parameters": 1}})
    assert list(rows["precision"]) == ["\N{EN DASH}"] * 3
