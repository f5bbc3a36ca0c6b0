import pandas as pd
import pytest

from scan2map.figures.optimism import draw_optimism


@pytest.fixture
def gaps():
    """Return the gaps of an experiment: AUC falls by 0.2, accuracy rises by 0.1."""
    return pd.DataFrame(
        {
            "score": ["accuracy", "auc"],
            "honest": [0.6, 0.8],
            "replica": [0.7, 0.6],
            "gap": [0.1, -0.2],
            "ci_low": [0.0, -0.3],
            "ci_high": [0.2, -0.1],
        }
    )


def test_both_scores_and_their_gap_are_written(gaps):
    left, right = draw_optimism({"ASC": gaps}).axes
    arrow, minus = "\N{RIGHTWARDS ARROW}", "\N{MINUS SIGN}"
    written = [text.get_text() for text in left.texts + right.texts]
    assert written == [
        f"0.80 {arrow} 0.60",
        f"0.60 {arrow} 0.70",
        f"{minus}0.20",
        "+0.10",
    ]


def test_a_precision_that_does_not_exist_is_a_dash(gaps):
    gaps.loc[0, ["replica", "gap", "ci_low", "ci_high"]] = float("nan")
    left, right = draw_optimism({"ASC": gaps}).axes
    assert left.texts[1].get_text() == "0.60 \N{RIGHTWARDS ARROW} \N{EN DASH}"
    assert right.texts[1].get_text() == ""


def test_scores_stand_in_the_order_of_the_tables(gaps):
    axes = draw_optimism({"ASC": gaps}).axes[0]
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["AUC", "accuracy"]
    low, high = axes.get_ylim()
    assert low > high


def test_each_experiment_has_a_line_of_panels_on_the_same_scale(gaps):
    axes = draw_optimism({"ASC": gaps, "SSC": gaps * 1}).axes
    assert len(axes) == 4
    assert axes[1].get_xlim() == axes[3].get_xlim()


def test_without_a_replica_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match=r"run_as: \[honest, replica\]"):
        draw_optimism({})
