"""What all figures share: sizes, colours, and how a figure becomes a file."""

from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

STYLE = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}

BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
"""Colours of Okabe and Ito (2008), told apart in every kind of colour vision."""

YELLOW, GREY, LIGHT = "#F0E442", "#767676", "#D0D0D0"
"""Outlines on anatomy; secondary lines; what lies in the background."""


DIGITS = 6
"""Decimals of a place in a figure of width and height 1: far finer than a pixel."""


def new_figure(width, height):
    """Return an empty figure; sizes in inches."""
    with matplotlib.rc_context(STYLE):
        return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def styled(draw):
    """Decorate a drawing function so that it draws in the style of the report."""

    def drawn(*arguments, **keywords):
        with matplotlib.rc_context(STYLE):
            return draw(*arguments, **keywords)

    drawn.__doc__, drawn.__name__ = draw.__doc__, draw.__name__
    return drawn


def settle(figure, dpi):
    """Lay a figure out once and for all, to the same bits in every process.

    Matplotlib's constrained layout solves its equations in the order of addresses in
    memory, so that its boxes differ in the last bit from one process to the next, and
    with them pixels of outlines that lie between two steps of the raster.
    """
    figure.set_dpi(dpi)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        box = axes.get_position(original=True)
        axes.set_position(Bbox(np.round(box.get_points(), DIGITS)), which="original")
    _settle_parts(figure)


def _settle_parts(figure):
    for text in figure.texts:
        text.set_position(np.round(text.get_position(), DIGITS))
    for part in figure.subfigs:
        box = part.bbox_relative
        box.set_points(np.round(box.get_points(), DIGITS))
        _settle_parts(part)


def write_png(figure, path, dpi=120, levels=64):
    """Write a figure as PNG; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to write.
    path : str or Path
        Where to.
    dpi : int
        Pixels per inch.
    levels : int
        Steps from black to white kept in each channel: 64 look like 256 and make a
        third of the file where images are noisy.
    """
    picture = BytesIO()
    with matplotlib.rc_context(STYLE):
        settle(figure, dpi)
        figure.savefig(picture, dpi=dpi, format="png")
    picture.seek(0)
    pixels = np.asarray(Image.open(picture).convert("RGB"), dtype=np.float32)
    coarse = np.round(np.round(pixels / 255 * (levels - 1)) * 255 / (levels - 1))
    image = Image.fromarray(coarse.astype(np.uint8))
    image.save(path, format="PNG", optimize=True, dpi=(dpi, dpi))
