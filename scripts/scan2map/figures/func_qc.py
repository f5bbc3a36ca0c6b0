"""One figure per BOLD run: did each step do what it should?"""

import numpy as np

from scan2map.figures.slices import (
    CUTS,
    bounding_box,
    cut,
    cut_panels,
    draw_outlined,
    label_position,
    letter_sides,
    show,
)
from scan2map.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    new_figure,
    styled,
)
from scan2map.func.denoising import percent_change
from scan2map.func.quality import order_by_tissue, temporal_snr, without_line
from scan2map.nifti import nib

TRACES = {
    "framewise_displacement": ("motion\n(mm)", ORANGE),
    "std_dvars": ("DVARS\n(relative)", BLUE),
    "global_signal": ("global\nsignal", GREEN),
}
"""Columns of the table of confounds that are drawn, where it has them."""

TISSUES = {"gm": ("grey matter", GREY), "wm": ("white", BLUE), "csf": ("fluid", GREEN)}
"""Names and colours of the bars beside the carpets, from top to bottom."""

MOST_ROWS = 600
"""Voxels in a carpet, at most: as many as it has pixels."""

CONTRAST = 2.0
"""Standard deviations of a usual voxel between grey and black, or white."""


@styled
def draw_func_qc(
    title,
    *,
    bold,
    denoised,
    mask,
    boldref,
    template,
    template_brain,
    confounds,
    facts,
    boldref_t1w=None,
    t1w_brain=None,
    tissues=None,
):
    """Draw what a person has to look at before believing a BOLD run.

    Parameters
    ----------
    title : str
        Participant and session.
    bold, denoised : ndarray, shape (n_volumes, n_voxels)
        BOLD in MNI space before smoothing, and at the end (%), within the mask.
    mask : nibabel image
        Its n_voxels voxels.
    boldref : nibabel image
        Mean BOLD in MNI space.
    template, template_brain : nibabel image
        The template and its brain mask.
    confounds : dict of str to ndarray, shape (n_volumes,)
        In fMRIPrep's names; of `TRACES` those that it has are drawn.
    facts : dict
        Sidecar of the denoised BOLD: RepetitionTime, OutlierVolumes,
        DegreesOfFreedom, SliceTimingCorrected, StartTime, SliceTimingNote.
    boldref_t1w, t1w_brain : nibabel image, optional
        Mean BOLD in the T1w's space and the T1w's brain mask.
    tissues : dict of ndarray, shape (n_voxels,), optional
        Probability of ``gm``, ``wm`` and ``csf``, by which voxels are sorted.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A brain mask is empty.
    """
    figure = new_figure(10, 9.6)
    figure.suptitle(title, fontweight="bold")
    top, bottom = figure.subfigures(2, 1, height_ratios=(1.5, 1))
    _draw_run(top, bold, denoised, confounds, facts, tissues)
    parts = iter(bottom.subfigures(2, 2).ravel())
    if boldref_t1w is not None:
        title = "Mean BOLD and the T1w's brain"
        draw_outlined(next(parts), title, boldref_t1w, t1w_brain, _brightest)
    title = "Mean BOLD in MNI and the template's outline"
    draw_outlined(
        next(parts), title, boldref, template_brain, _brightest, tissue=template
    )
    _draw_snr(next(parts), temporal_snr(bold), mask)
    _say(next(parts), confounds, facts, n_volumes=len(bold))
    return figure


def _draw_run(part, bold, denoised, confounds, facts, tissues):
    """Draw traces and carpets over one axis of time."""
    drawn = [name for name in TRACES if name in confounds]
    heights = [1] * len(drawn) + [3, 3]
    rows = part.subplots(
        len(heights), 2, sharex="col", height_ratios=heights, width_ratios=(1, 60)
    )
    seconds = (np.arange(len(bold)) + 0.5) * facts["RepetitionTime"]
    for (bar, axes), name in zip(rows, drawn, strict=False):
        bar.set_axis_off()
        label, colour = TRACES[name]
        axes.plot(seconds, confounds[name], color=colour, linewidth=1)
        axes.set_ylim(_range_shown(confounds[name], facts["OutlierVolumes"]))
        axes.set_ylabel(label)
        for volume in facts["OutlierVolumes"]:
            axes.axvline(seconds[volume], color=GREY, linewidth=0.8, linestyle=":")
    order, counts = np.arange(bold.shape[1]), {}
    if tissues:
        order, counts = order_by_tissue({name: tissues[name] for name in TISSUES})
    percent, _ = percent_change(without_line(bold) + bold.mean(0))
    for pair, values, label in zip(
        rows[-2:],
        (percent, denoised),
        ("Before denoising", "After denoising"),
        strict=True,
    ):
        _draw_carpet(*pair, values[:, order], label, seconds, counts)
    rows[-1, 1].set_xlabel("seconds")
    part.align_ylabels(rows[:, 1])


def _range_shown(values, outliers):
    """Return limits that hold a trace, and of its outliers only that they leave it."""
    usual = np.delete(values, outliers)
    low, high = np.nanmin(usual), np.nanmax(usual)
    beyond = max(high - low, 1e-6) / 2
    shown = np.clip([np.nanmin(values), np.nanmax(values)], low - beyond, high + beyond)
    return shown + beyond / 10 * np.array([-1, 1])


def _draw_carpet(bar, axes, values, label, seconds, counts):
    """Show time courses as rows of grey, and tissues as a bar beside them."""
    step = -(-values.shape[1] // MOST_ROWS)
    spread = np.median(values.std(0))
    limit = max(CONTRAST * spread, 1e-6)
    half = (seconds[1] - seconds[0]) / 2
    axes.imshow(
        values[:, ::step].T,
        aspect="auto",
        cmap="gray",
        interpolation="nearest",
        vmin=-limit,
        vmax=limit,
        extent=(seconds[0] - half, seconds[-1] + half, values.shape[1], 0),
    )
    axes.set_yticks([])
    axes.set_title(f"{label} (black to white: ±{limit:.2g} %)", loc="left", fontsize=8)
    bar.set_axis_off()
    start = 0
    for name, count in counts.items():
        words, colour = TISSUES[name]
        bar.axhspan(start, start + count, color=colour, linewidth=0)
        if count > 0.08 * values.shape[1]:
            bar.text(
                *(-0.5, start + count / 2, words),
                transform=bar.get_yaxis_transform(),
                rotation=90,
                ha="right",
                va="center",
                fontsize=7,
            )
        start += count
    bar.set_ylim(values.shape[1], 0)


def _brightest(inside):
    """Return the value that is white in a cut; 0 is outside the field of view."""
    seen = inside[inside > 0]
    return np.percentile(seen, 99) if len(seen) else 1


def _draw_snr(part, snr, mask):
    """Show three cuts of the temporal signal-to-noise ratio, with a scale."""
    part.suptitle("Temporal signal-to-noise ratio", fontsize=9)
    inside = np.asanyarray(mask.dataobj) > 0
    data = np.zeros(inside.shape, dtype=np.float32)
    data[inside] = snr
    image = nib.Nifti1Image(data, mask.affine)
    box, middle = bounding_box(mask, margin=6.0), bounding_box(mask).mean(1)
    panels = cut_panels(part, box)
    for axis, axes in zip(CUTS, panels, strict=True):
        pixels = cut(image, axis, middle[axis], box, order=0)
        drawn = show(
            *(axes, pixels, axis, box),
            cmap="inferno",
            vmin=0,
            vmax=np.percentile(snr, 98),
        )
        letter_sides(axes, axis)
        label_position(axes, axis, middle[axis])
    part.colorbar(drawn, ax=list(panels), shrink=0.8, pad=0.02)


def _say(part, confounds, facts, n_volumes):
    """Write what numbers and sidecar say of the run."""
    seconds = facts["RepetitionTime"]
    lines = [f"{n_volumes} volumes of {seconds:g} s"]
    if facts.get("SliceTimingCorrected"):
        start = facts.get("StartTime", seconds / 2)
        lines.append(f"slices shifted to {start:g} s after a volume's start")
    else:
        note = facts.get("SliceTimingNote", "the sidecar does not tell")
        lines.append(f"no slice timing: {note}")
    if "framewise_displacement" in confounds:
        moved = confounds["framewise_displacement"]
        lines.append(
            f"framewise displacement: mean {np.nanmean(moved):.2f} mm, "
            f"largest {np.nanmax(moved):.2f} mm"
        )
    lines += [
        f"outlier volumes (dotted lines): {len(facts['OutlierVolumes'])}",
        f"degrees of freedom left after denoising: {facts['DegreesOfFreedom']}",
    ]
    axes = part.subplots()
    axes.set_axis_off()
    axes.text(
        *(0, 0.5, "\n".join(lines)),
        va="center",
        wrap=True,
        linespacing=1.8,
        transform=axes.transAxes,
    )
