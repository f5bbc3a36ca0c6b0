"""The optimism gap: what a published protocol adds to the scores of an honest one."""

from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.figures.tables import SCORES, write_score

PANELS = ("score", "replica \N{MINUS SIGN} honest, 95 % CI")
"""What the panels of an experiment show, from left to right."""

ROW = 0.24
"""Height of a score, inches."""


@styled
def draw_optimism(gaps):
    """Draw honest and replicated scores, and their difference, of each experiment.

    Parameters
    ----------
    gaps : dict of str to pandas.DataFrame
        Label of the experiment to its `score`, `honest`, `replica`, `gap`, `ci_low`
        and `ci_high`; the interval is of the gap.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        There is no experiment with both protocols.
    """
    if not gaps:
        raise ValueError(
            "no experiment was run both ways, so there is no optimism to draw: give "
            "one 'run_as: [honest, replica]'"
        )
    scores = [s for s in SCORES if any(s in set(g["score"]) for g in gaps.values())]
    figure = new_figure(7.2, len(gaps) * (0.75 + ROW * len(scores)) + 0.6)
    lines = figure.subplots(len(gaps), 2, sharex="col", squeeze=False)
    for line, (label, table) in zip(lines, gaps.items(), strict=True):
        table = table.set_index("score").reindex(scores)
        _draw_scores(line[0], table)
        _draw_gaps(line[1], table)
        line[0].set_title(label, loc="left", fontweight="bold")
    for axes, name in zip(lines[-1], PANELS, strict=True):
        axes.set_xlabel(name)
    figure.legend(
        *lines[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2
    )
    return figure


def _draw_scores(axes, table):
    """Draw both protocols' scores, joined by a line as long as the gap."""
    rows = range(len(table))
    axes.hlines(rows, table["honest"], table["replica"], color=LIGHT, linewidth=2)
    axes.plot(table["honest"], rows, "o", color=BLUE, label="honest")
    axes.plot(
        table["replica"], rows, "D", color=ORANGE, mfc="none", mew=1.5, label="replica"
    )
    honest, replica = (map(write_score, table[name]) for name in ("honest", "replica"))
    arrow = " \N{RIGHTWARDS ARROW} "
    _note_rows(axes, map(arrow.join, zip(honest, replica, strict=True)))
    _name_rows(axes, table)
    axes.set_xlim(-0.02, 1.02)


def _draw_gaps(axes, table):
    """Draw the gaps with their intervals, and write them."""
    rows = range(len(table))
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.hlines(rows, table["ci_low"], table["ci_high"], color="black", linewidth=1.2)
    axes.plot(table["gap"], rows, "s", color="black", markersize=5)
    signed = (f"{gap:+.2f}".replace("-", "\N{MINUS SIGN}") for gap in table["gap"])
    _note_rows(axes, ("" if text == "+nan" else text for text in signed))
    _name_rows(axes, table)
    axes.set_yticklabels([])


def _note_rows(axes, notes):
    """Write a note at the right end of each row."""
    for row, note in enumerate(notes):
        place = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8}
        axes.annotate(note, (1.02, row), **place)


def _name_rows(axes, table):
    """Name the scores from top to bottom."""
    axes.set_yticks(range(len(table)), [SCORES[score] for score in table.index])
    axes.set_ylim(len(table) - 0.5, -0.5)
    axes.grid(axis="x", color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)
