"""What the methods text says of the preprocessing of BOLD."""

from scan2map.func.slice_timing import SHORTEST
from scan2map.methods.words import grid_words, listed, sentences

CONN = {
    "outliers": {"global_signal_z": 5.0, "displacement_mm": 0.9},
    "confounds": {"motion": 12, "compcor": 5},
    "band": [0.008, 0.09],
}
"""Denoising by CONN's defaults (intermediate thresholds)."""


def describe_func(func, grid):
    """Preprocessing of BOLD from the scanner's images on.

    Parameters
    ----------
    func, grid : dict
        Blocks of the resolved configuration.

    Returns
    -------
    str
    """
    registration = {
        "rigid": "by a rigid transformation that maximises mutual information "
        "[mattes2003]",
        "syn": "by a rigid transformation that maximises mutual information "
        "[mattes2003] and a deformation along the phase-encoding direction, against "
        "the distortion of echo-planar imaging (SyN) [avants2008]",
    }
    return sentences(
        "Slices were shifted to the middle of their volume by a phase in Fourier space "
        f"[sladky2011] where their times were known and a volume took {SHORTEST:g} s "
        "or more."
        if func["slice_timing"]
        else "Slice timing was not corrected.",
        "Volumes were realigned to their mean by rigid transformations that minimise "
        "squared differences [friston1995].",
        "The mean volume was registered to the T1-weighted image "
        f"{registration[func['registration']]} with ANTs [tustison2021].",
        "All transformations were composed, so that BOLD was interpolated once, by "
        f"cubic splines, to MNI space on {grid_words(grid)}.",
        "Framewise displacement was computed with a radius of 50 mm [power2012].",
        _denoising(func, patterns=[]),
    )


def describe_derivatives(derivatives, func, grid):
    """What was done with BOLD that came preprocessed.

    Parameters
    ----------
    derivatives, func, grid : dict
        Blocks of the resolved configuration.

    Returns
    -------
    str
    """
    return sentences(
        "Images had been preprocessed and brought to MNI space before; the boilerplate "
        "of the programme that did it describes how.",
        f"They were brought to {grid_words(grid)}, by cubic splines where theirs was "
        "another.",
        _denoising(func, derivatives["confounds"]),
        ""
        if derivatives["confounds"]
        else "Volumes that the table of confounds marks as before the steady state had "
        "a regressor each.",
    )


def _denoising(func, patterns):
    """Smoothing and the one model of confounds, drift and band."""
    low, high = func["band"]
    as_conn = not patterns and all(func[key] == value for key, value in CONN.items())
    fwhm = f"{func['fwhm']:g} mm full width at half maximum"
    confounds = (
        [f"the columns {listed(patterns)} of the table of confounds"]
        if patterns
        else _confounds(func)
    )
    band = f"all frequencies outside {low:g} to {high:g} Hz"
    return sentences(
        f"Images were smoothed within the brain with a Gaussian kernel of {fwhm}, and "
        "expressed as percent of each voxel's mean."
        if func["fwhm"]
        else "Images were not smoothed, and expressed as percent of each voxel's mean.",
        "In one model, so that no step brings back what another took out "
        f"[hallquist2013], {listed([*confounds, 'a linear trend', band])} were "
        "regressed out.",
        "These are the defaults of CONN's denoising [whitfield2012]."
        if as_conn
        else "",
    )


def _confounds(func):
    """Regressors that the configuration chooses."""
    limits, asked = func["outliers"], func["confounds"]
    motion = {
        12: "the six parameters of motion and their derivatives",
        24: "the six parameters of motion, their derivatives and the squares of both "
        "[friston1996]",
    }
    compcor = (
        f"{asked['compcor']} principal components each of white matter and of "
        "cerebrospinal fluid (aCompCor) [behzadi2007]"
    )
    outliers = (
        "one regressor per outlier volume (framewise displacement above "
        f"{limits['displacement_mm']:g} mm, or a change of the global signal beyond "
        f"{limits['global_signal_z']:g} robust standard deviations)"
    )
    return [motion[asked["motion"]], *([compcor] if asked["compcor"] else []), outliers]
