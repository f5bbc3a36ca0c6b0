"""Error rates of corrections, measured on data without an effect."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.statistics.calibration import CORRECTIONS
from scan2map.statistics.error_rates import expected_range, name_correction

SHADES = (BLUE, ORANGE)

TICKS = (0, 1, 5, 20, 50, 100)
"""Percent; axes are stretched towards 0, by the square root."""

COLUMNS = 4
"""Panels side by side."""


@styled
def draw_rates(rates, labels, alpha):
    """Draw the error rate of each correction, a panel per setting and assumption.

    Parameters
    ----------
    rates : pandas.DataFrame
        From `error_rates.error_rates`; of two smoothings at most.
    labels : dict
        Name of a setting to what is written above its panels.
    alpha : float
        The rate that corrections promise.

    Returns
    -------
    matplotlib.figure.Figure
    """
    kinds = rates[["setting", "variance"]].drop_duplicates().values.tolist()
    colours = dict(zip(sorted(rates["smoothing_mm"].unique()), SHADES, strict=False))
    rows = -(-len(kinds) // COLUMNS)
    figure = new_figure(9.0, 0.7 + 3.5 * rows)
    panels = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).ravel()
    expected = expected_range(alpha, rates["datasets"].min())
    for axes, (setting, variance) in zip(panels, kinds, strict=False):
        here = rates[(rates["setting"] == setting) & (rates["variance"] == variance)]
        _draw_promise(axes, alpha, expected)
        for smoothing, part in here.groupby("smoothing_mm"):
            _draw_intervals(axes, part, colours[smoothing])
        axes.set_title(f"{labels[setting]}\nassuming {variance} variances", fontsize=8)
    for axes in panels[len(kinds) :]:
        axes.set_axis_off()
    figure.supxlabel("datasets in which something was significant (%)", fontsize=9)
    handles = [
        Line2D([], [], marker="o", color=colour, label=f"smoothed by {smoothing:g} mm")
        for smoothing, colour in colours.items()
    ]
    handles.append(Patch(color=LIGHT, label="95 % of exact tests"))
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _draw_promise(axes, alpha, expected):
    """Prepare a panel: the promised rate, and where it would be measured."""
    axes.axvspan(*(100 * limit for limit in expected), color=LIGHT, linewidth=0)
    axes.axvline(100 * alpha, color=GREY, linewidth=0.8)
    axes.set_xscale("function", functions=(root, np.square))
    axes.set(xlim=(0, 100), xticks=TICKS, ylim=(len(CORRECTIONS) - 0.5, -0.5))
    axes.set_yticks(
        range(len(CORRECTIONS)), [name_correction(*one) for one in CORRECTIONS]
    )
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)


def _draw_intervals(axes, rates, colour):
    """Draw the rates of one setting, assumption and smoothing with their intervals."""
    names = [name_correction(*one) for one in CORRECTIONS]
    here = map(name_correction, rates["correction"], rates["forming"])
    y = np.array([names.index(name) for name in here]) + (
        -0.17 if colour == SHADES[0] else 0.17
    )
    axes.hlines(y, 100 * rates["low"], 100 * rates["high"], color=colour, lw=1.2)
    axes.plot(100 * rates["rate"], y, "o", color=colour, ms=3.5, clip_on=False)


def root(values):
    """Return what stretches an axis of percent towards 0."""
    return np.sqrt(np.maximum(values, 0))
