"""One figure per session: did each step do what it should?"""

import numpy as np
from matplotlib.collections import LineCollection

from scan2map.figures.slices import (
    AXIAL,
    bounding_box,
    brightest,
    cut,
    cut_panels,
    draw_outlined,
    draw_t1w,
    label_position,
    letter_sides,
    outline,
    show,
)
from scan2map.figures.style import BLUE, GREEN, GREY, ORANGE, YELLOW, new_figure, styled

DIRECTION_COLOURS = "red: left-right, green: front-back, blue: up-down"
"""The colours that diffusion directions have everywhere."""

BRIGHTNESS = 1.4
"""Gain of the colours, so that an FA of 0.7, about the brain's highest, is full."""


def read_motion(path):
    """Return the columns of a motion table; ``n/a`` becomes nan.

    Parameters
    ----------
    path : str
        Tab-separated, with a header.

    Returns
    -------
    dict of str to ndarray
    """
    table = np.genfromtxt(path, names=True, delimiter="\t", ndmin=1)
    return {name: table[name] for name in table.dtype.names}


@styled
def draw_session_qc(
    title, *, t1w, brain, t1w_mni, template, template_brain, b0, tensor, fa, motion
):
    """Draw what a person has to look at before believing a session.

    Parameters
    ----------
    title : str
        Participant and session.
    t1w, brain : nibabel image
        Preprocessed T1w and its brain mask, any orientation.
    t1w_mni, template, template_brain : nibabel image
        The T1w in MNI space, the template and its brain mask, each on its own grid.
    b0, fa : nibabel image
        b = 0 image and fractional anisotropy in the T1w's space.
    tensor : nibabel image, shape (x, y, z, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz (mm²/s) in the world frame, on a grid whose axes
        are those of the world.
    motion : dict of str to ndarray
        A value per volume: `trans_x`… (mm), `rot_x`… (degrees),
        `framewise_displacement` (mm).

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        A brain mask is empty, or a column of the motion table is missing.
    """
    figure = new_figure(10, 8.2)
    figure.suptitle(title, fontweight="bold")
    parts = figure.subfigures(3, 2, height_ratios=(1, 1, 1.15)).ravel()
    draw_t1w(parts[0], parts[1], t1w, brain, t1w_mni, template, template_brain)
    title = "b = 0 in T1w space and the T1w's brain mask"
    draw_outlined(parts[2], title, b0, brain, brightest)
    _draw_directions(parts[3], tensor, fa, brain)
    _draw_sticks(parts[4], tensor, fa, brain)
    _draw_motion(parts[5], motion)
    return figure


def _middle(brain):
    """Return the box to show and the middle of the brain (mm)."""
    tight = bounding_box(brain)
    return bounding_box(brain, margin=14.0), tight.mean(1)


def direction_colours(tensor, fa):
    """Return the colour of the principal direction, as bright as FA.

    Parameters
    ----------
    tensor : ndarray, shape (..., 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in the world frame.
    fa : ndarray, shape (...)
        Fractional anisotropy, 0 to 1.

    Returns
    -------
    colours : ndarray, shape (..., 3)
        Red left-right, green front-back, blue up-down; 0 to 1.
    directions : ndarray, shape (..., 3)
        Unit vectors, sign arbitrary; 0 where the tensor is 0.
    """
    matrices = tensor[..., [0, 1, 2, 1, 3, 4, 2, 4, 5]].reshape(
        *tensor.shape[:-1], 3, 3
    )
    directions = np.linalg.eigh(matrices)[1][..., -1]
    directions[~tensor.any(-1)] = 0
    return np.clip(np.abs(directions) * fa[..., None], 0, 1), directions


def _draw_directions(part, tensor, fa, brain):
    """Show three cuts of the colour-coded FA map."""
    part.suptitle(f"FA and direction ({DIRECTION_COLOURS})", fontsize=9)
    box, middle = _middle(brain)
    for axis, axes in zip((2, 1, 0), cut_panels(part, box), strict=True):
        cuts = [cut(i, axis, middle[axis], box, order=0) for i in (tensor, fa)]
        colours = direction_colours(*cuts)[0]
        show(axes, np.clip(BRIGHTNESS * colours, 0, 1), axis, box)
        inside = cut(brain, axis, middle[axis], box)
        outline(axes, inside, axis, box, YELLOW, width=0.6)
        letter_sides(axes, axis)
        label_position(axes, axis, middle[axis])


def _draw_sticks(part, tensor, fa, brain):
    """Show the principal directions as sticks."""
    part.suptitle("Principal directions where FA > 0.2, in the axial plane", fontsize=9)
    step = float(np.linalg.norm(tensor.affine[:3, 0]))
    middle = _middle(brain)[1]
    voxel = np.round(np.linalg.inv(tensor.affine)[:3] @ [*middle, 1])
    centre = tensor.affine[:3, :3] @ voxel + tensor.affine[:3, 3]
    # Whole voxels around the centre, so that none is cut.
    reach = np.ceil((bounding_box(brain) - centre[:, None]) / step) + [-0.5, 0.5]
    box = centre[:, None] + reach * step
    pixels, values = (
        cut(i, AXIAL, centre[2], box, step=step, order=0) for i in (fa, tensor)
    )
    colours, directions = direction_colours(values, pixels)
    axes = part.subplots()
    show(axes, pixels, AXIAL, box, vmin=0, vmax=1.3)
    rows, columns = np.nonzero(pixels > 0.2)
    starts = np.stack([columns, rows], -1) * step + box[:2, 0] + step / 2
    half = 0.45 * step * directions[rows, columns, :2]
    tint = np.abs(directions[rows, columns])
    tint = tint / np.maximum(tint.max(-1, keepdims=True), 1e-6)
    axes.add_collection(
        LineCollection(
            np.stack([starts - half, starts + half], 1),
            colors=tint,
            linewidths=1.1,
            capstyle="round",
        )
    )
    letter_sides(axes, AXIAL)
    label_position(axes, AXIAL, centre[2])


def _draw_motion(part, motion):
    """Plot translations, rotations and framewise displacement over the volumes."""
    wanted = [f"{kind}_{a}" for kind in ("trans", "rot") for a in "xyz"]
    absent = {*wanted, "framewise_displacement"} - set(motion)
    if absent:
        raise ValueError(
            f"the motion table lacks {', '.join(sorted(absent))}; its columns are "
            f"{', '.join(motion)}"
        )
    part.suptitle("Head motion during diffusion imaging", fontsize=9)
    panels = part.subplots(3, 1, sharex=True)
    moved = motion["framewise_displacement"]
    volumes = np.arange(len(moved))
    labels = ("translation\n(mm)", "rotation\n(degrees)")
    for axes, kind, label in zip(panels[:2], ("trans", "rot"), labels, strict=True):
        for name, colour, style in zip(
            "xyz", (ORANGE, GREEN, BLUE), ("-", "--", ":"), strict=True
        ):
            values = motion[f"{kind}_{name}"]
            axes.plot(volumes, values, style, color=colour, label=name, linewidth=1.2)
        axes.axhline(0, color=GREY, linewidth=0.5)
        axes.set_ylabel(label)
    panels[0].legend(
        ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderpad=0, handlelength=1.6
    )
    panels[2].bar(volumes, np.nan_to_num(moved), color=GREY, width=0.8)
    panels[2].set_ylabel("framewise\ndispl. (mm)")
    panels[2].set_xlabel(f"volume (mean displacement {np.nanmean(moved):.2f} mm)")
    part.align_ylabels(panels)
