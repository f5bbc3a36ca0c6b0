"""Confounds of a BOLD run, in fMRIPrep's names: motion, tissue signals, outliers."""

import numpy as np

from scan2map.func.tissues import tissue_signals
from scan2map.motion import MOTION_COLUMNS, framewise_displacement
from scan2map.nifti import nib

EXPANSIONS = ("derivative1", "power2", "derivative1_power2")
"""From 6 motion parameters to 24 (Friston et al. 1996, doi 10.1002/mrm.1910350312)."""

DVARS_SCALE = 1000.0
"""Median of the data when DVARS is computed: 10 is then 1 %, as in fMRIPrep."""

COMPONENTS = {"white_matter": "w_comp_cor", "csf": "c_comp_cor"}
"""Prefix of the aCompCor components of each tissue."""


def tabulate(data, brain, cores, motion, repetition_time, settings):
    """Tabulate the confounds of a run.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD within the brain before smoothing, any unit.
    brain : ndarray of bool, shape (x, y, z)
        Its n_voxels voxels.
    cores : dict of ndarray of bool, shape (x, y, z)
        Voxels well inside ``csf`` and ``white_matter``.
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm), then rotations (radian).
    repetition_time : float
        s.
    settings : dict
        The configuration's ``func``: confounds (compcor), outliers.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        By fMRIPrep's names, NaN where a first volume has no value.
    """
    table = tissue_signals(data, brain, cores)
    scaled = data * np.float32(DVARS_SCALE / np.median(data))
    change = dvars(scaled)
    table |= {"dvars": change, "std_dvars": change / usual_change(scaled)}
    table |= motion_confounds(motion)
    for name, mask in cores.items():
        courses = data[:, mask[brain]].T[:, None, None]
        table |= tissue_components(
            courses,
            {COMPONENTS[name]: np.ones(courses.shape[:3], bool)},
            settings["confounds"]["compcor"],
            repetition_time,
        )
    outliers = outlier_volumes(
        table["global_signal"],
        table["framewise_displacement"],
        z=settings["outliers"]["global_signal_z"],
        millimetres=settings["outliers"]["displacement_mm"],
    )
    return table | scrubbing(outliers)


def describe(facts, settings):
    """Say in a sidecar what the columns of `tabulate` are.

    Parameters
    ----------
    facts : dict of dict
        Of each tissue, from `scan2map.func.tissues.core`.
    settings : dict
        The configuration's ``func``.

    Returns
    -------
    dict
    """
    limits = settings["outliers"]
    said = {
        "trans_x": {"Units": "mm", "Description": "Also trans_y, trans_z"},
        "rot_x": {"Units": "rad", "Description": "Also rot_y, rot_z"},
        "framewise_displacement": {
            "Units": "mm",
            "Description": "Power et al. 2012, sphere of 50 mm",
        },
        "dvars": {"Description": f"Of data with a median of {DVARS_SCALE:g}"},
        "std_dvars": {"Description": "DVARS relative to the voxels' usual change"},
        "motion_outlier": {
            "Description": "1 at one volume whose framewise displacement or change of "
            "the global signal is beyond the threshold",
            "FramewiseDisplacementThreshold": limits["displacement_mm"],
            "GlobalSignalThresholdZ": limits["global_signal_z"],
        },
    }
    for tissue, prefix in COMPONENTS.items():
        said[tissue] = {"Description": "Mean signal"} | facts[tissue]
        said[prefix] = {"Method": "aCompCor", "HighPassCutoffSeconds": 128}
    return said


def motion_confounds(motion):
    """Return the 24 motion parameters and framewise displacement.

    Parameters
    ----------
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm), then rotations (radian), relative to one volume.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        ``trans_x`` … ``rot_z`` (mm, radian), each also ``_derivative1`` (difference
        from the volume before, NaN for the first), ``_power2`` and
        ``_derivative1_power2``; and ``framewise_displacement`` (mm, NaN for the first).
    """
    table, motion = {}, np.asarray(motion, dtype=float)
    for name, values in zip(MOTION_COLUMNS, motion.T, strict=True):
        change = np.concatenate([[np.nan], np.diff(values)])
        expanded = (values, change, values**2, change**2)
        names = (name, *(f"{name}_{suffix}" for suffix in EXPANSIONS))
        table |= dict(zip(names, expanded, strict=True))
    displacement = framewise_displacement(motion)
    displacement[0] = np.nan
    return table | {"framewise_displacement": displacement}


def dvars(data):
    """Return how much the image changed from volume to volume.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD in the brain, any unit.

    Returns
    -------
    ndarray, shape (n_volumes,)
        Root mean square over voxels of the difference from the volume before, in the
        unit of the data; NaN for the first volume.
    """
    change = np.sqrt(np.square(np.diff(data, axis=0)).mean(1))
    return np.concatenate([[np.nan], change])


def usual_change(data):
    """Return what `dvars` would be if nothing but a voxel's usual noise were in it.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD in the brain, any unit.

    Returns
    -------
    float
        Mean over voxels of sqrt(2 (1 - r)) · sd, with the robust standard deviation
        sd of the time course (from quartiles) and its autocorrelation r at one volume;
        fMRIPrep's ``std_dvars`` is `dvars` divided by this (Nichols 2013,
        arXiv:1704.01469).
    """
    low, high = np.percentile(data, (25, 75), axis=0)
    centred = data - data.mean(0)
    power = np.square(centred).sum(0)
    lagged = (centred[1:] * centred[:-1]).sum(0)
    correlation = np.divide(lagged, power, out=np.ones_like(power), where=power > 0)
    return float((np.sqrt(2 * (1 - correlation)) * (high - low) / 1.349).mean())


def tissue_components(data, masks, n_components, repetition_time):
    """Return anatomical CompCor of each tissue.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        BOLD before smoothing.
    masks : dict of ndarray of bool, shape (x, y, z)
        Voxels well inside a tissue, by the prefix of its columns: ``w_comp_cor`` for
        white matter, ``c_comp_cor`` for cerebrospinal fluid.
    n_components : int
        Per tissue; CONN's 5. 0 gives an empty table.
    repetition_time : float
        s.

    Returns
    -------
    dict of ndarray, shape (n_volumes,)
        ``w_comp_cor_00`` …: principal components of time courses after slow drifts
        (cosines above 128 s) were taken out, by nipype.

    Raises
    ------
    ValueError
        A tissue without voxel, or with fewer voxels than components.

    References
    ----------
    Behzadi Y. et al. (2007), NeuroImage, doi 10.1016/j.neuroimage.2007.04.042.
    """
    from nipype.algorithms.confounds import compute_noise_components

    table = {}
    for prefix, mask in masks.items() if n_components else ():
        if mask.sum() < n_components:
            raise ValueError(
                f"the mask for {prefix} has {mask.sum()} voxels, {n_components} "
                "components were asked for: is the tissue in the field of view, and "
                "the segmentation right?"
            )
        image = nib.Nifti1Image(mask.astype(np.uint8), np.eye(4))
        components, _, _ = compute_noise_components(
            *(data, [image], n_components),
            filter_type="cosine",
            period_cut=128,
            repetition_time=repetition_time,
        )
        for number, values in enumerate(components.T):
            table[f"{prefix}_{number:02d}"] = values
    return table


def outlier_volumes(global_signal, displacement, z=5.0, millimetres=0.9):
    """Find volumes in which the head jumped or the signal did.

    Parameters
    ----------
    global_signal : ndarray, shape (n_volumes,)
        Mean over the brain, any unit.
    displacement : ndarray, shape (n_volumes,)
        Framewise displacement, mm; NaN counts as none.
    z : float
        Largest change of the global signal from the volume before, in standard
        deviations; these are robust (1.4826 · median absolute deviation), so that
        outliers do not hide each other.
    millimetres : float
        Largest displacement.

    Returns
    -------
    ndarray of bool, shape (n_volumes,)
        CONN's intermediate thresholds are the defaults; CONN takes the displacement of
        a bounding box of the head instead.
    """
    change = np.diff(global_signal, prepend=global_signal[:1])
    deviation = np.abs(change - np.median(change))
    spread = 1.4826 * np.median(deviation)
    jumps = deviation > z * spread if spread > 0 else deviation > 0
    return jumps | (np.nan_to_num(displacement) > millimetres)


def scrubbing(outliers):
    """Return one column per outlier, ``motion_outlier00`` …, 1 at its volume."""
    columns = {}
    for number, volume in enumerate(np.flatnonzero(outliers)):
        columns[f"motion_outlier{number:02d}"] = np.zeros(len(outliers))
        columns[f"motion_outlier{number:02d}"][volume] = 1.0
    return columns
