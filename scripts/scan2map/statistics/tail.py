"""The tail of a null distribution that was drawn too seldom, by a Pareto distribution.

References
----------
Knijnenburg T.A. et al. (2009), Bioinformatics 25:i161-i168.
Winkler A.M. et al. (2016), NeuroImage 141:502-516.
Hosking J.R.M., Wallis J.R. (1987), Technometrics 29:339-349: moments.
Choulakian V., Stephens M.A. (2001), Technometrics 43:478-484: goodness of fit.
"""

from typing import NamedTuple

import numpy as np
import scipy

SHARES = (0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)
"""Parts of the null that are tried as its tail; the first that fits is taken."""

FEWEST = 10
"""Values that a tail is fitted to at least."""

ENOUGH = 0.1
"""p of the Anderson-Darling test, by simulation, from which a fit is good enough."""

SIMULATIONS = 500


class Tail(NamedTuple):
    """A generalised Pareto distribution above a threshold.

    Attributes
    ----------
    threshold : float
    share : float
        Of the null, above the threshold.
    shape, scale : float
        Of `scipy.stats.genpareto`; a negative shape has an end.
    values : int
        How many it was fitted to.
    anderson_darling, fit_p : float
        How far from the values, and how often as far by chance: small p are bad fits.
    """

    threshold: float
    share: float
    shape: float
    scale: float
    values: int
    anderson_darling: float
    fit_p: float


def fit_tail(null, seed=0):
    """Fit the tail of a null distribution.

    Parameters
    ----------
    null : ndarray, shape (m,)
        Largest statistics of rearrangements, without the original.
    seed : int
        Of the simulations that judge the fit.

    Returns
    -------
    Tail
        Of the largest part of the null that a Pareto distribution fits, or, where none
        is fitted, of the part that it fits best: look at ``fit_p``.

    Raises
    ------
    ValueError
        Too few values for any tail.
    """
    null = np.sort(np.asarray(null, dtype=np.float64))
    tails = []
    for share in SHARES:
        n = round(share * len(null))
        if n < FEWEST:
            break
        tails.append(_fit(null, n, seed))
        if tails[-1].fit_p >= ENOUGH:
            return tails[-1]
    if not tails:
        raise ValueError(
            f"{len(null)} rearrangements are too few for a tail: "
            f"{int(np.ceil(FEWEST / SHARES[0]))} are needed"
        )
    return max(tails, key=lambda tail: tail.fit_p)


def tail_p(values, null, tail):
    """Return p values: by the fitted tail above its threshold, else by counting.

    Parameters
    ----------
    values : ndarray
    null : ndarray, shape (m,)
        Without the original.
    tail : Tail

    Returns
    -------
    ndarray, shape of `values`
        Never 0: beyond the end of a distribution that has one, half of the smallest
        p that counting gives.
    """
    values = np.asarray(values, dtype=np.float64)
    reached = len(null) - np.searchsorted(np.sort(null), values)
    p = (reached + 1) / (len(null) + 1)
    far = values > tail.threshold
    beyond = scipy.stats.genpareto.sf(
        values[far] - tail.threshold, tail.shape, scale=tail.scale
    )
    fitted = tail.share * beyond
    p[far] = np.where(fitted > 0, fitted, 0.5 / (len(null) + 1))
    return p


def tail_threshold(alpha, null, tail):
    """Return the value above which `tail_p` is at most alpha."""
    if alpha < tail.share:
        beyond = scipy.stats.genpareto.isf(
            alpha / tail.share, tail.shape, scale=tail.scale
        )
        return float(tail.threshold + beyond)
    return float(np.quantile(null, 1 - alpha))


def _fit(null, n, seed):
    """Fit the n largest values, and judge the fit."""
    threshold = (null[-n - 1] + null[-n]) / 2 if n < len(null) else null[0]
    above = null[-n:] - threshold
    shape, scale = _moments(above)
    distance = _anderson_darling(above, shape, scale)
    rng = np.random.default_rng(seed)
    chance = scipy.stats.genpareto.rvs(
        shape, scale=scale, size=(SIMULATIONS, n), random_state=rng
    )
    simulated = [_anderson_darling(np.sort(one), *_moments(one)) for one in chance]
    p = (1 + np.sum(np.array(simulated) >= distance)) / (SIMULATIONS + 1)
    if shape < -1:  # a density that rises to its end is no tail
        p = 0.0
    return Tail(
        float(threshold), n / len(null), shape, scale, n, float(distance), float(p)
    )


def _moments(above):
    """Return shape and scale of a Pareto distribution with the mean and variance."""
    mean, variance = above.mean(), above.var(ddof=1)
    ratio = mean**2 / variance
    return float((1 - ratio) / 2), float(mean * (1 + ratio) / 2)


def _anderson_darling(above, shape, scale):
    """Return the Anderson-Darling distance of sorted values from a distribution."""
    n = len(above)
    below = np.clip(
        scipy.stats.genpareto.cdf(above, shape, scale=scale), 1e-12, 1 - 1e-12
    )
    weights = 2 * np.arange(1, n + 1) - 1
    return -n - np.mean(weights * (np.log(below) + np.log1p(-below[::-1])))
