"""Random field theory where SPM does not look: masks with holes, low thresholds."""

import numpy as np
import pytest

from scan2map.statistics.random_fields import (
    Search,
    cluster_p,
    peak_chance,
    peak_p,
    peak_threshold,
    set_p,
)

HOLES = Search("T", (1, 32), (463, -1306, 1907, 1578), (2.8, 2.8, 2.8), 66648)
"""A mask with many holes: the expected Euler characteristic is below 0 at low t."""

WHOLE = Search("T", (1, 32), (1, 60, 870, 2735), (2.8, 2.8, 2.8), 69327)


@pytest.mark.parametrize("search", [HOLES, WHOLE])
def test_p_of_peaks_never_falls_where_the_statistic_does(search):
    p = peak_p(np.linspace(-8, 12, 400), search)
    assert (np.diff(p) <= 0).all() and p[0] == 1 and 0 < p[-1] < 1e-6


@pytest.mark.parametrize("search", [HOLES, WHOLE])
def test_the_threshold_has_its_p(search):
    assert peak_p(peak_threshold(0.05, search), search) == pytest.approx(0.05)


def test_where_holes_outnumber_clusters_nothing_is_said_of_clusters():
    assert cluster_p([10, 100], 0.3, HOLES)[1].tolist() == [1, 1]
    assert set_p(3, 10, 0.3, HOLES) == 1
    assert peak_chance(np.array([3.0, 5.0]), 0.3, HOLES).tolist() == [1, 1]


def test_hardly_any_degrees_of_freedom_still_give_a_threshold():
    few = Search("T", (1, 2), (2, 0.1, 1e-4, 1e-7), (500, 500, 500), 66648)
    assert np.isfinite(peak_threshold(0.05, few))
