"""Error rates of tests on maps of networks, measured where labels mean nothing."""

import numpy as np
from matplotlib.lines import Line2D

from scan2map.figures.calibration import TICKS, root
from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.statistics.network_rates import NAMES

TITLES = {
    ("diffusion", "groups"): "diffusion maps:\ndo groups differ?",
    ("sensitivity", "groups"): "maps of networks:\ndo groups differ?",
    ("sensitivity", "mean"): "maps of networks:\nis their mean not 0?",
}
"""Panels, by maps and contrast."""

SHIFT = 0.36
"""Of each metric within a row."""


@styled
def draw_network_rates(rates, alpha):
    """Draw the error rate of each correction, a panel per maps and contrast.

    Parameters
    ----------
    rates : pandas.DataFrame
        From `network_rates.network_rates`.
    alpha : float
        The rate that corrections promise.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(9.0, 4.2)
    panels = figure.subplots(1, len(TITLES), sharey=True)
    metrics = list(rates["metric"].unique())
    colours = dict(zip(metrics, (BLUE, ORANGE, GREY, "black"), strict=False))
    for axes, ((maps, contrast), title) in zip(panels, TITLES.items(), strict=True):
        here = rates[(rates["maps"] == maps) & (rates["contrast"] == contrast)]
        _prepare(axes, title, alpha)
        for row in here.itertuples():
            place = list(NAMES).index(row.correction)
            place += SHIFT * (
                metrics.index(row.metric) / max(len(metrics) - 1, 1) - 0.5
            )
            _draw(axes, place - 0.07, row.rate, row.low, row.high, colours[row.metric])
            if np.isfinite(row.rate_all):
                values = row.rate_all, row.low_all, row.high_all
                _draw(axes, place + 0.07, *values, colours[row.metric], filled=True)
    figure.supxlabel("studies without an effect with a significant result (%)", size=9)
    studies, tests = rates["studies"].max(), rates["tests"].max()
    handles = [Line2D([], [], color=colour, label=m) for m, colour in colours.items()]
    handles += [
        Line2D([], [], marker="o", color=GREY, mfc=face, ls="", label=label)
        for face, label in (
            ("white", f"{studies} observed labellings"),
            (GREY, f"all {tests:.0f} labellings"),
        )
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))
    return figure


def _prepare(axes, title, alpha):
    """Prepare a panel: its axes, and the promised rate."""
    axes.axvline(100 * alpha, color=GREY, linewidth=0.8)
    axes.set_xscale("function", functions=(root, np.square))
    axes.set(xlim=(0, 100), xticks=TICKS, ylim=(len(NAMES) - 0.5, -0.5), title=title)
    names = [name.replace("`", "").replace(", ", "\n") for name in NAMES.values()]
    axes.set_yticks(range(len(NAMES)), names)
    axes.tick_params(axis="y", length=0)
    for edge in np.arange(len(NAMES) - 1) + 0.5:
        axes.axhline(edge, color=LIGHT, linewidth=0.4)


def _draw(axes, y, rate, low, high, colour, filled=False):
    """Draw a rate with its interval."""
    axes.hlines(y, 100 * low, 100 * high, color=colour, linewidth=1.2)
    face = colour if filled else "white"
    axes.plot(100 * rate, y, "o", color=colour, mfc=face, ms=4, clip_on=False)
