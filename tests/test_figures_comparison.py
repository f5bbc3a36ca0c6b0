import pandas as pd
import pytest

from scan2map.figures.comparison import SCORES, comparison_rows, comparison_table

PUBLISHED = {"accuracy": 0.9307, "precision": 0.9237, "recall": 0.9787}


def scores(value):
    """Return the scores of an experiment, all of one value."""
    row = {
        "value": value,
        "ci_low": value - 0.1,
        "ci_high": value + 0.1,
        "trivial": 0.5,
    }
    return pd.DataFrame(
        [
            {"score": s, "pooling": p} | row
            for s in (*SCORES, "specificity")
            for p in ("pooled", "repeat-1")
        ]
    )


def experiment(label, run_as, published=None):
    return {
        "configured_label": label,
        "run_as": run_as,
        "published": published or {},
    }


@pytest.fixture
def table():
    """Return the table of an input that ran both ways, and of one that was honest."""
    both = [experiment("ASC", p, PUBLISHED) for p in ("honest", "replica")]
    return comparison_table(
        [*both, experiment("RSP", "honest")], [scores(0.6), scores(0.8), scores(0.7)]
    )


def test_an_input_has_a_line_per_protocol(table):
    rows = comparison_rows(table)
    assert list(rows["input"]) == ["ASC", "", "", "", "RSP", ""]
    assert list(rows["protocol"]) == [
        "honest", "replica", "published", "majority class", "honest", "majority class",
    ]  # fmt: skip


def test_intervals_stand_where_there_are_people_to_draw(table):
    rows = comparison_rows(table).set_index("protocol")
    assert rows.at["replica", "AUC"] == "0.80 [0.70, 0.90]"
    assert rows.at["published", "accuracy"] == "0.93"


def test_what_the_paper_calls_recall_is_sensitivity(table):
    recall = table[(table["score"] == "recall") & (table["input"] == "ASC")]
    assert dict(zip(recall["protocol"], recall["value"], strict=True)) == {
        "honest": 0.6, "replica": 0.8, "published": 0.9787, "majority class": 0.5,
    }  # fmt: skip


def test_a_score_that_the_paper_lacks_is_a_dash(table):
    rows = comparison_rows(table).set_index("protocol")
    assert rows.at["published", "AUC"] == "\N{EN DASH}"


def test_columns_are_in_the_order_of_the_paper(table):
    order = ["accuracy", "precision", "recall", "F1", "AUC"]
    assert list(comparison_rows(table).columns[2:]) == order


def test_missing_scores_are_named():
    lacking = scores(0.6).query("score != 'f1'")
    with pytest.raises(ValueError, match="'ASC' lack pooled f1"):
        comparison_table([experiment("ASC", "honest")], [lacking])
