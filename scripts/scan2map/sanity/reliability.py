"""How alike maps of networks are that were trained anew: intraclass correlation."""

import numpy as np

from scan2map.sensitivity import maps_held_out


def intraclass_correlation(ratings):
    """Return the intraclass correlations of single ratings, all targets by all raters.

    Parameters
    ----------
    ratings : ndarray, shape (n_targets, n_raters)

    Returns
    -------
    dict of str to float
        ``icc_2_1``, the absolute agreement of raters drawn from many, and ``icc_3_1``,
        the consistency of these raters, whose means may differ. Missing (nan) where
        all ratings are the same.

    Raises
    ------
    ValueError
        Fewer than two targets or raters.

    References
    ----------
    Shrout P.E., Fleiss J.L. (1979), Psychological Bulletin 86: 420-428,
    doi 10.1037/0033-2909.86.2.420.
    """
    ratings = np.asarray(ratings, dtype=float)
    n, k = ratings.shape
    if n < 2 or k < 2:
        raise ValueError(
            f"an intraclass correlation needs at least 2 targets and 2 raters, got {n} "
            f"and {k}"
        )
    mean, of_targets, of_raters = ratings.mean(), ratings.mean(1), ratings.mean(0)
    between = k * ((of_targets - mean) ** 2).sum() / (n - 1)
    raters = n * ((of_raters - mean) ** 2).sum() / (k - 1)
    rest = ratings - of_targets[:, None] - of_raters + mean
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    consistent = between + (k - 1) * error
    absolute = consistent + k * (raters - error) / n
    return {
        "icc_2_1": float((between - error) / absolute) if absolute else np.nan,
        "icc_3_1": float((between - error) / consistent) if consistent else np.nan,
    }


def map_reliability(maps):
    """Return the intraclass correlation of one session's maps over retrainings.

    Voxels are the targets, networks the raters. It is ICC(2,1): networks are a sample
    of those that might have been trained, each session has others, and stage 7 averages
    their maps as they are, so that a network whose map is higher everywhere disagrees.

    Parameters
    ----------
    maps : sequence of ndarray, one shape
        Of networks none of which had seen the session. Voxels that are 0 in all of them
        are background.

    Returns
    -------
    float
        Missing (nan) where all maps are empty.
    """
    ratings = np.stack([np.ravel(one) for one in maps], axis=1)
    ratings = ratings[(ratings != 0).any(1)]
    if len(ratings) < 2:
        return np.nan
    return intraclass_correlation(ratings)["icc_2_1"]


def summarise_reliability(stacks, tables, sessions, place):
    """Return how reliable a kind of map is over networks, the median over sessions.

    Parameters
    ----------
    stacks : sequence of ndarray, shape (n_sessions, n_maps, ...)
        Maps of each network; none where no session has more than one network.
    tables : sequence of dict
        ``subjects`` and ``sessions`` of each stack, in order.
    sessions : sequence of (str, str)
        Participant and session.
    place : int or slice
        Which of the maps.

    Returns
    -------
    dict or None
        ``icc_2_1``, None where all maps are empty; the most ``networks`` that had not
        seen a session; the number of ``sessions`` that more than one had not seen. None
        where there are no such sessions.
    """
    held_out = [maps_held_out(stacks, tables, *one) for one in sessions if stacks]
    held_out = [maps for maps in held_out if len(maps) > 1]
    if not held_out:
        return None
    found = [map_reliability([one[place] for one in maps]) for maps in held_out]
    return {
        "icc_2_1": None if np.isnan(found).all() else float(np.nanmedian(found)),
        "networks": max(map(len, held_out)),
        "sessions": len(held_out),
    }
