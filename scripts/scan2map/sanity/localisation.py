"""How much of a map lies where an effect was planted."""

import numpy as np

from scan2map.images import read_array, read_json

CORE = 0.5
"""Share of the strongest voxel's that a voxel of a network's region has at least."""


def planted_regions(paths, effects):
    """Return where the phantom's effects are.

    Parameters
    ----------
    paths : sequence of str
        A mask for each effect; or the image of all networks, and its sidecar.
    effects : sequence of str
        Names.

    Returns
    -------
    dict of str to ndarray of bool, shape (x, y, z)
    """
    if len(paths) == 2 and paths[1].endswith(".json"):
        names = read_json(paths[1])["Volumes"]
        shares = {
            name: read_array(paths[0])[..., names.index(name)] for name in effects
        }
        return {name: share >= CORE * share.max() for name, share in shares.items()}
    masks = zip(effects, map(read_array, paths), strict=True)
    return {name: mask > 0 for name, mask in masks}


def mass_share(image, region, mask):
    """Return the share of a map's mass (absolute values) that lies in a region.

    Parameters
    ----------
    image : ndarray, shape (x, y, z) or (x, y, z, n)
        Of several maps the masses are added.
    region, mask : ndarray of bool, shape (x, y, z)
        Only what lies in the mask counts, of the region, too.

    Returns
    -------
    float
        Missing (nan) where the map is empty.
    """
    mass = np.abs(image)[mask].reshape(np.count_nonzero(mask), -1).sum(1)
    total = mass.sum(dtype=float)
    return float(mass[region[mask]].sum(dtype=float) / total) if total else np.nan


def localise(shares, participants, chance, seed, n_bootstrap=1000):
    """Compare the share of maps' mass in a region with that of maps of nothing.

    Parameters
    ----------
    shares : sequence of float
        From `mass_share`, one per session; missing ones are left out.
    participants : sequence of str
        Whose session it is.
    chance : float
        The region's volume divided by the mask's: what a map has there that is the same
        everywhere.
    seed : int
    n_bootstrap : int
        Samples of participants, with all of their sessions.

    Returns
    -------
    dict of str to float
        ``share``, the mean; ``chance``; their ``ratio`` with a 95 % confidence interval
        over participants, ``ci_low`` and ``ci_high``; the number of ``sessions``. None
        where all maps are empty.

    Raises
    ------
    ValueError
        The region is empty, or fills the mask.
    """
    if not 0 < chance < 1:
        raise ValueError(
            f"the region fills {chance:.3g} of the mask, so nothing can lie in it "
            "rather than outside: check the effect's centre and radius (MNI, mm)"
        )
    given = [(who, s) for who, s in zip(participants, shares, strict=True) if s == s]
    if not given:
        missing = dict.fromkeys(("share", "ratio", "ci_low", "ci_high"))
        return missing | {"chance": float(chance), "sessions": 0}
    people = sorted({who for who, _ in given})
    own = [[share for other, share in given if other == who] for who in people]
    sums, counts = np.array([[sum(shares), len(shares)] for shares in own], float).T
    drawn = np.random.default_rng(seed).integers(
        len(people), size=(n_bootstrap, len(people))
    )
    ratios = sums[drawn].sum(1) / counts[drawn].sum(1) / chance
    low, high = np.percentile(ratios, [2.5, 97.5])
    share = sums.sum() / counts.sum()
    return {
        "share": float(share),
        "chance": float(chance),
        "ratio": float(share / chance),
        "ci_low": float(low),
        "ci_high": float(high),
        "sessions": len(given),
    }
