"""One figure per session of tissue maps: did each step do what it should?"""

import numpy as np

from scan2map.figures.slices import (
    AXIAL,
    CORONAL,
    CUTS,
    bounding_box,
    brightest,
    cut,
    cut_panels,
    draw_t1w,
    label_position,
    letter_sides,
    outline,
    show,
)
from scan2map.figures.style import ORANGE, YELLOW, new_figure, styled
from scan2map.nifti import nib

N_CUTS = {AXIAL: 6, CORONAL: 5}
"""Cuts of the outlined tissues, which share a row each."""

FULLEST = 1.2
"""Tissue per volume that is white in maps of MNI space: all sessions have one scale."""


@styled
def draw_tissue_qc(
    title, *, t1w, brain, t1w_mni, template, template_brain, gm, wm, maps, volumes
):
    """Draw what a person has to look at before believing a session's tissue maps.

    Parameters
    ----------
    title : str
        Participant and session.
    t1w, brain : nibabel image
        Preprocessed T1w and its brain mask, any orientation.
    t1w_mni, template, template_brain : nibabel image
        The T1w in MNI space, the template and its brain mask, each on its own grid.
    gm, wm : nibabel image
        Probability of grey and white matter on the T1w's grid.
    maps : dict of str to nibabel image
        Tissue in MNI space as networks and statistics see it, by what it is called.
    volumes : dict of str to float
        mL of each tissue.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        The brain mask is empty.
    """
    figure = new_figure(10, 8.9)
    written = ", ".join(f"{name} {size:.0f} mL" for name, size in volumes.items())
    figure.suptitle(f"{title}: {written}", fontweight="bold")
    rows = figure.subfigures(4, 1, height_ratios=(0.95, 1.05, 1.05, 0.95))
    left, right = rows[0].subfigures(1, 2)
    draw_t1w(left, right, t1w, brain, t1w_mni, template, template_brain)
    rows[1].suptitle("Border of white matter and of grey matter", fontsize=9)
    tissue = nib.Nifti1Image(gm.get_fdata() + wm.get_fdata(), wm.affine)
    for row, axis in zip(rows[1:3], (AXIAL, CORONAL), strict=True):
        _draw_tissues(row, axis, t1w, brain, tissue, wm)
    parts = rows[3].subfigures(1, len(maps), squeeze=False)[0]
    _draw_maps(parts, maps, template_brain)
    return figure


@styled
def draw_given_tissue(title, *, maps, template_brain):
    """Draw tissue maps that another programme has brought to MNI space.

    Parameters
    ----------
    title : str
        Participant and session.
    maps : dict of str to nibabel image
        Tissue as networks and statistics see it, by what it is called.
    template_brain : nibabel image
        Brain mask of the template.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(9, 0.4 + 3.2 * len(maps))
    figure.suptitle(title, fontweight="bold")
    parts = figure.subfigures(len(maps), 1, squeeze=False)[:, 0]
    _draw_maps(parts, maps, template_brain)
    return figure


def _draw_tissues(part, axis, t1w, brain, tissue, wm):
    """Show parallel cuts of the T1w with the borders of its tissues."""
    box, (low, high) = bounding_box(brain, margin=4.0), bounding_box(brain)[axis]
    edge = 0.15 * (high - low)
    positions = np.linspace(low + edge, high - edge, N_CUTS[axis])
    for axes, position in zip(
        cut_panels(part, box, [axis] * len(positions)), positions, strict=True
    ):
        pixels, inside = (cut(i, axis, position, box) for i in (t1w, brain))
        show(axes, pixels, axis, box, vmin=0, vmax=brightest(pixels[inside > 0.5]))
        for image, colour in ((tissue, YELLOW), (wm, ORANGE)):
            border = cut(image, axis, position, box)
            outline(axes, border, axis, box, colour, width=0.6)
        letter_sides(axes, axis)
        label_position(axes, axis, position)


def _draw_maps(parts, maps, template_brain):
    """Show three cuts of each tissue map in MNI space with the template's brain."""
    box = bounding_box(template_brain, margin=6.0)
    middle = bounding_box(template_brain).mean(1)
    borders = [cut(template_brain, axis, middle[axis], box) for axis in CUTS]
    for part, (name, image) in zip(parts, maps.items(), strict=True):
        part.suptitle(name, fontsize=9)
        panels = zip(CUTS, cut_panels(part, box), borders, strict=True)
        for axis, axes, inside in panels:
            pixels = cut(image, axis, middle[axis], box)
            show(axes, pixels, axis, box, vmin=0, vmax=FULLEST)
            outline(axes, inside, axis, box, YELLOW, width=0.6)
            letter_sides(axes, axis)
            label_position(axes, axis, middle[axis])
