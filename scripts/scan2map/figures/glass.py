"""Glass brains: a whole map at one glance, from three sides."""

import numpy as np
from matplotlib import colormaps

from scan2map.figures.slices import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    bounding_box,
    cut,
    letter_sides,
    outline,
    show,
    values,
)
from scan2map.figures.style import GREY, LIGHT
from scan2map.images import resample_to_grid

VIEWS = (SAGITTAL, CORONAL, AXIAL)
"""Lines of sight of a glass brain, from left to right."""

COLOURS = colormaps["RdBu_r"]
"""Blue below zero, red above; told apart in every kind of colour vision."""

STEP_MM = 2.0
"""Edge of a pixel."""

TISSUE = 0.7
"""Of the brightest value of the template, where its inner borders are drawn."""


class GlassBrain:
    """What all glass brains of a figure share: the box, the brain's borders.

    Parameters
    ----------
    mask : nibabel image
        The brain; inside where above 0.
    background : nibabel image
        T1w template: borders in its middle cuts say where one is.

    Attributes
    ----------
    box : ndarray, shape (3, 2)
        World box (mm) that all views show.
    """

    def __init__(self, mask, background):
        self.box = bounding_box(mask, margin=4.0)
        bright = TISSUE * np.percentile(values(background), 99.8)
        middle = bounding_box(mask).mean(1)
        self._brain = project(mask, self.box)
        self._tissue = {
            axis: cut(background, axis, middle[axis], self.box, STEP_MM) / bright
            for axis in VIEWS
        }

    def widths(self):
        """Return how wide each view is, in mm, so that all can have one scale."""
        return [np.ptp(self.box[1 if axis == SAGITTAL else 0]) for axis in VIEWS]

    def draw(self, panels, image, threshold, largest):
        """Draw one map from three sides.

        Parameters
        ----------
        panels : sequence of matplotlib Axes
            One for each of `VIEWS`.
        image : nibabel image
            3D, in the space of the mask.
        threshold, largest : float
            Absolute values below the first are left out; colours end at the second.
        """
        views = project(image, self.box)
        for axes, axis in zip(panels, VIEWS, strict=True):
            outline(axes, self._tissue[axis], axis, self.box, LIGHT, 0.6, level=1.0)
            shown = COLOURS(np.clip(views[axis] / largest / 2 + 0.5, 0, 1))
            shown[..., 3] = np.abs(views[axis]) >= threshold
            show(axes, shown, axis, self.box, zorder=3)
            outline(axes, self._brain[axis], axis, self.box, GREY, 0.8)


def project(image, box):
    """Return the value farthest from zero along each line of sight.

    Parameters
    ----------
    image : nibabel image
        3D.
    box : ndarray, shape (3, 2)
        World box (mm).

    Returns
    -------
    dict of int to ndarray, shape (rows, columns)
        By the axis looked along; rows go up (to the front in axial views), columns to
        the participant's right (to the front in sagittal views): left is left.
    """
    shape = np.round(np.ptp(box, axis=1) / STEP_MM).astype(int)
    affine = np.diag([STEP_MM, STEP_MM, STEP_MM, 1.0])
    affine[:3, 3] = box[:, 0] + STEP_MM / 2
    data = resample_to_grid(values(image), image.affine, shape, affine)
    return {axis: _farthest(data, axis).T for axis in VIEWS}


def _farthest(data, axis):
    """Return the maximum or the minimum along an axis, whichever is larger."""
    high, low = data.max(axis), data.min(axis)
    return np.where(high >= -low, high, low)


def letter_views(panels):
    """Write the sides into the three views of one glass brain."""
    for axes, axis in zip(panels, VIEWS, strict=True):
        letter_sides(axes, axis, colour="black")
