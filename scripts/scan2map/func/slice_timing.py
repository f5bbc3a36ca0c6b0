"""Slice timing: as if all slices of a volume had been acquired at one moment."""

import numpy as np

SHORTEST = 1.0
"""Repetition time (s) below which slice timing is left out: no slice is more than half
a second from the middle of its volume, a twentieth of the period of the highest
frequency that is kept (0.09 Hz), and interpolation would cost more than it gives. With
multiband sequences this is usual (Glasser et al. 2013, doi
10.1016/j.neuroimage.2013.04.127)."""


def correct_slice_timing(data, times, reference, repetition_time):
    """Shift every slice's time courses to one moment of the volume.

    The shift is a phase in Fourier space, as SPM12's ``spm_slice_timing``: time courses
    are continued by a straight line from their last value back to their first, up to
    the next power of two, so that they close to a circle without a jump.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        BOLD, slices along the third axis.
    times : sequence of float, length z
        When each slice was acquired, s after the start of its volume.
    reference : float
        Moment of the volume, s after its start, to which slices are shifted.
    repetition_time : float
        From one volume to the next, s.

    Returns
    -------
    ndarray of float32, shape of `data`

    Raises
    ------
    ValueError
        Not one time per slice, a time that is not within the repetition time, or
        fewer than two volumes.
    """
    data = np.asarray(data)
    check_times(times, data.shape, repetition_time)
    n = data.shape[3]
    length = 2 ** (int(np.log2(n)) + 1)
    frequency = np.fft.rfftfreq(length)
    shifted = np.empty(data.shape, dtype=np.float32)
    for number, time in enumerate(times):
        courses = data[:, :, number].astype(np.float64)
        back = np.linspace(courses[..., -1], courses[..., 0], length - n, axis=-1)
        spectrum = np.fft.rfft(np.concatenate([courses, back], axis=-1))
        delay = (time - reference) / repetition_time
        spectrum *= np.exp(-2j * np.pi * frequency * delay)
        shifted[:, :, number] = np.fft.irfft(spectrum, length)[..., :n]
    return shifted


def check_times(times, shape, repetition_time):
    """Raise ValueError unless these are times of the slices of a 4D image."""
    if len(shape) != 4 or shape[3] < 2:
        raise ValueError(
            f"slice timing needs a series of volumes, got an image of shape {shape}"
        )
    if len(times) != shape[2]:
        raise ValueError(
            f"SliceTiming lists {len(times)} slices, the image has {shape[2]} along "
            "its third axis: the sidecar belongs to another image"
        )
    wrong = [time for time in times if not 0 <= time < repetition_time]
    if wrong:
        raise ValueError(
            f"SliceTiming has {wrong[0]} s, outside a volume of {repetition_time} s "
            "(RepetitionTime): times should be in seconds"
        )


def slice_times(sidecar, shape):
    """Read when each slice along the third axis was acquired.

    Parameters
    ----------
    sidecar : dict
        BIDS metadata: ``SliceTiming`` (s), ``SliceEncodingDirection`` (``k`` where it
        is absent).
    shape : sequence of int
        Of the image.

    Returns
    -------
    list of float or None
        s; None where the scanner did not say.

    Raises
    ------
    ValueError
        Slices run along another axis of the image than the third.
    """
    times = sidecar.get("SliceTiming")
    if times is None:
        return None
    direction = sidecar.get("SliceEncodingDirection", "k")
    if direction not in ("k", "k-"):
        raise ValueError(
            f"SliceEncodingDirection is {direction}: slices are expected along the "
            f"third axis of the image of shape {tuple(shape)} (k or k-)"
        )
    return list(times) if direction == "k" else list(reversed(times))


def why_not(times, repetition_time, wanted=True):
    """Say why slice timing is left out, or return None where it is corrected.

    Parameters
    ----------
    times : list of float or None
        From `slice_times`.
    repetition_time : float
        s.
    wanted : bool
        Whether the configuration asks for it.

    Returns
    -------
    str or None
        A sentence's end, for sidecar and report.
    """
    if not wanted:
        return "the configuration says 'func: slice_timing: false'"
    if times is None:
        return "the sidecar has no SliceTiming"
    if repetition_time < SHORTEST:
        return (
            f"a volume takes {repetition_time:g} s, less than {SHORTEST:g} s: slices "
            "are hardly apart"
        )
    return None
