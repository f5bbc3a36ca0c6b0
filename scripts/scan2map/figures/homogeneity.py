"""Who is unlike the others: tissue volumes, and how maps correlate."""

import numpy as np

from scan2map.figures.style import BLUE, GREY, LIGHT, ORANGE, new_figure, styled
from scan2map.homogeneity import FAR, mean_correlation, robust_spread, robust_z

MOST_LISTED = 20
"""Sessions that are named below a figure; of the others their number is told."""

MINUS = "\N{MINUS SIGN}"


def far_volumes(volumes, names):
    """Return which volumes are far from the others', worst first.

    Parameters
    ----------
    volumes : dict of str to ndarray, shape (n,)
        mL, by tissue.
    names : sequence of str, length n
        Of the sessions.

    Returns
    -------
    list of (str, str, float, float)
        Session, tissue, mL and robust z.
    """
    found = [
        (name, tissue, float(value), float(z))
        for tissue, values in volumes.items()
        for name, value, z in zip(names, values, robust_z(values), strict=True)
        if abs(z) > FAR
    ]
    return sorted(found, key=lambda one: -abs(one[3]))


def unlike_others(matrix, names):
    """Return which maps are unlike the others, worst first.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Correlations of the sessions' maps.
    names : sequence of str, length n
        Of the sessions.

    Returns
    -------
    list of (str, float, float)
        Session, mean correlation with the others and its robust z.
    """
    means = mean_correlation(matrix)
    found = [
        (name, float(mean), float(z))
        for name, mean, z in zip(names, means, robust_z(means), strict=True)
        if z < -FAR
    ]
    return sorted(found, key=lambda one: one[2])


@styled
def draw_volumes(volumes, names, groups, order):
    """Draw everybody's tissue volumes, and name those that are far from the others'.

    Parameters
    ----------
    volumes : dict of str to ndarray, shape (n,)
        mL, by tissue.
    names : sequence of str, length n
        Of the sessions.
    groups : sequence of str, length n
        Their groups.
    order : list of two str
        Reference group and affected group.

    Returns
    -------
    matplotlib.figure.Figure
    """
    far = far_volumes(volumes, names)
    lines = [
        f"{name}: {tissue} {value:.0f} mL (robust z = {_signed(z)})"
        for name, tissue, value, z in far
    ]
    figure, top = _with_list(3.2, lines, "Far from the others")
    figure.suptitle(f"Tissue volumes of {len(names)} sessions", fontweight="bold")
    panels = top.subplots(1, len(volumes), squeeze=False)[0]
    outlying = {(name, tissue) for name, tissue, *_ in far}
    for axes, (tissue, values) in zip(panels, volumes.items(), strict=True):
        marked = [(name, tissue) in outlying for name in names]
        places = _strips(axes, np.asarray(values), groups, order)
        _name_points(axes, places, values, names, marked)
        axes.set(title=tissue, ylabel="mL" if axes is panels[0] else "")
        axes.margins(y=0.1)
    return figure


@styled
def draw_homogeneity(matrix, names, groups, order, *, title):
    """Draw how the maps of sessions correlate, and name those unlike the others.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        Correlations.
    names, groups : sequence of str, length n
        Sessions and their groups.
    order : list of two str
        Reference group and affected group.
    title : str
        Which maps.

    Returns
    -------
    matplotlib.figure.Figure
    """
    sequence = np.argsort([order.index(group) for group in groups], kind="stable")
    matrix = np.asarray(matrix)[np.ix_(sequence, sequence)]
    names, groups = (np.array(list(given))[sequence] for given in (names, groups))
    unlike = unlike_others(matrix, names)
    lines = [
        f"{name}: mean correlation {mean:.3f} (robust z = {_signed(z)})"
        for name, mean, z in unlike
    ]
    figure, top = _with_list(4.2, lines, "Unlike the others")
    figure.suptitle(f"{title} of {len(names)} sessions", fontweight="bold")
    left, right = top.subplots(1, 2, width_ratios=(1.25, 1))
    _draw_matrix(left, matrix, groups, order)
    means = mean_correlation(matrix)
    places = _strips(right, means, groups, order)
    marked = [name in {one for one, *_ in unlike} for name in names]
    _name_points(right, places, means, names, marked)
    limit = np.median(means) - FAR * robust_spread(means)
    right.axhline(limit, color=GREY, linestyle="--", linewidth=0.8)
    right.set_ylabel("mean correlation with the others")
    return figure


def _draw_matrix(axes, matrix, groups, order):
    """Show the correlations, groups apart."""
    others = matrix[~np.eye(len(matrix), dtype=bool)]
    drawn = axes.imshow(
        matrix, cmap="viridis", interpolation="nearest", vmax=others.max(),
        vmin=others.min(),
    )  # fmt: skip
    axes.figure.colorbar(drawn, ax=axes, label="correlation", shrink=0.85)
    counts = [int(np.sum(groups == group)) for group in order]
    axes.axhline(counts[0] - 0.5, color="white", linewidth=1)
    axes.axvline(counts[0] - 0.5, color="white", linewidth=1)
    middles = [(counts[0] - 1) / 2, counts[0] + (counts[1] - 1) / 2]
    axes.set_xticks(middles, order)
    axes.set_yticks(middles, order, rotation=90, va="center")
    axes.tick_params(length=0)


def _strips(axes, values, groups, order):
    """Draw a point per session, groups side by side; return where they are across."""
    places = np.zeros(len(values))
    for column, (group, colour) in enumerate(zip(order, (BLUE, ORANGE), strict=True)):
        own = np.array([one == group for one in groups])
        ranks = np.argsort(np.argsort(values[own], kind="stable"))
        places[own] = column + 0.22 * np.sin(2.4 * ranks)
        axes.plot(places[own], values[own], "o", color=colour, alpha=0.7, ms=4)
        if own.any():
            ends, middle = (column - 0.35, column + 0.35), np.median(values[own])
            axes.plot(ends, [middle] * 2, color="black")
    axes.set_xticks(range(len(order)), order)
    axes.set_xlim(-0.6, len(order) - 0.4)
    axes.grid(axis="y", color=LIGHT, linewidth=0.5)
    return places


def _name_points(axes, places, values, names, marked):
    """Encircle and name the points that are marked."""
    for place, value, name, named in zip(places, values, names, marked, strict=True):
        if named:
            axes.plot(place, value, "o", mfc="none", color="black", ms=8)
            axes.annotate(
                name, (place, value), (0, 7), textcoords="offset points", ha="center",
                fontsize=6,
            )  # fmt: skip


def _with_list(height, lines, heading):
    """Return a figure with a list at its foot, and its upper part."""
    beyond = len(lines) - MOST_LISTED
    shown = lines[:MOST_LISTED] + ([f"and {beyond} more"] if beyond > 0 else [])
    first = f"{heading} (robust z beyond {FAR:g}):" if lines else f"{heading}: none."
    foot = 0.2 + 0.16 * (1 + len(shown))
    figure = new_figure(10, height + foot)
    top, bottom = figure.subfigures(2, 1, height_ratios=(height, foot))
    bottom.text(
        0.02, 0.98, "\n".join([first, *shown]), va="top", fontsize=8, linespacing=1.3,
        color="black" if lines else GREY,
    )  # fmt: skip
    return figure, top


def _signed(number):
    return f"{number:+.1f}".replace("-", MINUS)
