"""Mosaics of t maps: several analyses on the same slices."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import ListedColormap
from matplotlib.patheffects import withStroke

from scan2map.figures.slices import (
    AXES,
    AXIAL,
    CORONAL,
    bounding_box,
    cut,
    in_mm,
    letter_sides,
    outline,
    show,
    values,
)
from scan2map.figures.style import GREEN, new_figure, styled
from scan2map.nifti import nib

COLOURS = colormaps["RdBu_r"]
"""Blue below zero, red above; told apart in every kind of colour vision."""

TRUTH_COLOURS = ("#00C389", "#F0E442", "#CC79A7", "#56B4E9")
"""Fill of each planted region."""

SAME_SLICE = 4.0
"""mm; planted regions whose middles are no farther apart share a cut."""

RIM = [withStroke(linewidth=0.4, foreground="black")]
"""A thin dark rim that keeps light letters legible on white."""


@dataclass(frozen=True)
class Row:
    """One analysis: the map of a statistic, and what of it is significant.

    Parameters
    ----------
    label : str
        What the analysis is called.
    t : nibabel image
        t or F; 0 outside the mask.
    significant : nibabel image
        The same where it is significant, 0 elsewhere.
    threshold : float or None
        |t| above which it is, where a correction has such a threshold.
    note : str
        Degrees of freedom or what else belongs beside the map.
    symbol : {"t", "F"}
    """

    label: str
    t: object
    significant: object
    threshold: float | None = None
    note: str = ""
    symbol: str = "t"


def corrected_row(label, statistic, significant, summary):
    """Return the row of a corrected contrast.

    Parameters
    ----------
    label : str
    statistic, significant : nibabel image
        3D; see `Row`.
    summary : dict
        What the correction's file says: ``Statistic``, ``DegreesOfFreedom``,
        ``Threshold``.

    Returns
    -------
    Row
    """
    numerator, df = summary["DegreesOfFreedom"]
    t = summary["Statistic"] == "T"
    return Row(
        label,
        statistic,
        significant,
        threshold=summary["Threshold"].get("statistic"),
        note=f"{df if t else f'{numerator}, {df}'} degrees of freedom",
        symbol="t" if t else "F",
    )


def choose_slices(mask, truths=(), numbers=((AXIAL, 6), (CORONAL, 2))):
    """Choose where to cut, the same for every analysis.

    Parameters
    ----------
    mask : nibabel image
        The tested voxels.
    truths : sequence of nibabel image
        Planted regions; the cut nearest to the middle of each moves there.
    numbers : sequence of (int, int)
        World axes, and how many cuts across each; they are spread evenly over the
        middle three fifths of the mask.

    Returns
    -------
    list of (int, float)
        World axis and coordinate (mm) of each cut, in the order of `numbers`.
    """
    box = bounding_box(mask)
    chosen = []
    for axis, number in numbers:
        ends = box[axis]
        even = ends[0] + np.ptp(ends) * np.linspace(0.2, 0.8, number)
        free = np.ones(number, dtype=bool)
        for truth in truths:
            middle = _middle(truth)[axis]
            nearest = np.abs(even - middle).argmin()
            if not free[nearest] and abs(even[nearest] - middle) > SAME_SLICE:
                nearest = np.where(free, np.abs(even - middle), np.inf).argmin()
            if free[nearest]:
                even[nearest], free[nearest] = middle, False
        chosen += [(axis, float(position)) for position in np.sort(even)]
    return chosen


def _middle(mask):
    """Return the world centre (mm) of a planted region."""
    voxels = np.argwhere(values(mask) > 0)
    if not len(voxels):
        raise ValueError(
            "a ground-truth mask is empty: its planted region has no voxel"
        )
    return mask.affine[:3, :3] @ voxels.mean(0) + mask.affine[:3, 3]


@styled
def draw_t_mosaic(rows, mask, background, truths=(), *, title):
    """Draw each analysis on the same slices, with what is significant and the truth.

    Colour is t and opacity |t| relative to the row's own largest, so that weak maps
    stay legible; what is significant is encircled (Allen, Erhardt and Calhoun
    2012, doi 10.1016/j.neuron.2012.05.001).

    Parameters
    ----------
    rows : list of Row
        The analyses from top to bottom.
    mask : nibabel image
        The tested voxels.
    background : nibabel image
        T1w template.
    truths : sequence of (str, nibabel image)
        Name and mask of each planted region; empty in a real study.
    title : str
        Metric and contrast.

    Returns
    -------
    matplotlib.figure.Figure
    """
    cuts = choose_slices(mask, [truth for _, truth in truths])
    box = bounding_box(mask, margin=4.0)
    lines = len(rows) + bool(truths)
    figure = new_figure(12, 1.55 * lines + 0.5)
    figure.suptitle(title, fontweight="bold")
    widths = [*[np.ptp(box[0])] * len(cuts), 8]
    panels = figure.subplots(lines, len(widths), width_ratios=widths, squeeze=False)
    draw_background(panels[:, :-1], cuts, box, background)
    if truths:
        draw_truth(panels[0], truths, cuts, box)
    for line, row in zip(panels[bool(truths) :], rows, strict=True):
        _draw_row(line, row, cuts, box, mask, truths)
    return figure


def draw_background(panels, cuts, box, background):
    """Show the template, darkened a little so that colours stand out."""
    top = 1.25 * np.percentile(values(background), 99.8)
    for column, (axis, position) in zip(panels.T, cuts, strict=True):
        pixels = cut(background, axis, position, box)
        for axes in column:
            show(axes, pixels, axis, box, vmin=0, vmax=top)
        column[0].set_title(f"{AXES[axis]} = {in_mm(position)} mm")


def draw_truth(line, truths, cuts, box):
    """Show the planted regions, filled, in the panels of a row but its last."""
    for axes, (axis, position) in zip(line[:-1], cuts, strict=True):
        for (_, truth), colour in zip(truths, TRUTH_COLOURS, strict=False):
            inside = cut(truth, axis, position, box) > 0.5
            filled = np.ma.masked_where(~inside, inside)
            show(axes, filled, axis, box, cmap=ListedColormap([colour]), alpha=0.8)
    names = [
        (f"\N{BLACK SQUARE} {name}", colour)
        for (name, _), colour in zip(truths, TRUTH_COLOURS, strict=False)
    ]
    label_row(line[0], "planted", names, axis=cuts[0][0])
    line[-1].set_axis_off()


def _draw_row(line, row, cuts, box, mask, truths):
    """Show one analysis and its colour bar."""
    inside = values(mask) > 0
    largest = float(np.abs(values(row.t)[inside]).max())
    scale = largest if largest > 0 else 1.0
    passed = (values(row.significant) != 0).astype(np.float32)
    found = nib.Nifti1Image(passed, row.significant.affine)
    for axes, (axis, position) in zip(line[:-1], cuts, strict=True):
        t = cut(row.t, axis, position, box)
        shown = COLOURS(np.clip(t / scale / 2 + 0.5, 0, 1))
        shown[..., 3] = np.clip(1.4 * np.abs(t) / scale, 0, 1)
        show(axes, shown, axis, box)
        passed = cut(found, axis, position, box, order=0)
        outline(axes, passed, axis, box, "black", 1.1)
        for _, truth in truths:
            region = cut(truth, axis, position, box)
            outline(axes, region, axis, box, GREEN, 1.0, style="dashed")
    _draw_scale(line[-1], scale, row)
    label_row(line[0], row.label, _verdict(row, largest))


def _verdict(row, largest):
    """Say in words what the map's row shows, line by line."""
    passed = int(np.count_nonzero(values(row.significant)))
    found = "nothing" if not passed else f"{passed} voxel{'s' if passed > 1 else ''}"
    size = "F" if row.symbol == "F" else "|t|"
    texts = (
        f"max {size} = {largest:.2f}",
        f"{found} significant",
        f"{size} > {row.threshold:.2f}" if row.threshold else "",
        row.note,
    )
    return [(text, "black") for text in texts if text]


def label_row(axes, label, notes, axis=AXIAL):
    """Write the name of a row and what there is to say beside its first slice."""
    letter_sides(axes, axis)
    for line, (text, colour) in enumerate([(label, "black"), *notes]):
        axes.annotate(
            text,
            xy=(-0.08, 0.97),
            xycoords="axes fraction",
            xytext=(0, -12 * line - 3 * (line > 0)),
            textcoords="offset points",
            ha="right",
            va="top",
            color=colour,
            fontsize=8 if line else 9,
            fontweight="normal" if line else "bold",
            path_effects=None if colour == "black" else RIM,
        )


def _draw_scale(axes, scale, row):
    """Draw the colour bar of one row with its threshold."""
    ramp = np.linspace(-scale, scale, 256)[:, None]
    axes.imshow(
        ramp, cmap=COLOURS, origin="lower", extent=(0, 1, -scale, scale), aspect="auto"
    )
    for t in (-row.threshold, row.threshold) if row.threshold else ():
        if abs(t) < scale:
            axes.axhline(t, color="black", linewidth=1.1)
    axes.set(xticks=[], ylim=(-scale, scale), ylabel=row.symbol)
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
