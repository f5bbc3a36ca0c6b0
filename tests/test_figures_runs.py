import numpy as np
import pandas as pd
import pytest

from scan2map.figures.runs import BEST, draw_runs, runs_rows, runs_table
from scan2map.runs import distribution_table, score_runs

PUBLISHED = {
    "test_accuracy": {"lowest": 0.4, "highest": 0.85},
    "validation_accuracy": {"mean": 0.69, "sd": 0.06},
}


def predictions(rng, repeats):
    rows = [(f"p{i}", "1", i % 2, r) for r in range(1, repeats + 1) for i in range(20)]
    columns = ["participant_id", "session_id", "label", "repeat"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(logit=rng.normal(table["label"] - 0.5))


@pytest.fixture
def gathered(rng):
    """Return the table, and the runs, of shuffles with validation and of K folds."""
    experiments = [
        {"label": "shuffles", "published": PUBLISHED},
        {"label": "folds", "published": {}},
    ]
    of = {"test": predictions(rng, 10), "validation": predictions(rng, 10)}
    folds = {"test": predictions(rng, 3)}
    runs, distributions = (
        [
            pd.concat({k: f(v) for k, v in one.items()}, names=["split"]).reset_index(
                "split"
            )
            for one in (of, folds)
        ]
        for f in (score_runs, lambda rows: distribution_table(rows, 1, 200))
    )
    table = runs_table(experiments, distributions)
    return table, dict(zip(("shuffles", "folds"), runs, strict=True))


def test_the_papers_runs_stand_below_ones_own(gathered):
    rows = runs_rows(gathered[0])
    assert list(rows["experiment"]) == ["shuffles", "", "", "", "", "folds", ""]
    assert list(rows["score"][:5]) == [
        "test accuracy", "test accuracy, published",
        "validation accuracy", "validation accuracy, published", "test AUC",
    ]  # fmt: skip
    said = rows.set_index("score")
    assert said.at["test accuracy, published", BEST] == "0.85"
    assert said.at["test accuracy, published", "mean [95 % CI]"] == "\N{EN DASH}"
    assert said.at["validation accuracy, published", "mean [95 % CI]"] == "0.69"
    assert said.at["validation accuracy, published", "SD of runs"] == "0.06"


def test_the_best_run_is_called_biased_and_has_what_luck_would_give_beside_it(gathered):
    assert "biased" in BEST
    row = runs_rows(gathered[0]).iloc[0]
    mean, best = row["mean [95 % CI]"].split()[0], row["best of equally good runs"]
    assert float(best) > float(mean)


def test_the_figure_has_a_dot_per_run_and_a_lane_per_split(gathered):
    figure = draw_runs(*gathered)
    axes = figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["shuffles\ntest", "shuffles\nvalidation", "folds\ntest"]
    dots = [line for line in axes.lines if line.get_label() == "a run"]
    assert [len(line.get_xdata()) for line in dots] == [10, 10, 3]
    drawn = np.column_stack(dots[0].get_data())
    assert len(np.unique(drawn.round(6), axis=0)) == 10  # none covers another


def test_every_lane_marks_its_best_run(gathered):
    axes = draw_runs(*gathered).axes[0]
    best = [line for line in axes.lines if line.get_label() == BEST]
    runs = gathered[1]["shuffles"]
    highest = runs[runs["split"] == "test"]["accuracy"].max()
    assert len(best) == 3 and best[0].get_xdata()[0] == highest
