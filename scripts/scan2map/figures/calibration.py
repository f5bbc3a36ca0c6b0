"""Error rates of corrections, measured on data without an effect."""

import numpy as np
from matplotlib.lines import Line2D

from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.statistics.calibration import CORRECTIONS
from scan2map.statistics.error_rates import expected_range, name_correction

TICKS = (0, 1, 5, 20, 50, 100)
"""Percent; axes are stretched towards 0, by the square root."""


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
    place = {name_correction(*one): n for n, one in enumerate(CORRECTIONS)}
    smoothings = sorted(rates["smoothing_mm"].unique())
    figure = new_figure(2.0 + 1.55 * len(kinds), 4.6)
    panels = figure.subplots(1, len(kinds), sharey=True, squeeze=False)[0]
    low, high = expected_range(alpha, rates["datasets"].min())
    for axes, (setting, variance) in zip(panels, kinds, strict=True):
        axes.axvspan(100 * low, 100 * high, color=LIGHT, linewidth=0)
        axes.axvline(100 * alpha, color=GREY, linewidth=0.8)
        here = rates[(rates["setting"] == setting) & (rates["variance"] == variance)]
        for colour, smoothing in zip((BLUE, ORANGE), smoothings, strict=False):
            part = here[here["smoothing_mm"] == smoothing]
            names = map(name_correction, part["correction"], part["forming"])
            y = np.array([place[name] for name in names])
            y = y + (0.16 if colour == ORANGE else -0.16)
            axes.hlines(y, 100 * part["low"], 100 * part["high"], color=colour, lw=1.2)
            axes.plot(100 * part["rate"], y, "o", color=colour, markersize=3.5)
        axes.set_xscale("function", functions=(_root, np.square))
        axes.set(xlim=(0, 100), xticks=TICKS, ylim=(len(place) - 0.5, -0.5))
        axes.set_title(f"{labels[setting]}\nassumed {variance}", fontsize=8)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="y", color=LIGHT, linewidth=0.4)
        axes.set_axisbelow(True)
    panels[0].set_yticks(list(place.values()), list(place))
    figure.supxlabel("data sets in which something was significant (%)", fontsize=9)
    handles = [
        Line2D([], [], marker="o", color=colour, label=f"smoothed by {smoothing:g} mm")
        for colour, smoothing in zip((BLUE, ORANGE), smoothings, strict=False)
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2)
    return figure


def _root(values):
    return np.sqrt(np.maximum(values, 0))
