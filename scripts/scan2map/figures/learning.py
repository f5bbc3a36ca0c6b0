"""Learning curves: what each fold's training did, epoch by epoch."""

import numpy as np

from scan2map.figures.style import BLUE, GREY, ORANGE, new_figure, styled

PANELS = {
    "loss": "loss with penalty",
    "cross_entropy": "cross-entropy",
    "accuracy": "accuracy",
    "learning_rate": "learning rate",
}
"""Columns of a history with their labels."""

WATCHED = "val_"
"""What the names of columns start with that are of people not learnt from."""

KEPT_BY = "val_cross_entropy"
"""Early stopping keeps the weights of the epoch in which this is smallest."""

HIGHEST_OF_FIRST = 3
"""Panels end at so many times the median of the first epoch: single trainings that
start far above it would flatten all others."""


@styled
def draw_learning_curves(histories, *, title):
    """Draw how the trainings of all folds went, and their median.

    Parameters
    ----------
    histories : list of pandas.DataFrame
        One per fold and repeat: `epoch` and any of `loss`, `cross_entropy`,
        `accuracy`, `learning_rate` of the participants learnt from; with early
        stopping `val_cross_entropy` and `val_accuracy` of those it watched. Trainings
        may differ in length.
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
    columns = histories[0].columns
    shown = [column for column in PANELS if column in columns]
    figure = new_figure(2.7 * len(shown), 3.1)
    trainings = f"{len(histories)} training{'s' if len(histories) > 1 else ''}"
    figure.suptitle(f"{title}: {trainings}")
    panels = figure.subplots(1, len(shown), squeeze=False)[0]
    for axes, column in zip(panels, shown, strict=True):
        _draw_curves(axes, histories, column, BLUE, "learnt from")
        if WATCHED + column in columns:
            _draw_curves(axes, histories, WATCHED + column, ORANGE, "watched")
            _mark_kept(axes, histories, WATCHED + column)
        axes.set(xlabel="epoch", ylabel=PANELS[column])
        _limit(axes, histories, column)
    handles = {}
    for axes in panels:
        lines, labels = axes.get_legend_handles_labels()
        handles |= dict(zip(labels, lines, strict=True))
    figure.legend(
        handles.values(), handles, loc="outside lower center", ncols=len(handles)
    )
    return figure


def kept_epoch(history):
    """Return the position of the epoch whose weights early stopping keeps."""
    return int(history[KEPT_BY].to_numpy().argmin())


def _draw_curves(axes, histories, column, colour, people):
    """Draw a thin line per training, and their median in bold."""
    for history in histories:
        axes.plot(history["epoch"], history[column], color=colour, lw=0.6, alpha=0.35)
    epochs, middle = _median(histories, column)
    axes.plot(epochs, middle, color=colour, lw=2, label=f"{people}, median")


def _mark_kept(axes, histories, column):
    """Mark in each training what the weights had reached that were kept."""
    kept = [history.iloc[kept_epoch(history)] for history in histories]
    axes.plot(
        [row["epoch"] for row in kept],
        [row[column] for row in kept],
        "o",
        color=ORANGE,
        markeredgecolor="white",
        markersize=5,
        clip_on=False,
        label="watched, weights kept",
    )


def _limit(axes, histories, column):
    """Give a panel the range in which its values can be compared."""
    if column == "accuracy":
        axes.set_ylim(0, 1.05)
        axes.axhline(0.5, color=GREY, lw=0.8, ls="--")
    elif column == "learning_rate":
        axes.set_yscale("log")
    else:
        first = np.median([history[column].iloc[0] for history in histories])
        axes.set_ylim(0, min(axes.get_ylim()[1], HIGHEST_OF_FIRST * first))


def _median(histories, column):
    """Return the epochs that half of the trainings reached, and their median there."""
    longest = max(histories, key=len)["epoch"].to_numpy()
    values = np.full((len(histories), len(longest)), np.nan)
    for row, history in zip(values, histories, strict=True):
        row[: len(history)] = history[column]
    common = np.isfinite(values).sum(0) >= len(histories) / 2
    return longest[common], np.nanmedian(values[:, common], axis=0)
