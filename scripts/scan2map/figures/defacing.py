"""Is the face gone, and the brain there?"""

import numpy as np

from scan2map.figures.slices import (
    AXIAL,
    SAGITTAL,
    bounding_box,
    cut,
    cut_panels,
    label_position,
    letter_sides,
    outline,
    show,
)
from scan2map.figures.style import ORANGE, new_figure, styled
from scan2map.nifti import nib

PLACES = ((SAGITTAL, 0.5), (SAGITTAL, 0.62), (AXIAL, 0.5), (AXIAL, 0.25))
"""Cuts, and where they are in the head, as a share of its extent."""


@styled
def draw_defaced(title, t1w, removed):
    """Draw cuts of a T1w image without a face, and what was taken out of it.

    Parameters
    ----------
    title : str
        Participant and session.
    t1w : nibabel image
        Without the face.
    removed : ndarray of bool, shape (x, y, z)
        What was set to 0.

    Returns
    -------
    matplotlib.figure.Figure
    """
    figure = new_figure(10, 3.0)
    figure.suptitle(f"{title}: T1w without face; orange: taken out", fontweight="bold")
    whole = nib.Nifti1Image(np.ones(t1w.shape[:3], np.uint8), t1w.affine)
    box = bounding_box(whole)
    removed = nib.Nifti1Image(removed.astype(np.uint8), t1w.affine)
    white = np.percentile(t1w.get_fdata(dtype=np.float32), 99.5)
    panels = cut_panels(figure, box, [axis for axis, _ in PLACES])
    for (axis, share), axes in zip(PLACES, panels, strict=True):
        position = box[axis] @ [1 - share, share]
        show(axes, cut(t1w, axis, position, box), axis, box, vmin=0, vmax=white)
        outline(axes, cut(removed, axis, position, box), axis, box, ORANGE)
        letter_sides(axes, axis)
        label_position(axes, axis, position)
    return figure
