"""Which components go with the outcome."""

import numpy as np
from scipy.stats import ttest_ind


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
    p = ttest_ind(activity[labels == 1], activity[labels == 0], equal_var=False).pvalue
    selected = np.flatnonzero(p < alpha)
    return (selected if len(selected) else np.array([np.argmin(p)])), p
