"""Which maps of one set are which of another, and what templates call them."""

import numpy as np
import scipy


def spatial_correlation(maps, others):
    """Return Pearson's r over voxels between two sets of maps.

    Parameters
    ----------
    maps : ndarray, shape (n, n_voxels)
    others : ndarray, shape (m, n_voxels)

    Returns
    -------
    ndarray, shape (n, m)
        0 for a map that is the same everywhere.

    Raises
    ------
    ValueError
        Numbers of voxels differ.
    """
    if maps.shape[1] != others.shape[1]:
        raise ValueError(
            f"maps with {maps.shape[1]} and {others.shape[1]} voxels cannot be "
            "compared: use one mask for both"
        )
    return _standardise(maps) @ _standardise(others).T


def match_maps(maps, reference):
    """Assign maps to those of a reference, one to one, so that |r| is largest in sum.

    Parameters
    ----------
    maps : ndarray, shape (n, n_voxels)
    reference : ndarray, shape (m, n_voxels)
        At least as many.

    Returns
    -------
    matched : ndarray of int, shape (n,)
        Row of `reference` for each map.
    r : ndarray, shape (n,)
        Their correlation; negative where the map has the opposite sign.

    Raises
    ------
    ValueError
        More maps than the reference has, or another number of voxels.
    """
    if len(maps) > len(reference):
        raise ValueError(
            f"{len(maps)} maps cannot be matched one to one with {len(reference)}"
        )
    r = spatial_correlation(maps, reference)
    rows, matched = scipy.optimize.linear_sum_assignment(-np.abs(r))
    return matched, r[rows, matched]


def label_maps(maps, templates, labels):
    """Name each map after the template that it resembles most.

    Parameters
    ----------
    maps : ndarray, shape (n, n_voxels)
    templates : ndarray, shape (m, n_voxels)
        Known networks, any unit.
    labels : sequence of str, length m
        Their names; several maps may get the same.

    Returns
    -------
    names : list of str, length n
    r : ndarray, shape (n,)
        Correlation with that template, the largest of all in absolute value.

    Raises
    ------
    ValueError
        Not one name per template.
    """
    if len(labels) != len(templates):
        raise ValueError(
            f"{len(templates)} templates came with {len(labels)} labels: give one name "
            "per volume of the templates"
        )
    r = spatial_correlation(maps, templates)
    best = np.abs(r).argmax(1)
    return [labels[number] for number in best], r[np.arange(len(r)), best]


def _standardise(maps):
    """Return rows of mean 0 and length 1."""
    centred = maps - maps.mean(1, keepdims=True, dtype=np.float64)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return centred / np.where(length > 0, length, 1)
