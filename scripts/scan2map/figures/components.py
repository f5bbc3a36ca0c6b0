"""Gallery of group components: where they are, how they fluctuate, how stable."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from scan2map.figures.glass import COLOURS, GlassBrain, letter_views
from scan2map.figures.slices import values
from scan2map.figures.style import BLUE, new_figure, styled
from scan2map.nifti import nib

COLUMNS = 3
"""Components side by side."""

CELL = (5.0, 1.55)
"""Width and height of one component's part of the figure, inches."""

TOP, BOTTOM = 0.35, 0.7
"""Room for the title and for the colour bar, inches."""

MM_PER_INCH = 172.0
"""Scale of the glass brains."""

THRESHOLD = 2.5
"""|z| below which nothing is drawn."""

FOUND_AGAIN = 0.5
"""Smallest |r| of two maps that count as one network."""


def power_spectra(courses, repetition_times):
    """Return the mean power spectrum of each component's time courses.

    Parameters
    ----------
    courses : sequence of ndarray, shape (n_volumes, n_components)
        One per session, any unit.
    repetition_times : sequence of float
        s.

    Returns
    -------
    frequencies : ndarray, shape (n,)
        Hz, from 0 to the lowest of the sessions' Nyquist frequencies, in steps of the
        coarsest of their resolutions.
    power : ndarray, shape (n_components, n)
        Share of a session's power per Hz, the mean over sessions; every session counts
        as much, however strongly the component fluctuates in it.

    Raises
    ------
    ValueError
        There is no session.
    """
    if not len(courses):
        raise ValueError("there are no time courses to take a spectrum of")
    seconds = [len(c) * tr for c, tr in zip(courses, repetition_times, strict=True)]
    step, nyquist = 1 / min(seconds), 0.5 / max(repetition_times)
    frequencies = np.arange(0, nyquist + step / 2, step).clip(max=nyquist)
    total = np.zeros((courses[0].shape[1], len(frequencies)))
    for course, repetition_time in zip(courses, repetition_times, strict=True):
        power = np.square(np.abs(np.fft.rfft(course - course.mean(0), axis=0)))
        own = np.fft.rfftfreq(len(course), repetition_time)
        power = power / (power.sum(0) * own[1])
        total += [np.interp(frequencies, own, p) for p in power.T]
    return frequencies, total / len(courses)


def found_again(matches, n_components):
    """Count in how many folds the components of everybody were found again.

    Parameters
    ----------
    matches : sequence of pandas.DataFrame
        One per fold: `matched`, the component of everybody, counted from 1, and `r`,
        the spatial correlation with the fold's.
    n_components : int

    Returns
    -------
    counts : ndarray of int, shape (n_components,)
        Folds with |r| of at least `FOUND_AGAIN`.
    mean_r : ndarray, shape (n_components,)
        |r|, the mean over folds.
    """
    r = np.zeros((len(matches), n_components))
    for row, match in zip(r, matches, strict=True):
        row[match["matched"].to_numpy() - 1] = np.abs(match["r"])
    return (r >= FOUND_AGAIN).sum(0), r.mean(0)


@styled
def draw_components(maps, components, spectra, matches, background, mask, *, title):
    """Draw each component from three sides, with its spectrum and how sure it is.

    Parameters
    ----------
    maps : nibabel image
        4D, a component each, z scores.
    components : pandas.DataFrame
        In the order of the maps: `component`, counted from 1; `iq`; `share` of the
        variance; `label` and `label_r`, missing where no template set was given.
    spectra : (ndarray, ndarray)
        From `power_spectra`.
    matches : sequence of pandas.DataFrame
        From each fold, for `found_again`; may be empty.
    background : nibabel image
        T1w template.
    mask : nibabel image
        The voxels that were decomposed.
    title : str
        Name of the study.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        The numbers of maps, rows and spectra differ.
    """
    data = values(maps)
    numbers = data.shape[-1], len(components), len(spectra[1])
    if len(set(numbers)) > 1:
        raise ValueError(
            "a gallery needs a map, a row of the table and a spectrum per component, "
            "got {} maps, {} rows and {} spectra".format(*numbers)
        )
    rows = -(-numbers[0] // COLUMNS)
    size = COLUMNS * CELL[0], rows * CELL[1] + TOP + BOTTOM
    figure = new_figure(*size)
    figure.set_layout_engine("none")
    figure.suptitle(title, y=1 - 0.12 / size[1], va="top", fontweight="bold")
    glass = GlassBrain(mask, background)
    largest = colour_scale(data)
    notes = stability_notes(components, matches)
    for number, row in enumerate(components.itertuples()):
        corner = _corner(number, size)
        panels = _panels(figure, corner, glass.widths())
        image = nib.Nifti1Image(data[..., number], maps.affine)
        glass.draw(panels[:-1], image, THRESHOLD, largest)
        _draw_spectrum(panels[-1], spectra[0], spectra[1][number])
        _head(figure, corner, component_name(row), notes[number])
        if not number:
            letter_views(panels[:-1])
    _colour_bar(figure, largest)
    return figure


def colour_scale(data):
    """Return the |z| at which colours end: that of a component of middling peak."""
    return max(float(np.median(np.abs(data).max((0, 1, 2)))), 2 * THRESHOLD)


def component_name(row):
    """Return number and label of a component, as figures call it."""
    if not isinstance(row.label, str) or not row.label:
        return f"IC {row.component}"
    return f"IC {row.component}  {row.label.replace('_', ' ')} (r = {row.label_r:.2f})"


def stability_notes(components, matches):
    """Say of each component how stable it is and how much it explains."""
    notes = [
        f"Iq {row.iq:.2f}, {100 * row.share:.1f} % of variance"
        for row in components.itertuples()
    ]
    if not matches:
        return notes
    return [
        f"{note}; again in {count} of {len(matches)} folds, mean |r| {r:.2f}"
        for note, count, r in zip(notes, *found_again(matches, len(notes)), strict=True)
    ]


def _corner(number, size):
    """Return the left and upper end (inches from the lower left) of a cell."""
    row, column = divmod(number, COLUMNS)
    return 0.12 + column * CELL[0], size[1] - TOP - row * CELL[1]


def _panels(figure, corner, widths):
    """Add the axes of one component: three views and a spectrum."""
    left, top = corner
    panels = []
    for width in np.asarray(widths) / MM_PER_INCH:
        panels.append(_axes(figure, left, top - 1.42, width, 1.1))
        left += width + 0.06
    panels.append(_axes(figure, left + 0.2, top - 1.15, 1.15, 0.75))
    return panels


def _axes(figure, left, bottom, width, height):
    """Add axes at a place in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _head(figure, corner, name, note):
    """Write name and note above a component."""
    across, up = figure.get_size_inches()
    for down, text, options in (
        (0.02, name, {"fontweight": "bold", "fontsize": 9}),
        (0.17, note, {"fontsize": 8}),
    ):
        x, y = corner[0] / across, (corner[1] - down) / up
        figure.text(x, y, text, va="top", **options)


def _draw_spectrum(axes, frequencies, power):
    """Draw power over frequency; only the shape matters, so power has no ticks."""
    axes.fill_between(frequencies, power, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(frequencies, power, color=BLUE, linewidth=1)
    axes.set(xlim=(0, frequencies[-1]), ylim=(0, None), yticks=[])
    axes.set_xticks([0, frequencies[-1]], ["0", f"{frequencies[-1]:.3g} Hz"])
    axes.spines["left"].set_visible(False)


def _colour_bar(figure, largest):
    """Draw the scale of all maps below them."""
    across, _ = figure.get_size_inches()
    axes = _axes(figure, across / 2 - 1.5, 0.45, 3.0, 0.12)
    scale = ScalarMappable(Normalize(-largest, largest), COLOURS)
    bar = figure.colorbar(scale, cax=axes, orientation="horizontal")
    bar.set_ticks([-largest, -THRESHOLD, 0, THRESHOLD, largest])
    bar.ax.xaxis.set_major_formatter("{x:.1f}")
    bar.set_label(f"z (drawn where |z| is at least {THRESHOLD:g})")
