"""Which components a network's decision depends on most."""

import numpy as np

from scan2map.figures.components import THRESHOLD, colour_scale
from scan2map.figures.glass import GlassBrain, letter_views
from scan2map.figures.mosaics import corrected_row
from scan2map.figures.slices import values
from scan2map.figures.style import BLUE, GREY, LIGHT, new_figure, styled
from scan2map.nifti import nib

SHOWN = 5
"""Components, best first, whose maps stand beside the bars."""

ROW = 0.2
"""Height of a bar with its gap, inches."""


@styled
def draw_ranking(ranking, components, maps, background, mask, *, title):
    """Draw how much the logit changes with each component, the largest first.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Best first: `component`, counted from 1; `importance`, the mean over folds of
        the mean |∂N/∂component| over held-out sessions and voxels; `sd` over folds;
        `networks` that saw the component.
    components : pandas.DataFrame
        `component` and its `label`, missing where no template set was given.
    maps : nibabel image
        4D, the group's z scores, a component each.
    background : nibabel image
        T1w template.
    mask : nibabel image
        The brain.
    title : str
        Label of the experiment.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        No network saw any component.
    """
    seen = ranking[ranking["networks"] > 0]
    if seen.empty:
        raise ValueError(
            "the ranking has no component that a network saw: look at the log of the "
            "rule that wrote it"
        )
    figure = new_figure(8.5, max(ROW * len(seen) + 1.0, 1.15 * SHOWN + 0.4))
    figure.suptitle(title, fontweight="bold")
    glass = GlassBrain(mask, background)
    ratios = [1.1 * sum(glass.widths()), *glass.widths()]
    grid = figure.add_gridspec(SHOWN, len(ratios), width_ratios=ratios)
    names = component_names(components)
    _draw_bars(figure.add_subplot(grid[:, 0]), seen, names)
    data = values(maps)
    for row, number in enumerate(seen["component"][:SHOWN]):
        panels = [figure.add_subplot(grid[row, 1 + view]) for view in range(3)]
        image = nib.Nifti1Image(data[..., number - 1], maps.affine)
        glass.draw(panels, image, THRESHOLD, colour_scale(data))
        panels[1].set_title(names[number])
        if not row:
            letter_views(panels)
    return figure


def ranked_rows(t, significant, summary, ranking, components=None):
    """Return the t maps of the components that matter most, for a mosaic.

    Parameters
    ----------
    t, significant : nibabel image
        4D, a component each, or 3D of all volumes of BOLD: the statistic, and the same
        with 0 where it is not significant.
    summary : dict
        Of the correction: ``Statistic``, ``DegreesOfFreedom``, ``Threshold``.
    ranking : pandas.DataFrame
        Best first: `component`, counted from 1, and the `networks` that saw it.
    components : pandas.DataFrame, optional
        `component` and `label`; without it there is one map, of all volumes of BOLD.

    Returns
    -------
    list of scan2map.figures.mosaics.Row
        At most `SHOWN`.
    """
    names = {1: "all volumes"} if components is None else component_names(components)
    seen = ranking[ranking["networks"] > 0]["component"][:SHOWN]
    return [
        corrected_row(
            names[number], _one(t, number), _one(significant, number), summary
        )
        for number in seen
    ]


def _one(image, number):
    """Return one map of an image, counted from 1."""
    data = values(image)
    data = data[..., None] if data.ndim == 3 else data
    return nib.Nifti1Image(data[..., number - 1], image.affine)


def component_names(components):
    """Return {component: number and label, where there is one}."""
    labels = components["label"].fillna("").str.replace("_", " ")
    return {
        number: f"IC {number} {label}".strip()
        for number, label in zip(components["component"], labels, strict=True)
    }


def _draw_bars(axes, seen, names):
    """Draw bars with the spread over folds; the right margin counts networks."""
    rows = np.arange(len(seen))
    axes.barh(rows, seen["importance"], color=BLUE, height=0.65)
    axes.errorbar(
        seen["importance"], rows, xerr=seen["sd"].fillna(0), fmt="none",
        ecolor="black", elinewidth=1, capsize=2,
    )  # fmt: skip
    axes.set_yticks(rows, [names[number] for number in seen["component"]])
    axes.set(
        ylim=(max(len(seen), SHOWN) - 0.4, -0.6),
        xlabel="mean |\N{PARTIAL DIFFERENTIAL}N/\N{PARTIAL DIFFERENTIAL}component|, "
        "logit per SD (\N{PLUS-MINUS SIGN} SD over folds)",
    )
    axes.set_xlim(left=0)
    axes.locator_params(axis="x", nbins=4)
    axes.xaxis.set_major_formatter("{x:.3g}")
    axes.grid(axis="x", color=LIGHT, linewidth=0.4)
    axes.set_axisbelow(True)
    style = {"color": GREY, "fontsize": 8}
    axes.annotate("networks", (1.02, 1.01), xycoords="axes fraction", **style)
    for row, networks in enumerate(seen["networks"]):
        place = {"xycoords": ("axes fraction", "data"), "va": "center"}
        axes.annotate(str(networks), (1.02, row), **place, **style)
