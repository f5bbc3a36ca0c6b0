"""What a network is sensitive to, component by component of a group ICA."""

import numpy as np

COMPONENT_UNIT = "1 per standard deviation of the network's scaled input"
"""Unit of the derivative of the logit, a pure number."""


def component_sensitivity(scaled, mask, differentiate):
    """Differentiate a network's logit by the components of one session.

    Parameters
    ----------
    scaled : ndarray, shape (x, y, z, n_channels)
        The session as the network sees it.
    mask : ndarray of bool, shape (x, y, z)
        Voxels that components have.
    differentiate : callable
        Takes scaled images (1, x, y, z, n_channels), returns the gradient of the logit
        by them and the logits: `gradients.logit_gradient` with its model bound.

    Returns
    -------
    gradient : ndarray of float32, shape (n_channels, n_voxels)
        Derivative by each scaled component: change of the logit per standard deviation
        of the training sessions' voxels.
    logit : float

    Raises
    ------
    ValueError
        The image is not on the mask's grid, or a gradient is not finite.
    """
    if scaled.shape[:3] != mask.shape:
        raise ValueError(
            f"a session of shape {scaled.shape} is not on the mask's grid, {mask.shape}"
        )
    by_scaled, logits = differentiate(scaled[None])
    gradient = np.ascontiguousarray(by_scaled[0][mask].T, dtype=np.float32)
    if not np.isfinite(gradient).all():
        raise ValueError(
            "the gradient of the logit is not finite: look at the network's training "
            "history and at the session's components for infinite values"
        )
    return gradient, float(logits[0])


def in_reference(gradient, channels, matched, r):
    """Put gradients by one scope's components in the place of the reference's.

    Parameters
    ----------
    gradient : ndarray, shape (n_channels, n_voxels)
        From `component_sensitivity`.
    channels : sequence of int, length n_channels
        Which component of the scope each channel is, counted from 0.
    matched : ndarray of int, shape (n_components,)
        Component of the reference that each of the scope's is, as from
        `ica.match_maps`.
    r : ndarray, shape (n_components,)
        Their correlation: where it is negative, more of the scope's component is less
        of the reference's, and the derivative changes its sign.

    Returns
    -------
    ndarray of float32, shape (n_components, n_voxels)
        In the reference's order; 0 where the network does not see the component.
    """
    placed = np.zeros((len(matched), gradient.shape[1]), dtype=np.float32)
    sign = np.where(np.asarray(r)[channels] < 0, -1, 1).astype(np.float32)
    placed[np.asarray(matched)[channels]] = sign[:, None] * gradient
    return placed


def as_one_channel(gradient):
    """Return the mean |derivative| over channels, (1, n_voxels).

    For channels that are not the same thing in every session, such as volumes of a run.
    """
    return np.abs(gradient).mean(0, keepdims=True)


def rank_components(stack, match=None, channels=(0,)):
    """Measure how sensitive a network is to each component.

    Parameters
    ----------
    stack : ndarray, shape (n_sessions, n_components, n_voxels)
        Maps in the order of the reference.
    match : DataFrame, optional
        ``component``, ``matched`` and ``r`` of the scope, numbers from 1; None where
        there is one channel and nothing to match.
    channels : sequence of int
        Components of the scope that the network sees, counted from 0.

    Returns
    -------
    DataFrame
        A row per component of the scope: ``component``, ``matched``, ``r`` and
        ``importance``, the mean |derivative| over sessions and voxels, missing where
        the network does not see the component.
    """
    import pandas as pd

    if match is None:
        match = pd.DataFrame({"component": [1], "matched": [1], "r": [1.0]})
    total = sum(np.abs(session).mean(1, dtype=np.float64) for session in stack)
    importance = total[match["matched"] - 1] / len(stack)
    seen = (match["component"] - 1).isin(channels)
    return match.assign(importance=np.where(seen, importance, np.nan))


def summarise_importance(rankings):
    """Gather how much components matter over networks.

    Parameters
    ----------
    rankings : sequence of DataFrame
        One per network, with a row per component of the reference, ``matched``
        (counted from 1), ``r`` and ``importance``; both are missing where the network
        does not see the component.

    Returns
    -------
    DataFrame
        ``component``, ``importance`` and its ``sd`` over networks (a component counts 0
        where it is not seen), ``networks`` that see it, ``mean_abs_r`` with the scopes'
        components; the most important first.

    Raises
    ------
    ValueError
        Networks disagree on which components there are.
    """
    import pandas as pd

    numbers = [sorted(ranking["matched"]) for ranking in rankings]
    if any(number != numbers[0] for number in numbers):
        raise ValueError("rankings of different sets of components cannot be gathered")
    rows = pd.concat(rankings)
    rows["counted"] = rows["importance"].fillna(0.0)
    rows["abs_r"] = rows["r"].abs().where(rows["importance"].notna())
    groups = rows.groupby("matched")
    table = pd.DataFrame(
        {
            "importance": groups["counted"].mean(),
            "sd": groups["counted"].std(ddof=0),
            "networks": groups["importance"].count(),
            "mean_abs_r": groups["abs_r"].mean(),
        }
    )
    table = table.rename_axis("component").reset_index()
    return table.sort_values(["importance", "component"], ascending=[False, True])
