"""Cut images in world coordinates, and show the cuts with left on the left."""

import numpy as np
from matplotlib.patheffects import withStroke

from scan2map.figures.style import ORANGE, YELLOW
from scan2map.images import resample_to_grid

AXES = ("x", "y", "z")
"""Names of the world axes: to the right, to the front, up."""

SAGITTAL, CORONAL, AXIAL = 0, 1, 2
"""The axis that is perpendicular to the cut."""

CUTS = (AXIAL, CORONAL, SAGITTAL)
"""Cuts of a row of panels, from left to right."""

HALO = [withStroke(linewidth=2, foreground="black", alpha=0.6)]
"""A dark rim that keeps light lettering legible on bright tissue."""


def values(image):
    """Return the data of an image as float32; they are read once."""
    return image.get_fdata(dtype=np.float32)


def bounding_box(mask, margin=0.0):
    """Return the world box around a mask.

    Parameters
    ----------
    mask : nibabel image
        3D; inside where above 0.
    margin : float
        mm added on each side.

    Returns
    -------
    ndarray, shape (3, 2)
        Lowest and highest coordinate (RAS+ mm) along x, y, z.

    Raises
    ------
    ValueError
        The mask is empty.
    """
    inside = np.argwhere(values(mask) > 0)
    if not len(inside):
        raise ValueError(
            "the brain mask is empty, so there is no brain to draw; look at the log of "
            "the rule that made it"
        )
    ends = np.array([inside.min(0) - 0.5, inside.max(0) + 0.5])
    corners = np.stack(np.meshgrid(*ends.T, indexing="ij"), -1).reshape(-1, 3)
    world = corners @ mask.affine[:3, :3].T + mask.affine[:3, 3]
    return np.stack([world.min(0) - margin, world.max(0) + margin], axis=1)


def cut(image, axis, position, box, step=1.0, order=1):
    """Sample a plane of an image, whatever the orientation of its voxels.

    Parameters
    ----------
    image : nibabel image
        3D, or 4D with channels last.
    axis : {0, 1, 2}
        World axis perpendicular to the plane: sagittal, coronal, axial.
    position : float
        Coordinate (mm) of the plane along that axis.
    box : ndarray, shape (3, 2)
        World box (mm); the two other axes' ends are those of the plane.
    step : float
        Edge (mm) of a pixel.
    order : int
        0 for values that must not be mixed, 1 for linear interpolation.

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, channels)
        Rows go up (to the front in axial cuts), columns to the participant's right (to
        the front in sagittal cuts): left is left. 0 outside the image.
    """
    box = np.array(box, dtype=float)
    box[axis] = position - step / 2, position + step / 2
    shape = np.maximum(np.round((box[:, 1] - box[:, 0]) / step).astype(int), 1)
    affine = np.diag([step, step, step, 1.0])
    affine[:3, 3] = box[:, 0] + step / 2
    data = values(image)
    channels = data[..., None] if data.ndim == 3 else data
    planes = [
        resample_to_grid(
            channels[..., c], image.affine, shape, affine, order=order
        ).squeeze(axis)
        for c in range(channels.shape[-1])
    ]
    plane = np.stack(planes, axis=-1).swapaxes(0, 1)
    return plane[..., 0] if data.ndim == 3 else plane


def extent(axis, box):
    """Return left, right, bottom and top (mm) of a cut, as matplotlib wants them."""
    across, up = (a for a in range(3) if a != axis)
    return (*box[across], *box[up])


def show(axes, pixels, axis, box, **options):
    """Show a cut without ticks, in mm."""
    options = {"cmap": "gray", "interpolation": "nearest"} | options
    if pixels.ndim == 3:
        options.pop("cmap")
    drawn = axes.imshow(pixels, origin="lower", extent=extent(axis, box), **options)
    axes.set_axis_off()
    return drawn


def outline(axes, mask, axis, box, colour, width=1.0, level=0.5, style="solid"):
    """Draw the border of a cut through a mask, if the cut meets it."""
    if mask.min() < level < mask.max():
        axes.contour(
            mask,
            levels=[level],
            colors=[colour],
            linewidths=width,
            linestyles=style,
            origin="lower",
            extent=extent(axis, box),
        )


def letter_sides(axes, axis, colour="white"):
    """Write L and R, or P and A, at the sides of a cut."""
    for x, side, letter in zip(
        (0.03, 0.97), ("left", "right"), "PA" if axis == SAGITTAL else "LR", strict=True
    ):
        axes.text(
            x,
            0.97,
            letter,
            transform=axes.transAxes,
            ha=side,
            va="top",
            color=colour,
            fontsize=8,
            path_effects=HALO if colour == "white" else None,
        )


def in_mm(position):
    """Write a coordinate as whole mm with its sign."""
    rounded = round(float(position))
    return f"{rounded:+d}".replace("-", "\N{MINUS SIGN}") if rounded else "0"


def cut_panels(part, box, cuts=CUTS):
    """Return a row of panels as wide as its cuts, so that all have one scale."""
    widths = [np.diff(extent(axis, box)[:2])[0] for axis in cuts]
    return part.subplots(1, len(cuts), width_ratios=widths)


def brightest(inside):
    """Return the value that is white in a cut, by those inside the brain."""
    return max(np.percentile(inside, 99.5), 1e-6) if len(inside) else 1


def draw_outlined(part, title, image, brain, white, tissue=None):
    """Show three cuts of an image with the outline of a mask that it should fit.

    Parameters
    ----------
    part : matplotlib.figure.SubFigure
    title : str
    image, brain : nibabel image
        What is shown, and the mask.
    white : callable
        Takes the cut's values inside the mask, returns the value that is white.
    tissue : nibabel image, optional
        Its borders are drawn, thinner, in the mask.
    """
    part.suptitle(title, fontsize=9)
    box, middle = bounding_box(brain, margin=14.0), bounding_box(brain).mean(1)
    for axis, axes in zip(CUTS, cut_panels(part, box), strict=True):
        pixels, inside = (cut(i, axis, middle[axis], box) for i in (image, brain))
        show(axes, pixels, axis, box, vmin=0, vmax=white(pixels[inside > 0.5]))
        if tissue is not None:
            values = cut(tissue, axis, middle[axis], box)
            level = 0.55 * np.percentile(values[inside > 0.5], 95)
            outline(axes, values, axis, box, ORANGE, width=0.5, level=level)
        outline(axes, inside, axis, box, YELLOW, width=0.9)
        letter_sides(axes, axis)
        label_position(axes, axis, middle[axis])


def draw_t1w(left, right, t1w, brain, t1w_mni, template, template_brain):
    """Show a T1w image with its brain mask, and beside it how it fits the template.

    Parameters
    ----------
    left, right : matplotlib.figure.SubFigure
    t1w, brain : nibabel image
        Preprocessed T1w and its brain mask, any orientation.
    t1w_mni, template, template_brain : nibabel image
        The T1w in MNI space, the template and its brain mask, each on its own grid.
    """
    draw_outlined(left, "T1w and brain mask", t1w, brain, brightest)
    draw_outlined(
        right, "T1w in MNI and the template's outline", t1w_mni, template_brain,
        brightest, tissue=template,
    )  # fmt: skip


def label_position(axes, axis, position, colour="white"):
    """Write where the cut lies, in mm, at its lower edge."""
    axes.text(
        0.5,
        0.02,
        f"{AXES[axis]} = {in_mm(position)} mm",
        transform=axes.transAxes,
        ha="center",
        va="bottom",
        color=colour,
        fontsize=7,
        path_effects=HALO if colour == "white" else None,
    )
