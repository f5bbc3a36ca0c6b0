"""The scores of all runs, shuffles or repeats of K folds, beside a paper's."""

import numpy as np
import pandas as pd

from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.figures.tables import write_score

SHOWN = (("test", "accuracy"), ("validation", "accuracy"), ("test", "auc"))
"""What tables show of each experiment, from top to bottom; figures show accuracies."""

NAMES = {"accuracy": "accuracy", "auc": "AUC"}

BEST = "best run (biased upwards)"
"""Column of the highest score of all runs."""

PRINTED = ("mean", "sd", "lowest", "highest")
"""What a paper may print of its runs."""

BIN = 0.02
"""Runs that lie closer together are drawn one above the other."""


def runs_table(experiments, distributions):
    """Gather how the runs of all experiments are distributed, and a paper's own.

    Parameters
    ----------
    experiments : list of dict
        ``label``; ``published``, of which ``test_accuracy`` and
        ``validation_accuracy`` are shown: each some of `PRINTED`.
    distributions : list of pandas.DataFrame
        Of each experiment, from `runs.distribution_table`, with the column ``split``.

    Returns
    -------
    pandas.DataFrame
        ``experiment`` (its label), ``source`` (``runs`` or ``published``), and the
        columns of the distributions; NaN is what a paper does not say.
    """
    tables = []
    for experiment, table in zip(experiments, distributions, strict=True):
        about = {"experiment": experiment["label"]}
        tables.append(table.assign(**about, source="runs"))
        for split in ("test", "validation"):
            said = experiment["published"].get(f"{split}_accuracy")
            if said:
                about |= {"source": "published", "split": split, "score": "accuracy"}
                tables.append(pd.DataFrame([about | dict(said)]))
    first = ["experiment", "source", "split", "score"]
    gathered = pd.concat(tables, ignore_index=True)
    return gathered[first + [c for c in gathered.columns if c not in first]]


def runs_rows(table):
    """Lay out the distributions with a line per score of an experiment.

    Parameters
    ----------
    table : pandas.DataFrame
        From `runs_table`.

    Returns
    -------
    pandas.DataFrame
        Text: `experiment`, in the first of its lines only, `score`, `runs`, mean with
        its interval, standard deviation, lowest and highest score, and what the
        highest would be if all runs were as good as the mean.
    """
    lines = []
    for label, own in table.groupby("experiment", sort=False):
        for split, score in SHOWN:
            chosen = (own["split"] == split) & (own["score"] == score)
            for row in own[chosen].itertuples():
                found = row.source == "runs"
                name = f"{split} {NAMES[score]}"
                lines.append(
                    {
                        "experiment": label,
                        "score": name if found else f"{name}, published",
                        "runs": f"{row.n_runs:.0f}" if found else "\N{EN DASH}",
                        "mean [95 % CI]": write_score(
                            row.mean, row.ci_low, row.ci_high
                        ),
                        "SD of runs": write_score(row.sd),
                        "lowest run": write_score(row.lowest),
                        BEST: write_score(row.highest),
                        "best of equally good runs": write_score(row.highest_expected),
                    }
                )
    lines = pd.DataFrame(lines)
    lines.loc[lines["experiment"].duplicated(), "experiment"] = ""
    return lines


@styled
def draw_runs(table, runs):
    """Draw the accuracy of every run, their mean, and what a paper says of its own.

    Parameters
    ----------
    table : pandas.DataFrame
        From `runs_table`.
    runs : dict of str to pandas.DataFrame
        Label of the experiment to its runs: ``split``, ``accuracy``.

    Returns
    -------
    matplotlib.figure.Figure
    """
    table = table[table["score"] == "accuracy"]
    lanes = [
        (label, split)
        for label in runs
        for split in ("test", "validation")
        if split in set(runs[label]["split"])
    ]
    figure = new_figure(7.2, 0.9 + 0.85 * len(lanes))
    axes = figure.subplots()
    for place, (label, split) in enumerate(lanes):
        chosen = (table["experiment"] == label) & (table["split"] == split)
        own, said = (
            table[chosen & (table["source"] == source)]
            for source in ("runs", "published")
        )
        of_split = runs[label][runs[label]["split"] == split]
        _draw_runs(axes, place, of_split["accuracy"].to_numpy(), own.iloc[0])
        if len(said):
            _draw_published(axes, place, said.iloc[0])
    names = [f"{label}\n{split}" for label, split in lanes]
    axes.set_yticks(range(len(lanes)), names)
    axes.set(xlabel="accuracy", xlim=(-0.02, 1.02), ylim=(len(lanes) - 0.4, -0.6))
    axes.grid(axis="x", color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)
    handles, labels = axes.get_legend_handles_labels()
    named = dict(zip(labels, handles, strict=True))
    figure.legend(named.values(), named, loc="outside lower center", ncols=3)
    return figure


def _draw_runs(axes, place, accuracy, own):
    """Draw the runs of one experiment and split in a lane, and their mean below."""
    heights = _stack(accuracy)
    axes.plot(
        accuracy, place - 0.08 - heights, "o", color=BLUE, ms=4, label="a run"
    )  # fmt: skip
    best = int(np.argmax(accuracy))
    if len(accuracy) > 1:
        axes.plot(
            accuracy[best], place - 0.08 - heights[best], "o", mfc="none", mew=1.2,
            ms=8, color=ORANGE, label=BEST,
        )  # fmt: skip
    axes.vlines(
        own["trivial"], place - 0.5, place + 0.4, color=GREY, lw=0.9, ls="--",
        label="always the larger group",
    )  # fmt: skip
    axes.hlines(place + 0.1, own["ci_low"], own["ci_high"], color="black", lw=1.2)
    axes.plot(
        own["mean"], place + 0.1, "s", color="black", ms=5, label="mean, 95 % CI"
    )  # fmt: skip
    note = f"{own['mean']:.2f}"
    if np.isfinite(own["sd"]):
        note += f", SD {own['sd']:.2f}"
    where = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 8}
    axes.annotate(note, (1.02, place + 0.1), **where)


def _draw_published(axes, place, said):
    """Draw what a paper says of its runs at the lower end of a lane."""
    place = place + 0.28
    if np.isfinite(said["lowest"]) and np.isfinite(said["highest"]):
        axes.plot(
            [said["lowest"], said["highest"]], [place, place], "|-", color=ORANGE,
            lw=1, ms=7, label="published, lowest to highest",
        )  # fmt: skip
    if np.isfinite(said["mean"]):
        axes.errorbar(
            said["mean"], place, xerr=said["sd"], fmt="D", color=ORANGE, mfc="none",
            capsize=0, elinewidth=2.5, label="published, mean ± SD",
        )  # fmt: skip


def _stack(values):
    """Return how high each value is drawn so that no two cover each other."""
    bins = np.floor(values / BIN)
    ranks = np.array([np.sum(bins[:i] == one) for i, one in enumerate(bins)])
    return ranks * min(0.1, 0.35 / max(1, ranks.max()))
