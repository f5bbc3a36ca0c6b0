"""Sagittal mosaics of activation maps: of a session, of groups and their difference."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from scan2map.figures.mosaics import (
    choose_slices,
    draw_background,
    draw_truth,
    label_row,
)
from scan2map.figures.slices import (
    SAGITTAL,
    bounding_box,
    cut,
    outline,
    show,
    values,
)
from scan2map.figures.style import GREEN, new_figure, styled
from scan2map.nifti import nib

SIGNED, UNSIGNED = colormaps["RdBu_r"], colormaps["inferno"]
"""Blue below zero and red above; from dark to light."""

CUTS = 7
"""Sagittal cuts: one of them between the hemispheres, where a brain has no more."""

NAMES = {"cam": "CAM", "gradcam": "Grad-CAM", "gradient": "gradient"}
"""What figures call the kinds of maps."""

UNITS = {
    "cam": "share of\nthe largest",
    "gradcam": "logit\nper cell",
    "gradient": "logit per SD\nof the input",
}
"""Written under the name of a row."""


END = 99.5
"""Percentile of absolute values in the brain at which colours end. Gradients are rough,
and the largest voxel would leave all others pale."""


@dataclass(frozen=True)
class Layer:
    """A map as one row of a mosaic.

    Parameters
    ----------
    label : str
    image : nibabel image
        3D.
    kind : str
        ``cam``, ``gradcam`` or ``gradient``.
    difference : bool
        Of two maps: it has a sign, whatever the kind.
    largest : float, optional
        Where colours end; by default that of `largest_shown`.
    """

    label: str
    image: object
    kind: str
    difference: bool = False
    largest: float | None = None

    @property
    def is_signed(self):
        """Whether values below 0 mean something."""
        return self.difference or self.kind != "cam"


def group_rows(images, groups, kind, mask):
    """Return the rows of two groups' means, on one scale, and of their difference.

    Parameters
    ----------
    images : sequence of 3 nibabel images
        Mean of the reference group, of the affected group, and their difference.
    groups : sequence of str
        Reference and affected group.
    kind : str
    mask : nibabel image
        The voxels that are shown.

    Returns
    -------
    list of Layer
    """
    largest = max(largest_shown(image, mask) for image in images[:2])
    means = [
        Layer(f"mean of {group}", image, kind, largest=largest)
        for group, image in zip(groups, images[:2], strict=True)
    ]
    label = f"{groups[1]} minus\n{groups[0]}"
    return [*means, Layer(label, images[2], kind, difference=True)]


def largest_shown(image, mask):
    """Return the absolute value at which an image's colours end.

    The percentile `END` in a mask; the largest value, where that is 0.
    """
    inside = np.abs(values(image)[values(mask) > 0])
    return float(np.percentile(inside, END) or inside.max())


@styled
def draw_activation(rows, mask, background, truths=(), *, title):
    """Draw maps on the same sagittal slices, from left to right, the face to the right.

    A map is opaque where it is far from 0, and ends at the border of the brain.

    Parameters
    ----------
    rows : list of Layer
        From top to bottom.
    mask : nibabel image
        The template's brain.
    background : nibabel image
        T1w template.
    truths : sequence of (str, nibabel image)
        Name and mask of each planted region; empty in a real study.
    title : str

    Returns
    -------
    matplotlib.figure.Figure
    """
    images = [truth for _, truth in truths]
    cuts = choose_slices(mask, images, numbers=((SAGITTAL, CUTS),))
    box = bounding_box(mask, margin=4.0)
    lines = len(rows) + bool(truths)
    figure = new_figure(12, 1.3 * lines + 0.5)
    figure.suptitle(title, fontweight="bold")
    widths = [*[np.ptp(box[1])] * CUTS, 8]
    panels = figure.subplots(lines, len(widths), width_ratios=widths, squeeze=False)
    draw_background(panels[:, :-1], cuts, box, background)
    if truths:
        draw_truth(panels[0], truths, cuts, box)
    for line, row in zip(panels[bool(truths) :], rows, strict=True):
        _draw_row(line, row, cuts, box, mask, images)
    return figure


def _draw_row(line, row, cuts, box, mask, truths):
    """Show one map and its colour bar."""
    shown = np.where(values(mask) > 0, values(row.image), 0)
    largest = row.largest or largest_shown(row.image, mask)
    end = largest or 1
    scale = Normalize(-end if row.is_signed else 0, end)
    colours = SIGNED if row.is_signed else UNSIGNED
    masked = nib.Nifti1Image(shown.astype(np.float32), row.image.affine)
    for axes, (axis, position) in zip(line[:-1], cuts, strict=True):
        plane = cut(masked, axis, position, box)
        pixels = colours(scale(plane))
        pixels[..., 3] = np.clip(1.4 * np.abs(plane) / end, 0, 0.9)
        show(axes, pixels, axis, box)
        for truth in truths:
            region = cut(truth, axis, position, box)
            outline(axes, region, axis, box, GREEN, 1.0, style="dashed")
    bar = line[-1].figure.colorbar(ScalarMappable(scale, colours), cax=line[-1])
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_locator(MaxNLocator(3))
    notes = UNITS[row.kind] if largest else "0 everywhere"
    notes = [(text, "black") for text in notes.split("\n")]
    label, *more = row.label.split("\n")
    label_row(line[0], label, [*[(text, "black") for text in more], *notes], SAGITTAL)
