"""Clusters of voxels above a threshold, listed by extent."""

import numpy as np
from scipy import ndimage

AXES = ("x_mm", "y_mm", "z_mm")

COLUMNS = ("sign", "voxels", "volume_mm3", "peak_t", *AXES)
"""Columns of a cluster table; coordinates are those of the peak in world space."""

NEIGHBOURS = ndimage.generate_binary_structure(3, 2)
"""Voxels that share a face or an edge: 18."""


def list_clusters(t, affine, threshold, extent_mm3=0.0):
    """List connected voxels beyond a threshold of either sign, the largest first.

    Voxels that share a face or an edge are connected (18 neighbours, as in SPM), if
    they have the same sign.

    Parameters
    ----------
    t : ndarray, shape (x, y, z)
        t values, 0 outside the mask.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    threshold : float
        Above 0; a voxel counts if ``|t| > threshold``.
    extent_mm3 : float
        Smallest volume listed.

    Returns
    -------
    list of dict
        Keys as in `COLUMNS`: "+" or "-", int, mm³, t with its sign, mm.
    """
    volume = round(abs(float(np.linalg.det(affine[:3, :3]))), 6)
    rows = []
    for sign in (1, -1):
        rows += _clusters_of_one_sign(sign * t, threshold, extent_mm3 / volume, sign)
    rows.sort(key=lambda row: (-row["voxels"], -abs(row["peak_t"])))
    for row in rows:
        xyz = affine[:3, :3] @ row.pop("peak") + affine[:3, 3]
        row |= dict(zip(AXES, xyz.tolist(), strict=True))
        row["volume_mm3"] = row["voxels"] * volume
    return [{column: row[column] for column in COLUMNS} for row in rows]


def _clusters_of_one_sign(t, threshold, smallest, sign):
    """Yield size and peak of the clusters above a threshold."""
    labels, n = ndimage.label(t > threshold, NEIGHBOURS)
    if not n:
        return
    sizes = np.bincount(labels.ravel())[1:]
    peaks = ndimage.maximum_position(t, labels, np.arange(1, n + 1))
    for size, peak in zip(sizes.tolist(), peaks, strict=True):
        # A volume given in mm³ must not fail by a rounded voxel volume.
        if size >= smallest * (1 - 1e-6):
            yield {
                "sign": "+" if sign > 0 else "-",
                "voxels": size,
                "peak_t": sign * float(t[peak]),
                "peak": np.array(peak),
            }
