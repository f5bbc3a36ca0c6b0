"""Learning curves: what each fold's training did, epoch by epoch."""

import numpy as np

from scan2map.figures.style import BLUE, GREY, ORANGE, PURPLE, new_figure, styled

PANELS = (
    ("loss", "loss with penalty", BLUE),
    ("cross_entropy", "cross-entropy", PURPLE),
    ("accuracy", "accuracy", ORANGE),
    ("learning_rate", "learning rate", GREY),
)
"""Columns of a history with their labels and colours."""


@styled
def draw_learning_curves(histories, *, title):
    """Draw loss, accuracy and learning rate of all folds and their median.

    Parameters
    ----------
    histories : list of pandas.DataFrame
        One per fold and repeat, of the training participants: `epoch` and any of
        `loss`, `cross_entropy`, `accuracy`, `learning_rate`.
    title : str
        Label of the experiment.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        There is no history.
    """
    if not histories:
        raise ValueError("there is no training history to draw: no fold was trained")
    shown = [panel for panel in PANELS if panel[0] in histories[0].columns]
    figure = new_figure(2.7 * len(shown), 2.8)
    trainings = f"{len(histories)} training{'s' if len(histories) > 1 else ''}"
    figure.suptitle(f"{title}: {trainings}, on the training participants")
    panels = np.atleast_1d(figure.subplots(1, len(shown)))
    for axes, (column, label, colour) in zip(panels, shown, strict=True):
        for history in histories:
            axes.plot(
                history["epoch"], history[column], color=colour, lw=0.6, alpha=0.35
            )
        epochs, middle = _median(histories, column)
        axes.plot(epochs, middle, color=colour, lw=2, label="median")
        axes.set(xlabel="epoch", ylabel=label)
        if column == "accuracy":
            axes.set_ylim(0, 1.02)
            axes.axhline(0.5, color=GREY, lw=0.8, ls="--")
        elif column == "learning_rate":
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
    panels[0].legend(loc="best")
    return figure


def _median(histories, column):
    """Return the epochs and the median over those folds that reached them."""
    longest = max(histories, key=len)["epoch"].to_numpy()
    values = np.full((len(histories), len(longest)), np.nan)
    for row, history in zip(values, histories, strict=True):
        row[: len(history)] = history[column]
    return longest, np.nanmedian(values, axis=0)
