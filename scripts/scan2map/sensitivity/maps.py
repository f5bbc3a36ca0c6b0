"""Sensitivity maps of one session, and their average over repeats."""

import numpy as np

from scan2map.sensitivity.tensor_invariants import METRICS, invariant_gradients


def session_sensitivity(tensor, scaled, sd, differentiate):
    """Differentiate a network's logit by the invariants of one tensor image.

    Parameters
    ----------
    tensor : ndarray, shape (x, y, z, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s, all 0 outside the mask.
    scaled : ndarray, shape (x, y, z, 6)
        The same image as the network sees it, ``(tensor - mean) / sd`` in the mask.
    sd : array_like, shape (6,)
        Of the scaling, mm²/s.
    differentiate : callable
        Takes scaled images (1, x, y, z, 6), returns the gradient of the logit by them
        and the logits: `gradients.logit_gradient` with its model bound.

    Returns
    -------
    maps : ndarray, shape (4, x, y, z), float32
        Derivative of the logit by each of `METRICS`, in `UNITS`; 0 where undefined.
    report : dict
        The `logit`, the number of `voxels` in the mask, and in `undefined` how many
        of these have no derivative, per metric.

    Raises
    ------
    ValueError
        Not a tensor image, empty, or a gradient that is not finite.
    """
    if tensor.ndim != 4 or tensor.shape[-1] != 6:
        raise ValueError(
            f"a tensor image has shape (x, y, z, 6), got {tensor.shape}: sensitivity "
            f"to tensor invariants needs the tensor as the network's input"
        )
    mask = (tensor != 0).any(-1)
    if not mask.any():
        raise ValueError("the tensor image is 0 everywhere: its mask is empty")
    by_scaled, logits = differentiate(scaled[None])
    gradient = by_scaled[0][mask] / np.asarray(sd, dtype=np.float64)
    if not np.isfinite(gradient).all():
        raise ValueError(
            "the gradient of the logit is not finite: look at the network's training "
            "history and at the tensor image for infinite values"
        )
    maps = np.zeros((len(METRICS), *mask.shape), dtype=np.float32)
    maps[:, mask], defined = invariant_gradients(tensor[mask], gradient)
    undefined = {m: int(n) for m, n in zip(METRICS, (~defined).sum(1), strict=True)}
    report = {"logit": float(logits[0]), "voxels": int(mask.sum())}
    return maps, {**report, "undefined": undefined}


def maps_of_session(stacks, tables, subject, session):
    """Return one session's maps from the stacks of the folds that held it out.

    Parameters
    ----------
    stacks : sequence of ndarray, shape (n_sessions, ...)
        One per fold.
    tables : sequence of dict
        ``subjects`` and ``sessions`` of each stack, in order.
    subject, session : str
        Whose maps.

    Returns
    -------
    list of ndarray, shape (...)
    """
    maps = []
    for stack, table in zip(stacks, tables, strict=True):
        sessions = list(zip(table["subjects"], table["sessions"], strict=True))
        maps.append(stack[sessions.index((subject, session))])
    return maps


def maps_held_out(stacks, tables, subject, session):
    """Take one session's maps out of those stacks that hold it.

    Parameters and result are those of `maps_of_session`, but for stacks of other folds,
    which are left out.
    """
    mine = [
        (stack, table)
        for stack, table in zip(stacks, tables, strict=True)
        if (subject, session) in zip(table["subjects"], table["sessions"], strict=True)
    ]
    return maps_of_session(*zip(*mine, strict=True), subject, session)


def average_over_repeats(maps, mirrored=False):
    """Average one session's maps over the repeats in which it was held out.

    Parameters
    ----------
    maps : sequence of ndarray, shape (4, x, y, z)
        One stack per repeat, each from the network that had not seen the session.
    mirrored : bool
        The network saw the session mirrored left to right: the average is mirrored
        back, into the session's own anatomy. The metrics are invariants, so reversing
        the first spatial axis is all that it takes.

    Returns
    -------
    ndarray, shape (4, x, y, z), float32

    Raises
    ------
    ValueError
        No maps.
    """
    if not len(maps):
        raise ValueError("no repeat has maps of this session: nothing to average")
    mean = np.mean(maps, axis=0, dtype=np.float64).astype(np.float32)
    return mean[:, ::-1] if mirrored else mean
