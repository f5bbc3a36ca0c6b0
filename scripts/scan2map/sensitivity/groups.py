"""Maps of sessions gathered by group: means of voxels and of an atlas's regions."""

import numpy as np


def group_means(maps, participants, groups, order):
    """Average maps over each group; a participant counts once, however often scanned.

    Parameters
    ----------
    maps : iterable of ndarray, shape (x, y, z)
        One per session, read one after the other.
    participants, groups : sequence of str
        Whose session it is.
    order : sequence of str
        The groups to average.

    Returns
    -------
    list of ndarray of float32, shape (x, y, z)
        In the order of `order`.

    Raises
    ------
    ValueError
        A group has no session.
    """
    absent = [group for group in order if group not in groups]
    if absent:
        raise ValueError(
            f"no session of the group '{absent[0]}' has a map, since no network was "
            "tested on one: test more people in each repeat, or repeat more often"
        )
    totals = dict.fromkeys(order, 0.0)
    for image, who, group in zip(maps, participants, groups, strict=True):
        share = 1 / list(participants).count(who)
        totals[group] = totals[group] + share * image.astype(np.float64)
    people = {who: group for who, group in zip(participants, groups, strict=True)}
    counts = list(people.values())
    return [np.float32(totals[group] / counts.count(group)) for group in order]


def regional_means(image, labels, numbers):
    """Average a map over each region of an atlas.

    Parameters
    ----------
    image : ndarray, shape (x, y, z)
    labels : ndarray of int, shape (x, y, z)
        Number of the region; 0 for none.
    numbers : sequence of int
        The regions asked for.

    Returns
    -------
    ndarray, shape (n_regions,)
        NaN where a region has no voxel.
    """
    flat = labels.ravel()
    most = max([*numbers, int(flat.max())]) + 1
    voxels = np.bincount(flat, minlength=most)[list(numbers)]
    totals = np.bincount(flat, image.ravel().astype(float), most)[list(numbers)]
    return np.divide(totals, voxels, out=np.full(len(totals), np.nan), where=voxels > 0)


def regional_rows(maps, participants, groups, order, labels, names):
    """Tabulate means of regions by group; a participant counts once.

    Parameters
    ----------
    maps, participants, groups, order
        As for `group_means`.
    labels : ndarray of int, shape (x, y, z)
        As for `regional_means`.
    names : dict of int to str
        Of the regions.

    Returns
    -------
    list of dict
        For each region with voxels, in the order of their numbers, and each group:
        ``index``, ``region``, ``voxels``, ``group``, ``participants``, and ``mean`` and
        ``sd`` over participants (``ddof`` 1; NaN of one).
    """
    counts = np.bincount(labels.ravel())
    numbers = [n for n in sorted(names) if n and n < len(counts) and counts[n]]
    sessions = {who: [] for who in participants}
    for image, who in zip(maps, participants, strict=True):
        sessions[who].append(regional_means(image, labels, numbers))
    group_of = dict(zip(participants, groups, strict=True))
    values = {
        group: np.array(
            [np.mean(own, 0) for who, own in sessions.items() if group_of[who] == group]
        )
        for group in order
    }
    return [
        {
            "index": number,
            "region": names[number],
            "voxels": int(counts[number]),
            "group": group,
            "participants": len(people),
            "mean": float(people[:, place].mean()),
            "sd": float(people[:, place].std(ddof=1)) if len(people) > 1 else np.nan,
        }
        for place, number in enumerate(numbers)
        for group, people in values.items()
    ]
