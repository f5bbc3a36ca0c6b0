"""How active components are, and which of them go with the outcome."""

import numpy as np
import scipy


def average_activity(activity, participants):
    """Average the sessions of each participant.

    Parameters
    ----------
    activity : array_like, shape (n_sessions, n_components)
        Standard deviation of each component's time course, from the first stage of
        the dual regression.
    participants : sequence of str
        Whose session each is.

    Returns
    -------
    averaged : ndarray, shape (n_participants, n_components)
    order : list of str
        Participants in order of appearance.
    """
    order = list(dict.fromkeys(participants))
    activity, participants = np.asarray(activity), np.asarray(participants)
    return np.array([activity[participants == who].mean(0) for who in order]), order


def associated_components(activity, labels, alpha):
    """Select components whose activity differs between the groups.

    Parameters
    ----------
    activity : ndarray, shape (n_participants, n_components)
        Standard deviation of each component's time course, participants of the scope
        only.
    labels : sequence of int
        0 or 1 per participant.
    alpha : float
        Largest p of Welch's two-sided t test; the paper's 0.1, uncorrected.

    Returns
    -------
    selected : ndarray of int
        Components, counted from 0, in ascending order. Where none passes, the one with
        the smallest p, so that a network has an input.
    p : ndarray, shape (n_components,)

    Raises
    ------
    ValueError
        Fewer than two participants in a group.
    """
    labels = np.asarray(labels)
    for label in (0, 1):
        if (labels == label).sum() < 2:
            raise ValueError(
                f"selecting components needs 2 participants with label {label}, got "
                f"{(labels == label).sum()}"
            )
    p = scipy.stats.ttest_ind(
        activity[labels == 1], activity[labels == 0], equal_var=False
    ).pvalue
    p = np.nan_to_num(p, nan=1.0)  # a component as active in one as in all others
    selected = np.flatnonzero(p < alpha)
    return (selected if len(selected) else np.array([np.argmin(p)])), p
