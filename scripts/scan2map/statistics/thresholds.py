"""Thresholds on t that hold a family-wise error rate over a search volume."""

from scipy.stats import t as student


def bonferroni(alpha, df, n_tests, two_sided=True):
    """Return the |t| that chance exceeds anywhere with a probability below alpha.

    Parameters
    ----------
    alpha : float
        Family-wise error rate, between 0 and 1.
    df : int
        Degrees of freedom.
    n_tests : int
        Voxels tested.
    two_sided : bool
        Both signs are looked at, so each gets half of alpha.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        alpha is not between 0 and 1, or there is nothing to test.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha should be between 0 and 1. {alpha} was provided")
    if n_tests < 1:
        raise ValueError("no voxel is left to test: the mask or the maps are empty")
    return float(student.isf(alpha / n_tests / (2 if two_sided else 1), df))
