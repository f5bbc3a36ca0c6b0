"""Confounds, drift and everything outside the pass band, regressed out in one model."""

import numpy as np

DARK = 0.05
"""Share of the brain's median below which a voxel has no signal: where there is none,
percent of the mean would be noise without measure."""


def percent_change(data):
    """Express BOLD as percent of each voxel's mean.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD within the brain, any unit.

    Returns
    -------
    percent : ndarray of float32, shape of `data`
        Difference from the mean over volumes; 0 where there is no signal (`DARK`).
    dark : int
        Voxels without signal.

    Raises
    ------
    ValueError
        The median over the brain is not above 0: these are no images of a scanner.
    """
    mean = data.mean(0, dtype=np.float64)
    if not np.median(mean) > 0:
        raise ValueError(
            f"the median of the BOLD over the brain is {np.median(mean):g}, where it "
            "should be above 0: was the mean taken out already? Take images before "
            "denoising"
        )
    seen = mean > DARK * np.median(mean)
    scale = np.where(seen, 100 / np.where(seen, mean, 1), 0)
    return ((data - mean) * scale).astype(np.float32), int((~seen).sum())


def denoise(data, confounds, repetition_time, band=(0.008, 0.09)):
    """Keep what is in the band and unrelated to the confounds.

    Confounds, a linear trend and the Fourier basis outside the band are columns of one
    design, regressed simultaneously: filtering after regression would bring back what
    the confounds explain, and the other way round (Hallquist et al. 2013, doi
    10.1016/j.neuroimage.2013.05.116).

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD, any unit.
    confounds : ndarray, shape (n_volumes, n_confounds)
        NaN (fMRIPrep's "n/a": derivatives have no first value) counts as the column's
        mean.
    repetition_time : float
        s.
    band : (float, float)
        Lowest and highest frequency kept, Hz.

    Returns
    -------
    cleaned : ndarray of float32, shape of `data`
        Mean 0.
    df : int
        Degrees of freedom left per voxel: volumes minus the rank of the design.

    Raises
    ------
    ValueError
        The band is empty or not within 0 and Nyquist's frequency, or no degree of
        freedom is left.
    """
    n = len(data)
    design = np.column_stack(
        [
            np.ones(n),
            np.linspace(-1, 1, n),
            outside_band(n, repetition_time, band),
            _centred(confounds),
        ]
    )
    left, strength, _ = np.linalg.svd(_unit(design), full_matrices=False)
    basis = left[:, strength > strength[0] * n * np.finfo(float).eps]
    df = n - basis.shape[1]
    if df < 1:
        raise ValueError(
            f"{n} volumes leave no degree of freedom: {confounds.shape[1]} confounds "
            f"and the frequencies outside {band[0]:g}-{band[1]:g} Hz explain "
            "everything. Use fewer confounds or a wider band, or acquire more volumes"
        )
    basis = basis.astype(np.float32)
    data = np.asarray(data, dtype=np.float32)
    data = data - data.mean(0, dtype=np.float64).astype(np.float32)
    return data - basis @ (basis.T @ data), df


def outside_band(n_volumes, repetition_time, band):
    """Return sines and cosines of all frequencies outside a band.

    Returns
    -------
    ndarray, shape (n_volumes, n_columns)
        Of the frequencies k / (n_volumes · repetition_time); frequency 0 is left out.
    """
    low, high = band
    if not 0 <= low < high:
        raise ValueError(f"a band should rise from 0 Hz or more. {band} was given")
    if high > 0.5 / repetition_time:
        raise ValueError(
            f"volumes of {repetition_time:g} s hold no frequency above "
            f"{0.5 / repetition_time:.4g} Hz, and 'func: band' ends at {high:g} Hz: "
            "end it there or before"
        )
    frequencies = np.fft.rfftfreq(n_volumes, repetition_time)[1:]
    rejected = frequencies[(frequencies < low) | (frequencies > high)]
    if len(rejected) == len(frequencies):
        raise ValueError(
            f"no frequency of {n_volumes} volumes of {repetition_time:g} s is within "
            f"{low:g}-{high:g} Hz (the highest is {frequencies[-1]:.3g} Hz)"
        )
    angles = 2 * np.pi * np.outer(np.arange(n_volumes) * repetition_time, rejected)
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _centred(confounds):
    confounds = np.asarray(confounds, dtype=np.float64)
    if not confounds.shape[1]:
        return confounds
    centred = confounds - np.nanmean(confounds, axis=0)
    return np.nan_to_num(centred)


def _unit(design):
    """Give columns length 1, so that units do not decide what counts as dependent."""
    length = np.linalg.norm(design, axis=0)
    used = length > 1e-9 * np.sqrt(len(design))
    return design[:, used] / length[used]
