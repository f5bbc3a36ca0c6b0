"""The tail of a null distribution, extrapolated."""

import numpy as np
import pytest
from scipy import stats

from scan2map.statistics.tail import fit_tail, tail_p, tail_threshold


def largest_of(rng, n, voxels=500):
    """Return the largest of many normal values, n times."""
    return rng.normal(size=(n, voxels)).max(1)


def test_the_tail_of_a_pareto_distribution_is_found(rng):
    null = stats.genpareto.rvs(-0.2, scale=2.0, size=2000, random_state=rng)
    tail = fit_tail(null)
    # Standard errors with 800 values: 0.04 and 0.1; the scale falls with the threshold.
    assert tail.shape == pytest.approx(-0.2, abs=0.12)
    assert tail.share == 0.4 and tail.fit_p > 0.1


def test_p_far_out_is_that_of_the_distribution(rng):
    far = stats.norm.isf(1 - (1 - 0.002) ** (1 / 500))
    found = []
    for _ in range(20):
        null = largest_of(rng, 100)
        found.append(tail_p([far], null, fit_tail(null))[0])
    # Counting gives 1 / 101 at best, five times too much.
    assert 0.0005 < np.median(found) < 0.005


def test_near_the_middle_p_are_counted(rng):
    null = largest_of(rng, 200)
    tail = fit_tail(null)
    middle = np.median(null)
    expected = ((null >= middle).sum() + 1) / 201
    assert tail_p([middle], null, tail)[0] == expected


def test_no_p_is_zero_beyond_the_end(rng):
    null = rng.uniform(size=100)
    assert 0 < tail_p([5.0], null, fit_tail(null))[0] < 0.01


def test_the_threshold_has_the_p_asked_for(rng):
    null = largest_of(rng, 100)
    tail = fit_tail(null)
    for alpha in (0.05, 0.01):
        threshold = tail_threshold(alpha, null, tail)
        assert tail_p([threshold], null, tail)[0] == pytest.approx(alpha)


def test_a_tail_that_is_no_pareto_distribution_is_told(rng):
    null = np.r_[rng.normal(0, 1, 300), rng.normal(50, 0.01, 40)]
    assert fit_tail(null).fit_p < 0.1


def test_too_few_values_are_refused(rng):
    with pytest.raises(ValueError, match="20 rearrangements are too few .* 25 are"):
        fit_tail(rng.normal(size=20))
