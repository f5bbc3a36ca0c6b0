"""The voxel-wise test of a stack of maps, from images to a table of clusters."""

import logging
from typing import NamedTuple

import numpy as np

from scan2map.statistics.clusters import list_clusters
from scan2map.statistics.glm import fit, t_contrast
from scan2map.statistics.smoothing import smooth, smooth_within
from scan2map.statistics.thresholds import bonferroni


class TMap(NamedTuple):
    """A thresholded test: maps are 0 outside the mask."""

    t: np.ndarray
    effect: np.ndarray
    clusters: list
    summary: dict


def prepare_maps(maps, mask, voxel_size, fwhm, mirrored):
    """Bring maps to one side, smooth them within the mask and keep its voxels.

    Parameters
    ----------
    maps : iterable of ndarray, shape (x, y, z)
        One per session, read one after the other.
    mask : ndarray of bool, shape (x, y, z)
        Voxels that are valid in every session, after mirroring.
    voxel_size, fwhm : float
        mm.
    mirrored : sequence of bool
        Per session: reverse the first axis, so that a disease of one side lies on the
        same side in everybody.

    Returns
    -------
    ndarray, shape (n_sessions, n_voxels), float32

    Raises
    ------
    ValueError
        A map has another shape or values that are not finite.
    """
    data = np.empty((len(mirrored), mask.sum()), dtype=np.float32)
    weight = smooth(mask, voxel_size, fwhm)[mask]
    for number, (image, flip) in enumerate(zip(maps, mirrored, strict=True)):
        if image.shape != mask.shape:
            raise ValueError(
                f"map number {number + 1} has shape {image.shape}, the mask "
                f"{mask.shape}: all must lie on the same grid"
            )
        image = image[::-1] if flip else image
        if not np.isfinite(image[mask]).all():
            raise ValueError(
                f"map number {number + 1} has {(~np.isfinite(image[mask])).sum()} "
                f"values in the mask that are not finite: look at how it was made"
            )
        data[number] = smooth_within(image, mask, voxel_size, fwhm, weight)
    return data


def t_test(data, design, mask, affine, alpha=0.05, extent_mm3=0.0):
    """Test a contrast at each voxel and list the clusters beyond Bonferroni.

    Parameters
    ----------
    data : ndarray, shape (n_participants, n_voxels)
        Values in the mask.
    design : Design
        From `design.group_design`.
    mask : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    alpha : float
        Family-wise error rate over both signs and all voxels tested.
    extent_mm3 : float
        Smallest cluster listed.

    Returns
    -------
    TMap
        `t`; `effect`, the contrast's estimate in the unit of the data; `clusters` as
        from `list_clusters`; `summary` with degrees of freedom, threshold, numbers of
        participants and voxels, extremes of t. Voxels with the same value in everybody
        are not tested, as in SPM: t is 0 there, and they do not count for alpha.
    """
    t, effect, tested, df = voxel_t(data, design)
    threshold = bonferroni(alpha, df, int(tested.sum()))
    t_image, effect_image = np.zeros(mask.shape), np.zeros(mask.shape)
    t_image[mask], effect_image[mask] = t, effect
    clusters = list_clusters(t_image, affine, threshold, extent_mm3)
    summary = {
        **describe_test(design, df),
        "voxels_tested": int(tested.sum()),
        "voxels_constant": int((~tested).sum()),
        "alpha": alpha,
        "correction": "Bonferroni over voxels, two-sided",
        "threshold": threshold,
        "extent_mm3": extent_mm3,
        "max_abs_t": float(np.abs(t).max()),
        "max_t": float(t.max()),
        "min_t": float(t.min()),
        "voxels_above_threshold": int((np.abs(t) > threshold).sum()),
        "clusters": len(clusters),
    }
    logging.info("df %d, |t| > %.3f, %d clusters", df, threshold, len(clusters))
    return TMap(t_image, effect_image, clusters, summary)


def describe_test(design, df):
    """Return what the summary of a t test says of its design."""
    return {
        "statistic": "t",
        "df": df,
        "participants": len(design.participants),
        "participants_per_group": design.group_sizes,
        "design_columns": design.columns,
        "contrast": design.contrast.tolist(),
    }


def voxel_t(data, design):
    """Test a contrast at each voxel that differs between participants.

    Parameters
    ----------
    data : ndarray, shape (n_participants, n_voxels)
    design : Design

    Returns
    -------
    t, effect : ndarray, shape (n_voxels,)
        t is 0 where the value is the same in everybody.
    tested : ndarray of bool, shape (n_voxels,)
    df : int
        Degrees of freedom.
    """
    model = fit(data, design.matrix)
    t, effect = t_contrast(model, design.contrast)
    tested = np.ptp(data, axis=0) > 0
    t[~tested] = 0
    return t, effect, tested, model.df
