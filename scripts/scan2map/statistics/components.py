"""Tests of stacks of maps, a map per component, corrected for all of them."""

import logging

import numpy as np

from scan2map.images import to_image
from scan2map.statistics.clusters import COLUMNS, list_clusters
from scan2map.statistics.t_maps import TMap, describe_test, prepare_maps, voxel_t
from scan2map.statistics.thresholds import bonferroni

COMPONENT_COLUMNS = ("component", *COLUMNS)
"""Columns of the table of clusters; components are counted from 1."""


def stack_components(images, n_sessions, mask, voxel_size, fwhm, file):
    """Smooth every component of every session and sort them by component.

    Each session is read once and all go to a file, since together they may be larger
    than memory: 43 sessions of 30 components at 2 mm are 1.2 GB.

    Parameters
    ----------
    images : iterable of ndarray, shape (x, y, z, n_components)
        One per session, read one after the other.
    n_sessions : int
    mask : ndarray of bool, shape (x, y, z)
    voxel_size, fwhm : float
        mm.
    file : file object
        Opened for reading and writing bytes, such as `tempfile.TemporaryFile` gives.

    Returns
    -------
    numpy.memmap of float32, shape (n_components, n_sessions, n_voxels)

    Raises
    ------
    ValueError
        Sessions differ in their number of components, are on another grid than the
        mask or have values that are not finite.
    """
    stack = None
    for number, image in enumerate(images):
        maps = np.moveaxis(image, -1, 0)
        data = prepare_maps(maps, mask, voxel_size, fwhm, [False] * len(maps))
        if stack is None:
            shape = (len(data), n_sessions, data.shape[1])
            stack = np.memmap(file, np.float32, "w+", shape=shape)
        elif len(data) != len(stack):
            raise ValueError(
                f"session {number + 1} has maps of {len(data)} components, those "
                f"before of {len(stack)}"
            )
        stack[:, number] = data
    return stack


def t_test_components(stack, design, mask, affine, alpha=0.05, extent_mm3=0.0):
    """Test a contrast at each voxel of each component.

    Parameters
    ----------
    stack : iterable of ndarray, shape (n_participants, n_voxels)
        One per component, held one at a time.
    design : Design
        From `design.group_design`.
    mask : ndarray of bool, shape (x, y, z)
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    alpha : float
        Family-wise error rate over both signs, all voxels and all components.
    extent_mm3 : float
        Smallest cluster listed.

    Returns
    -------
    TMap
        `t` and `effect` of shape (x, y, z, n_components); `clusters` with the keys
        `COMPONENT_COLUMNS`, component by component; `summary` as from `t_test`, with
        ``components_constant``: components that are the same in everybody, as where
        no network saw them. Their t is 0, and they do not count for alpha.

    Raises
    ------
    ValueError
        All components are constant.
    """
    t_maps, effects, counts, df = [], [], [], None
    for data in stack:
        t, effect, tested, df = voxel_t(data, design)
        t_maps.append(t.astype(np.float32))
        effects.append(effect.astype(np.float32))
        counts.append(int(tested.sum()))
    threshold = bonferroni(alpha, df, sum(counts))
    clusters = []
    for number, t in enumerate(t_maps, start=1):
        image = np.zeros(mask.shape)
        image[mask] = t
        found = list_clusters(image, affine, threshold, extent_mm3)
        clusters += [{"component": number, **cluster} for cluster in found]
    summary = {
        **describe_test(design, df),
        "components": len(counts),
        "components_constant": [n for n, k in enumerate(counts, start=1) if not k],
        "tests": sum(counts),
        "alpha": alpha,
        "correction": "Bonferroni over voxels and components, two-sided",
        "threshold": threshold,
        "extent_mm3": extent_mm3,
        "max_abs_t": [float(np.abs(t).max()) for t in t_maps],
        "voxels_above_threshold": [int((np.abs(t) > threshold).sum()) for t in t_maps],
        "clusters": len(clusters),
    }
    logging.info("df %d, |t| > %.3f, %d clusters", df, threshold, len(clusters))
    images = (to_image(values, mask) for values in (t_maps, effects))
    return TMap(*images, clusters, summary)
