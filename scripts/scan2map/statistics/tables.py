"""Tables of clusters and peaks with p values at each level, as in SPM's results."""

import csv
import math
from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.special import ndtri

from scan2map.statistics import random_fields
from scan2map.statistics.fdr import adjusted_p

AXES = ("x_mm", "y_mm", "z_mm")

TEXT = ("sign", "region")
"""Columns of tables that are no numbers."""

NEIGHBOURS = ndimage.generate_binary_structure(3, 2)
"""Voxels that share a face or an edge: 18, as in SPM."""

MOST_PEAKS, APART = 3, 8.0
"""Peaks listed per cluster at most, and their least distance (mm)."""


class Peaks(NamedTuple):
    """Local maxima above a threshold.

    `value` (n,), `voxel` (n, 3) and `cluster` (n,), which counts from 0; `sizes`, in
    voxels, of the clusters.
    """

    value: np.ndarray
    voxel: np.ndarray
    cluster: np.ndarray
    sizes: np.ndarray


def find_peaks(image, u):
    """Find clusters above a threshold, and their local maxima.

    Parameters
    ----------
    image : ndarray, shape (x, y, z)
        0 or NaN outside of the mask.
    u : float
        A voxel counts if it is larger; 0 or more.

    Returns
    -------
    Peaks
        A voxel is a maximum if none of the 18 around it is larger.
    """
    image = np.nan_to_num(np.asarray(image, dtype=np.float64))
    above = image > u
    labels, n = ndimage.label(above, NEIGHBOURS)
    sizes = np.bincount(labels[above], minlength=n + 1)[1:]
    around = ndimage.maximum_filter(
        np.where(above, image, -np.inf),
        footprint=NEIGHBOURS,
        mode="constant",
        cval=-np.inf,
    )
    voxel = np.argwhere(above & (image >= around))
    place = tuple(voxel.T)
    return Peaks(image[place], voxel, labels[place] - 1, sizes)


def results_table(image, affine, u, search, extent=0):
    """List clusters and peaks above a threshold, as SPM does.

    Parameters
    ----------
    image : ndarray, shape (x, y, z)
        T or F; 0 or NaN outside of the mask.
    affine : ndarray, shape (4, 4)
        Voxel to world (mm).
    u : float
        Threshold that forms clusters.
    search : random_fields.Search
    extent : int
        Voxels of the smallest cluster listed. FDR counts all of them.

    Returns
    -------
    dict
        ``set``: ``p`` and ``clusters``, None without any; ``rows``, those of a cluster
        together, the highest peak first: cluster's ``cluster_p_fwe``,
        ``cluster_p_fdr``, ``voxels`` and ``cluster_p`` (None but in its first row);
        peak's ``peak_p_fwe``, ``peak_p_fdr``, ``value``, ``z``, ``p``, ``x_mm``,
        ``y_mm``, ``z_mm``; ``thresholds``: the smallest value or size that is
        significant at 0.05 (``peak_fwe``, ``peak_fdr``, ``cluster_fwe``,
        ``cluster_fdr``), inf where none is. As SPM's, a peak's uncorrected p is
        1 - exp(-p), the same formula as for the corrected one.
    """
    peaks = find_peaks(image, u)
    p, fwe = random_fields.cluster_p(peaks.sizes, u, search)
    cluster_q = adjusted_p(p)
    peak_q = adjusted_p(random_fields.peak_chance(peaks.value, u, search))
    thresholds = {
        "peak_fwe": random_fields.peak_threshold(0.05, search),
        "peak_fdr": smallest(peaks.value[peak_q < 0.05]),
        "cluster_fwe": smallest(peaks.sizes[fwe < 0.05]),
        "cluster_fdr": smallest(peaks.sizes[cluster_q < 0.05]),
    }
    world = peaks.voxel @ affine[:3, :3].T + affine[:3, 3]
    peak_p = random_fields.peak_p(peaks.value, search)
    tail = -np.expm1(-random_fields.uncorrected_p(peaks.value, search))
    z = -ndtri(tail)
    left = peaks.sizes[peaks.cluster] >= extent
    rows = []
    while left.any():
        best = np.flatnonzero(left)[peaks.value[left].argmax()]
        mine = peaks.cluster == peaks.cluster[best]
        left &= ~mine
        for number in _listed(np.flatnonzero(mine), peaks.value, world):
            cluster = peaks.cluster[number]
            first = number == best
            rows.append(
                {
                    "cluster_p_fwe": float(fwe[cluster]) if first else None,
                    "cluster_p_fdr": float(cluster_q[cluster]) if first else None,
                    "voxels": int(peaks.sizes[cluster]) if first else None,
                    "cluster_p": float(p[cluster]) if first else None,
                    "peak_p_fwe": float(peak_p[number]),
                    "peak_p_fdr": float(peak_q[number]),
                    "value": float(peaks.value[number]),
                    "z": float(z[number]),
                    "p": float(tail[number]),
                    **dict(zip(AXES, world[number].tolist(), strict=True)),
                }
            )
    clusters = int((peaks.sizes >= extent).sum())
    whole = {"p": None, "clusters": clusters}
    if clusters:
        whole["p"] = random_fields.set_p(clusters, extent, u, search)
    return {"set": whole, "rows": rows, "thresholds": thresholds}


def _listed(numbers, value, world):
    """Return a cluster's peaks, the highest first, that are far enough apart."""
    kept = []
    for number in numbers[np.argsort(-value[numbers], kind="stable")]:
        apart = np.linalg.norm(world[kept] - world[number], axis=1)
        if len(kept) < MOST_PEAKS and (apart > APART).all():
            kept.append(number)
    return kept


def smallest(values):
    """Return the smallest of the significant ones; inf without any."""
    return float(values.min()) if len(values) else float("inf")


def write_rows(rows, columns, path):
    """Write rows as TSV, floats with six digits.

    Parameters
    ----------
    rows : sequence of dict
        With the keys `columns`; None and NaN become empty cells.
    columns : sequence of str
    path : str or Path
    """
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)


def read_rows(path):
    """Return the rows of a table as `write_rows` wrote it, None where a cell is empty.

    Numbers are floats; sign and region are text.
    """
    with open(path, newline="") as file:
        return [
            {column: _value(column, cell) for column, cell in row.items()}
            for row in csv.DictReader(file, delimiter="\t")
        ]


def _cell(value):
    """Return what a table shows of a value."""
    if not isinstance(value, float):
        return value
    return "" if math.isnan(value) else f"{value:.6g}"


def _value(column, cell):
    """Return what a cell of a table says."""
    if not cell:
        return None
    return cell if column in TEXT else float(cell)
