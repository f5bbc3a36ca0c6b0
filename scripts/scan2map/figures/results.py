"""The page of results of a voxel-wise analysis, after SPM's."""

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np

from scan2map.designs import FEWEST_DF
from scan2map.figures.glass import GlassBrain, letter_views
from scan2map.figures.mosaics import COLOURS
from scan2map.figures.slices import (
    AXES,
    CUTS,
    bounding_box,
    cut,
    extent,
    label_position,
    letter_sides,
    outline,
    show,
    values,
)
from scan2map.figures.style import GREY, new_figure, styled, write_png
from scan2map.figures.tail import draw_tail
from scan2map.html import html_page
from scan2map.nifti import nib
from scan2map.statistics.tables import TEXT

MOST_ROWS = 60
"""Rows of a table that the page shows; the file beside the map has all."""

MOST_BARS = 40
"""Columns of a design whose names fit."""

HEADS = {
    "map": "map",
    "sign": "sign",
    "cluster_p_fwe": "cluster p FWE",
    "cluster_p_fdr": "p FDR",
    "voxels": "k",
    "volume_mm3": "mm³",
    "cluster_p": "p",
    "peak_p_fwe": "peak p FWE",
    "peak_p_fdr": "p FDR",
    "value": "peak",
    "z": "Z",
    "p": "p",
    "x_mm": "x",
    "y_mm": "y",
    "z_mm": "z",
    "region": "region",
}
"""Columns of the tables, and what the page calls them."""

P_VALUES = ("cluster_p_fwe", "cluster_p_fdr", "cluster_p", "peak_p_fwe", "peak_p_fdr")


@styled
def draw_result(statistic, significant, summary, mask, background):
    """Draw what is significant, on glass and in cuts, beside the design.

    Parameters
    ----------
    statistic, significant : nibabel image
        3D: t or F, and the same with 0 where it is not significant.
    summary : dict
        ``Columns``, ``DesignMatrix``, ``Weights``, ``Statistic``.
    mask : nibabel image
        Voxels tested.
    background : nibabel image
        T1w template.

    Returns
    -------
    matplotlib.figure.Figure
        The cuts cross where |t| is largest. Where nothing is significant the glass
        brain is empty; cuts show the whole map in any case.
    """
    figure = new_figure(12, 3.4)
    glass_part, cut_part, design_part = figure.subfigures(
        1, 3, width_ratios=(4.6, 4.6, 2.6)
    )
    glass = GlassBrain(mask, background)
    largest = float(np.abs(values(statistic)).max()) or 1.0
    panels = glass_part.subplots(1, 3, width_ratios=glass.widths())
    glass.draw(panels, significant, np.finfo(np.float32).tiny, largest)
    letter_views(panels)
    glass_part.suptitle("significant after the first correction", fontsize=9)
    _draw_cuts(cut_part, statistic, significant, mask, background, largest)
    _draw_design(design_part, summary)
    return figure


def _draw_cuts(part, statistic, significant, mask, background, largest):
    """Show three cuts through the largest value; what is significant is encircled."""
    voxel = np.unravel_index(np.abs(values(statistic)).argmax(), statistic.shape)
    peak = statistic.affine[:3, :3] @ voxel + statistic.affine[:3, 3]
    box = bounding_box(mask, margin=4.0)
    top = 1.25 * np.percentile(values(background), 99.8)
    passed = (values(significant) != 0).astype(np.float32)
    found = nib.Nifti1Image(passed, significant.affine)
    widths = [np.diff(extent(axis, box)[:2])[0] for axis in CUTS]
    panels = part.subplots(1, len(CUTS), width_ratios=widths)
    for axes, axis in zip(panels, CUTS, strict=True):
        show(axes, cut(background, axis, peak[axis], box), axis, box, vmin=0, vmax=top)
        t = cut(statistic, axis, peak[axis], box)
        shown = COLOURS(np.clip(t / largest / 2 + 0.5, 0, 1))
        shown[..., 3] = np.clip(1.4 * np.abs(t) / largest, 0, 1)
        show(axes, shown, axis, box)
        outline(axes, cut(found, axis, peak[axis], box, order=0), axis, box, "black")
        letter_sides(axes, axis)
        label_position(axes, axis, peak[axis])
    value = values(statistic)[voxel]
    where = ", ".join(f"{a} = {p:.0f}" for a, p in zip(AXES, peak, strict=True))
    part.suptitle(f"largest: {value:.2f} at {where} mm", fontsize=9)


def _draw_design(part, summary):
    """Show the design matrix, each column scaled, under the contrast's weights."""
    design, weights = np.array(summary["DesignMatrix"]), np.array(summary["Weights"])
    columns = summary["Columns"]
    top, below = part.subplots(2, 1, height_ratios=(1, 3), sharex=True)
    width = 0.8 / len(weights)
    for number, row in enumerate(weights):
        place = np.arange(len(row)) + (number - (len(weights) - 1) / 2) * width
        top.bar(place, row, width=width, color=GREY)
    top.axhline(0, color="black", linewidth=0.6)
    top.set(yticks=[], title=f"{summary['Statistic']} contrast")
    scale = np.abs(design).max(0)
    below.imshow(
        design / np.where(scale > 0, scale, 1),
        cmap="gray",
        vmin=-1,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
    )
    below.set(ylabel="images", xticks=[])
    below.yaxis.get_major_locator().set_params(integer=True)
    if len(columns) <= MOST_BARS:
        below.set_xticks(range(len(columns)), columns, rotation=60, ha="right")


def largest_map(statistic, significant, mask, tails="two"):
    """Return the map of several in which |t| is largest, 3D; of one, that one.

    Parameters
    ----------
    statistic, significant, mask : nibabel image
        3D, or 4D with a map each.
    tails : {"two", "positive", "negative", "F"}
        Signs that are looked at; of the statistic the other one becomes 0.

    Returns
    -------
    list of nibabel image
    """
    if tails in ("positive", "negative"):
        sign = 1 if tails == "positive" else -1
        kept = sign * np.maximum(sign * values(statistic), 0)
        statistic = nib.Nifti1Image(kept, statistic.affine)
    if statistic.ndim == 3:
        return [statistic, significant, mask]
    number = np.abs(values(statistic)).max((0, 1, 2)).argmax()
    return [
        nib.Nifti1Image(values(image)[..., number], image.affine)
        for image in (statistic, significant, mask)
    ]


def embed(figure, dpi=110):
    """Return a figure as an HTML image that needs no file."""
    picture = BytesIO()
    write_png(figure, picture, dpi=dpi)
    data = b64encode(picture.getvalue()).decode()
    return f'<img alt="" style="max-width:100%" src="data:image/png;base64,{data}">'


def results_page(title, parts, notes):
    """Return the page of an analysis.

    Parameters
    ----------
    title : str
    parts : list of dict
        One per contrast: ``name``, ``summary`` (of the test), ``picture`` (HTML),
        ``table`` (rows as SPM's), ``corrections``: a list of (summary, rows of
        clusters). Rows are dicts, None where a cell is empty.
    notes : list of str
        Sentences at the end.

    Returns
    -------
    str
        HTML.
    """
    body = []
    for part in parts:
        body.append(f"<h2>{escape(part['name'])}: {_describe(part['summary'])}</h2>")
        body.append(part["picture"])
        for summary, clusters in part["corrections"]:
            body.append(f"<p><b>{_found(summary)}</b></p>")
            body.append(_table(clusters))
            if "tail" in summary.get("Permutation", {}):
                body.append(embed(draw_tail(summary["Permutation"])))
        body.append(f"<p>{_uncorrected(part['summary'])}</p>")
        body.append(_table(part["table"]))
    body += [f"<p>{escape(note)}</p>" for note in notes]
    return html_page(title, "\n".join(body))


def _describe(summary):
    """Say which statistic, with how many degrees of freedom."""
    numerator, df = summary["DegreesOfFreedom"]
    if summary["Statistic"] == "T":
        return f"T, {df} degrees of freedom"
    return f"F, {numerator} and {df} degrees of freedom"


def _found(summary):
    """Say what is significant after a correction."""
    threshold = summary["Threshold"]
    told = {
        "statistic": "|t| &gt; {:.2f}"
        if summary["Statistic"] == "T"
        else "F &gt; {:.2f}",
        "voxels": "clusters of {:.0f} voxels and more",
        "enhanced": "TFCE above {:.4g}",
    }
    how = [text.format(threshold[k]) for k, text in told.items() if threshold.get(k)]
    if threshold.get("forming"):
        how.append(f"clusters formed at {threshold['forming']:.2f}")
    if "Permutation" in summary:
        how.append(_arrangements(summary["Permutation"]))
    n = summary["SignificantVoxels"]
    found = f"{n} significant voxels" if n else "nothing significant"
    tails = {
        "two": "both signs",
        "positive": "positive only",
        "negative": "negative only",
    }
    signs = tails.get(summary["Tails"], "")
    facts = [f"&alpha; = {summary['Alpha']:g}", signs, *how]
    return (
        f"{escape(summary['Correction'])}: {found} ({', '.join(f for f in facts if f)})"
    )


def _arrangements(about):
    """Say what was exchanged, and how often."""
    n = about["arrangements"]
    if about["null"] == "maps":
        kind = {"labels": "participants exchanged", "signs": "signs flipped"}
        every = "all " if about["exhaustive"] else ""
        return f"{kind[about['exchange']]}, {every}{n} arrangements"
    trained = f"networks trained on permuted labels {n - 1} times"
    if "tail" not in about:
        return trained
    fitted = about["tail"]
    return (
        f"{trained}, Pareto tail of {fitted['values']} values with shape "
        f"{fitted['shape']:.2f}, goodness of fit p = {fitted['fit_p']:.2f}"
    )


def _uncorrected(summary):
    """Say what SPM writes below its table."""
    forming, fwhm = summary["ClusterForming"], summary["FWHM_mm"]
    sets = "; ".join(
        f"{sign}: {one['clusters']} clusters"
        + ("" if one["p"] is None else f", set-level p = {one['p']:.3g}")
        for sign, one in summary["Sets"].items()
        if one["clusters"]
    )
    formed = f"Clusters formed at height {forming['threshold']:.2f}: {sets or 'none'}. "
    if summary["Participants"] < summary["Images"] and summary["Design"] != "paired":
        return (
            f"{formed}Images of a participant are not independent, so there are no p "
            "values by random field theory."
        )
    df = summary["DegreesOfFreedom"][1]
    if df < FEWEST_DF:
        return (
            f"{formed}From {df:g} degrees of freedom no smoothness can be estimated, "
            f"which takes {FEWEST_DF}, so there are no p values by random field theory."
        )
    height = summary["Thresholds"]["0.05"]["fwe"]
    return (
        f"Clusters formed at p &lt; {forming['p']:g} (height "
        f"{forming['threshold']:.2f}), p of one sign by random field theory. "
        f"{sets or 'No cluster'}. FWHM {' '.join(f'{f:.1f}' for f in fwhm)} mm; search "
        f"volume {summary['SearchVolume_voxels']} voxels, "
        f"{summary['SearchVolume_mm3']:.0f} mm³, "
        f"{summary['SearchVolume_resels']:.1f} resels; height for p FWE &lt; 0.05: "
        f"{height:.2f}."
    )


def _table(rows):
    """Set a table of clusters; empty cells where a row is a further peak."""
    if not rows:
        return "<p>No cluster.</p>"
    idle = [
        *(["map"] if all(row["map"] == 1 for row in rows) else []),
        *([] if any(row["region"] for row in rows) else ["region"]),
    ]
    keep = [column for column in rows[0] if column not in idle]
    head = "".join(f"<th>{escape(HEADS[column])}</th>" for column in keep)
    lines = []
    for row in rows[:MOST_ROWS]:
        cells = "".join(f"<td>{_cell(c, row[c])}</td>" for c in keep)
        first = "" if row["voxels"] is None else " class=first"
        lines.append(f"<tr{first}>{cells}</tr>")
    more = len(rows) - MOST_ROWS
    note = (
        f"<p>{more} further rows are in the file beside the map.</p>"
        if more > 0
        else ""
    )
    head, body = f"<thead><tr>{head}</tr></thead>", "".join(lines)
    return f"<table>{head}<tbody>{body}</tbody></table>{note}"


def _cell(column, value):
    """Write one cell."""
    if value is None:
        return ""
    if column in TEXT:
        return escape(value)
    if column in P_VALUES or column == "p":
        return "&lt; 0.001" if value < 0.001 else f"{value:.3f}"
    if column in ("map", "voxels"):
        return f"{value:.0f}"
    return f"{value:.2f}" if column in ("value", "z") else f"{value:.0f}"
