"""Checks of maps: how alike they stay as networks lose what they have learnt."""

import pandas as pd

from scan2map.figures.style import BLUE, GREEN, GREY, LIGHT, ORANGE, new_figure, styled

LINES = {
    "rank": ("rank correlation", BLUE, "o"),
    "rank_abs": ("of absolute values", ORANGE, "s"),
    "ssim": ("SSIM", GREEN, "^"),
}
"""Similarity to how its line is called and drawn."""

VERDICTS = {
    "unchanged": "does not change",
    "size unchanged": "size does not change",
    "changes": "changes",
    "undefined": "cannot be judged",
}
"""Verdict in the title of a panel and in the table."""

DASH = "\N{EN DASH}"


@styled
def draw_sanity(checks, summary, title):
    """Draw how alike maps stay as the network loses its weights, layer by layer.

    Parameters
    ----------
    checks : pandas.DataFrame
        Columns ``map``, ``layer``, ``randomised`` (0 for a network of permuted labels)
        and the similarities of `LINES`, a row per network, session and step.
    summary : dict
        ``Maps`` by name with their ``verdict``, and the ``Threshold``.
    title : str
        Label of the experiment.

    Returns
    -------
    matplotlib.figure.Figure
        A panel per map: medians of absolute similarities, and their quartiles.
    """
    names = list(summary["Maps"])
    figure = new_figure(max(5.0, 2.4 * len(names) + 0.8), 3.8)
    figure.suptitle(title, fontweight="bold")
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        _draw_map(axes, checks[checks["map"] == name], summary["Threshold"])
        verdict = summary["Maps"][name]["verdict"]
        axes.set_title(
            f"{name}\n{VERDICTS[verdict]}",
            color="black" if verdict == "changes" else ORANGE,
        )
    panels[0].set_ylabel("|similarity| to the network's map")
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4
    )
    return figure


def _draw_map(axes, checks, threshold):
    """Draw one map's similarities over the layers, and with permuted labels."""
    steps = checks.drop_duplicates("randomised").set_index("randomised")["layer"]
    last = max(steps.index)
    places = {number: number or last + 1.7 for number in steps.index}
    axes.axhline(threshold, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    for measure, (label, colour, marker) in LINES.items():
        values = checks[measure].abs().groupby(checks["randomised"])
        spread = pd.DataFrame({q: values.quantile(q) for q in (0.25, 0.5, 0.75)})
        style = {"color": colour, "linewidth": 1.2, "marker": marker, "markersize": 4}
        layers = spread[spread.index > 0]
        axes.plot([0, *layers.index], [1, *layers[0.5]], label=label, **style)
        axes.fill_between(
            [0, *layers.index], [1, *layers[0.25]], [1, *layers[0.75]],
            color=colour, alpha=0.15, linewidth=0,
        )  # fmt: skip
        if 0 in spread.index:
            low, middle, high = spread.loc[0]
            axes.errorbar(places[0], middle, [[middle - low], [high - middle]], **style)
    ticks = {0: "none", **{places[number]: layer for number, layer in steps.items()}}
    axes.set_xticks(list(ticks), list(ticks.values()), rotation=90, fontsize=7)
    axes.set(ylim=(-0.02, 1.05), xlabel="weights random down to")
    axes.grid(axis="y", color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)


def sanity_rows(summaries):
    """Lay out in words and numbers what the checks of each experiment found.

    Parameters
    ----------
    summaries : dict of str to dict
        Label of the experiment to its summary, as for `draw_sanity`.

    Returns
    -------
    pandas.DataFrame
        Text, a row per experiment and map.
    """
    rows = []
    for label, summary in summaries.items():
        for number, (name, one) in enumerate(summary["Maps"].items()):
            rows.append(
                {
                    "experiment": "" if number else label,
                    "map": name,
                    "when weights are random": VERDICTS[one["verdict"]],
                    "the same whatever is in": ", ".join(one["blind_to"]) or DASH,
                    "|rank|": _similarity(one["random"], "rank"),
                    "|rank| of sizes": _similarity(one["random"], "rank_abs"),
                    "|SSIM|": _similarity(one["random"], "ssim"),
                    "|rank|, permuted labels": _similarity(one["permuted"], "rank"),
                    "ICC of retrainings": _reliability(one["reliability"]),
                    "in planted regions, against chance": _places(one["localisation"]),
                }
            )
    return pd.DataFrame(rows)


def _similarity(alike, measure):
    if alike is None or alike[measure] is None:
        return DASH
    return f"{alike[measure]:.2f}"


def _reliability(reliability):
    if reliability is None or reliability["icc_2_1"] is None:
        return DASH
    sessions = reliability["sessions"]
    told = f"{sessions} session" if sessions == 1 else f"{sessions} sessions"
    networks = reliability["networks"]
    return f"{reliability['icc_2_1']:.2f} ({networks} networks, {told})"


def _places(localisation):
    """Write by how much maps have more of their mass in each planted region."""
    found = [
        f"{effect} {one['ratio']:.2f} [{one['ci_low']:.2f}, {one['ci_high']:.2f}]"
        for effect, one in localisation.items()
        if one["ratio"] is not None
    ]
    return "; ".join(found) or DASH
