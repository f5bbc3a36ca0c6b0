"""The figure and the table of checks of maps."""

import numpy as np
import pandas as pd
import pytest

from scan2map.figures.sanity import draw_sanity, sanity_rows
from scan2map.figures.style import write_png
from scan2map.sanity import UNCHANGED, judge, sentence
from scan2map.sanity.checks import PERMUTED

LAYERS = ["logit", "conv3d", PERMUTED]


@pytest.fixture
def checks():
    """Return checks of a map that changes, and of one that does not."""
    rows = [
        {"map": name, "layer": layer, "randomised": (number + 1) % 3}
        | {"repeat": 1, "fold": fold, "ssim": 0.1, "rank": alike, "rank_abs": alike}
        for fold in (1, 2)
        for number, layer in enumerate(LAYERS)
        for name, alike in (("gradient", -0.1), ("cam", 0.9))
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def summary(checks):
    maps = {}
    for name, table in checks.groupby("map", sort=False):
        judged = judge(table)
        about = {"sentence": sentence(name, judged), **judged}
        about["reliability"] = {"icc_2_1": 0.25, "networks": 2, "sessions": 8}
        place = {"ratio": 3.5, "ci_low": 2.0, "ci_high": 5.0}
        maps[name] = about | {"localisation": {"tract": place}}
    return {"Threshold": UNCHANGED, "Maps": maps}


def test_a_map_that_does_not_change_is_labelled_above_its_panel(checks, summary):
    figure = draw_sanity(checks, summary, "white matter")
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["gradient\nchanges", "cam\ndoes not change"]


def test_steps_stand_in_the_order_in_which_layers_lost_their_weights(checks, summary):
    axes = draw_sanity(checks, summary, "white matter").axes[0]
    ticks = {
        tick: label.get_text()
        for tick, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    }
    assert ticks == {0: "none", 1: "logit", 2: "conv3d", 3.7: PERMUTED}


def test_the_same_checks_give_the_same_picture(checks, summary, tmp_path):
    for name in ("a", "b"):
        write_png(draw_sanity(checks, summary, "t"), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_map_without_numbers_is_drawn_and_called_unjudged(checks):
    checks[["ssim", "rank", "rank_abs"]] = np.nan
    judged = judge(checks[checks["map"] == "cam"])
    summary = {"Threshold": UNCHANGED, "Maps": {"cam": judged}}
    (axes,) = draw_sanity(checks, summary, "t").axes
    assert axes.get_title().endswith("cannot be judged")


def test_the_table_has_a_row_per_map(summary):
    rows = sanity_rows({"white matter": summary})
    assert list(rows["experiment"]) == ["white matter", ""]
    assert list(rows["when weights are random"]) == ["changes", "does not change"]
    assert rows["|rank|"][1] == "0.90"
    assert rows["ICC of retrainings"][0] == "0.25 (2 networks, 8 sessions)"
    assert rows["in planted regions, against chance"][0] == "tract 3.50 [2.00, 5.00]"


def test_a_reliability_of_one_session_is_said_to_be_one(summary):
    for one in summary["Maps"].values():
        one["reliability"]["sessions"] = 1
    rows = sanity_rows({"t": summary})
    assert rows["ICC of retrainings"][0] == "0.25 (2 networks, 1 session)"


def test_what_was_not_measured_is_a_dash(summary):
    for one in summary["Maps"].values():
        one |= {"permuted": None, "reliability": None, "localisation": {}}
    rows = sanity_rows({"t": summary})
    assert (rows.iloc[:, -3:] == "\N{EN DASH}").all(axis=None)
