"""The planted effects: by how much they change diffusion and volume."""

import numpy as np

from scan2map.phantom.regions import region_weight
from scan2map.phantom.volume import folds

SHARED_LIMIT = 0.6
"""A non-local effect's shared variation is clipped to ±this, so that the factor on
the tensor stays positive for differences up to 0.7."""


def effect_factors(points, expression):
    """Return the factors by which planted effects change a participant's tissue.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).
    expression : list of dict
        One per effect, as from `express`: ``regions`` with relative changes.

    Returns
    -------
    mean, anisotropy : ndarray, shape (n,)
        Factors on the mean diffusivity and on the deviator's norm.
    """
    mean = np.ones(len(points), dtype=np.float32)
    anisotropy = np.ones_like(mean)
    for effect in expression:
        for region in effect["regions"].values():
            weight = region_weight(points, region)
            mean *= 1 + region["md_change"] * weight
            anisotropy *= 1 + region["anisotropy_change"] * weight
    return mean, anisotropy


def express(effect, affected, rng):
    """Return what a planted effect does to one participant.

    A **local** effect changes mean diffusivity (`md`) and anisotropy (`anisotropy`)
    of its regions in the affected group only, by the same share in everybody.

    A **non-local** effect scales the whole tensor (so FA stays) of regions named
    ``left_…`` by 1 + shared + difference / 2 and of regions named ``right_…`` by
    1 + shared - difference / 2. `shared` is drawn per participant in both groups with
    the standard deviation `shared_sd`; the difference is 0 in the reference group.

    A **volume** effect makes its regions larger or smaller by the relative `change` in
    the affected group only: the anatomy is deformed (`scan2map.phantom.volume`).

    Parameters
    ----------
    effect : dict
        One entry of the configuration's ``phantom: effects``.
    affected : bool
        Whether the participant is of the affected group.
    rng : numpy.random.Generator
        Source of the shared variation.

    Returns
    -------
    dict
        name, kind, affected, shared, difference, and per region centre, radius,
        md_change, anisotropy_change and volume_change (relative).

    Raises
    ------
    ValueError
        Unknown kind, a non-local region without side, a change that would leave no
        positive tensor or fold the anatomy.
    """
    shared = difference = 0.0
    if effect["kind"] == "nonlocal":
        spread = effect["shared_sd"] * rng.standard_normal()
        shared = float(np.clip(spread, -SHARED_LIMIT, SHARED_LIMIT))
        difference = float(effect["difference"]) * affected
    regions = {
        name: dict(region) | _changes(effect, name, affected, shared, difference)
        for name, region in effect["regions"].items()
    }
    return {
        "name": effect["name"],
        "kind": effect["kind"],
        "affected": bool(affected),
        "shared": shared,
        "difference": difference,
        "regions": regions,
    }


def _changes(effect, region, affected, shared, difference):
    md = anisotropy = volume = 0.0
    if effect["kind"] == "local":
        md, anisotropy = effect["md"] * affected, effect["anisotropy"] * affected
    elif effect["kind"] == "nonlocal":
        md = anisotropy = shared + _side(effect, region) * difference / 2
    elif effect["kind"] == "volume":
        _check_volume(effect, region)
        volume = effect["change"] * affected
    else:
        raise ValueError(
            f"effect {effect['name']} is of kind {effect['kind']}: "
            "choose local, nonlocal or volume"
        )
    if min(md, anisotropy) <= -1:
        raise ValueError(
            f"effect {effect['name']} changes region {region} by {md:+.2f} (MD) and "
            f"{anisotropy:+.2f} (anisotropy): both must stay above -1"
        )
    return {
        "md_change": float(md),
        "anisotropy_change": float(anisotropy),
        "volume_change": float(volume),
    }


def _side(effect, region):
    """Return 1 for a region on the left, -1 for one on the right."""
    side = {"left": 1, "right": -1}.get(region.split("_")[0])
    if side is None:
        raise ValueError(
            f"region {region} of the non-local effect {effect['name']} has no "
            "side: its name must start with left_ or right_"
        )
    return side


def _check_volume(effect, region):
    if folds(effect["regions"][region]["radius"], effect["change"]):
        raise ValueError(
            f"effect {effect['name']} changes the volume of region {region} by "
            f"{effect['change']:+.2f}, which would fold the anatomy: choose a change "
            "nearer to 0 (-0.5 to +1 is safe)"
        )
