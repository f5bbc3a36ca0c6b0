"""Permutation tests are exact, complete where they can be, and repeatable."""

from itertools import accumulate, combinations
from math import comb

import numpy as np
import pytest
from nilearn.mass_univariate import permuted_ols
from scipy import stats

from scan2map.statistics import permutation
from scan2map.statistics.exchange import Rearrangements, rearrange
from scan2map.statistics.permutation import (
    max_statistics,
    measure_maps,
    p_values,
    separate,
    statistic_maps,
)


def two_groups(n1, n2):
    return np.repeat(np.eye(2), [n1, n2], axis=0)


DIFFERENCE = np.array([[1.0, -1.0]])


def covaried(rng, n=24):
    return np.column_stack([two_groups(n // 2, n - n // 2), rng.normal(size=(n, 2))])


def t_of(data, design, contrast):
    inverse = np.linalg.pinv(design)
    beta = inverse @ data
    rss = ((data - design @ beta) ** 2).sum(0)
    df = len(design) - np.linalg.matrix_rank(design)
    return (
        contrast
        @ beta
        / np.sqrt(rss / df * (contrast @ inverse @ inverse.T @ contrast))
    )


def test_the_first_rearrangement_gives_students_t(rng):
    design, contrast = covaried(rng), np.array([1.0, -1, 0, 0])
    data = rng.normal(size=(24, 3000)) + 5
    arranged = rearrange("labels", design, range(24), 5, seed=1)
    t = statistic_maps(data, separate(design, contrast), arranged)
    # Products of unit vectors in float32 are off by some 1e-7, t by some 1e-6.
    np.testing.assert_allclose(t[0], t_of(data, design, contrast), atol=1e-5)


def test_rearrangements_follow_freedman_and_lane(rng):
    design, contrast = covaried(rng), np.array([1.0, -1, 0, 0])
    data = rng.normal(size=(24, 50))
    arranged = rearrange("labels", design, range(24), 20, seed=1)
    t = statistic_maps(data, separate(design, contrast), arranged)
    nuisance = np.column_stack([np.ones(24), design[:, 2:]])
    fitted = nuisance @ np.linalg.pinv(nuisance) @ data
    for number, rows in enumerate(arranged.rows):
        shuffled = fitted + (data - fitted)[rows]
        expected = t_of(shuffled, design, contrast)
        np.testing.assert_allclose(t[number], expected, atol=1e-5)


def test_f_of_one_contrast_is_t_squared_and_of_two_is_scipys(rng):
    groups = np.repeat(np.eye(3), 8, axis=0)
    data = rng.normal(size=(24, 40))
    arranged = rearrange("labels", groups, range(24), 3, seed=0)
    f = statistic_maps(data, separate(groups, [[1, -1, 0], [0, 1, -1]]), arranged)
    expected = stats.f_oneway(data[:8], data[8:16], data[16:]).statistic
    np.testing.assert_allclose(f[0], expected, rtol=1e-4)


def test_all_arrangements_of_two_small_groups_are_listed_once():
    design = two_groups(3, 4)
    arranged = rearrange("labels", design, range(7), 1000, seed=0)
    assert arranged.exhaustive and len(arranged.rows) == comb(7, 3)
    firsts = {tuple(sorted(rows[:3])) for rows in arranged.rows}
    assert firsts == set(combinations(range(7), 3))
    np.testing.assert_array_equal(arranged.rows[0], range(7))


def test_all_flips_of_few_people_are_listed_once():
    arranged = rearrange("signs", np.ones((6, 1)), [1, 1, 2, 2, 3, 3], 100, seed=0)
    assert arranged.exhaustive and len(arranged.signs) == 8
    assert len(np.unique(arranged.signs, axis=0)) == 8
    np.testing.assert_array_equal(arranged.signs[:, ::2], arranged.signs[:, 1::2])
    np.testing.assert_array_equal(arranged.signs[0], 1)


def test_sessions_of_a_participant_move_together(rng):
    people = ["a", "a", "b", "c", "c", "d", "e", "e"]
    design = np.column_stack([np.ones(8), rng.normal(size=8)])
    arranged = rearrange("labels", design, people, 50, seed=3)
    for rows in arranged.rows:
        moved = [people[row] for row in rows]
        assert moved[0] == moved[1] and moved[3] == moved[4] and moved[6] == moved[7]
        assert {moved[2], moved[5]} == {"b", "d"}


def test_the_same_seed_gives_the_same_statistics_with_any_number_of_threads(rng):
    design = covaried(rng)
    data = rng.normal(size=(24, 5000))
    tested = separate(design, [1.0, -1, 0, 0])
    arranged = rearrange("labels", design, range(24), 300, seed=4)
    one, two = (max_statistics(data, tested, arranged, n) for n in (1, 2))
    np.testing.assert_array_equal(one, two)
    longer = rearrange("labels", design, range(24), 400, seed=4)
    np.testing.assert_array_equal(longer.rows[:301], arranged.rows)


def test_maxima_are_those_of_the_maps(rng):
    design = covaried(rng)
    data = rng.normal(size=(24, 4100))
    data[:, 7] = 3.0  # constant: never a maximum
    tested = separate(design, [1.0, -1, 0, 0])
    arranged = rearrange("labels", design, range(24), 40, seed=4)
    maps = statistic_maps(data, tested, arranged)
    largest, smallest = max_statistics(data, tested, arranged)
    np.testing.assert_allclose(largest, maps.max(1), rtol=1e-5)
    np.testing.assert_allclose(smallest, maps.min(1), rtol=1e-5)
    assert not maps[:, 7].any()


def test_whole_maps_are_measured_alike_with_any_number_of_threads(rng, monkeypatch):
    design = np.ones((9, 1))
    data = rng.normal(size=(9, 1500))
    tested = separate(design, [1.0])
    arranged = rearrange("signs", design, range(9), 30, seed=2)
    once = measure_maps(data, tested, arranged, lambda t: (t.max(), t.min()), 1)
    monkeypatch.setattr(permutation, "BATCH_BYTES", 4 * 1500 * 7)
    again = measure_maps(data, tested, arranged, lambda t: (t.max(), t.min()), 2)
    # Products of other shapes are added up in another order.
    np.testing.assert_allclose(once, again, rtol=1e-5)
    two = measure_maps(data, tested, arranged, lambda t: (t.max(), t.min()), 1)
    np.testing.assert_array_equal(two, again)
    expected = max_statistics(data, tested, arranged)
    np.testing.assert_allclose(once.T, expected, rtol=1e-5)


def test_p_counts_the_original_among_the_rearrangements():
    null = np.array([5.0, 1, 2, 3, 4, 6, 0, 1, 2, 3])
    np.testing.assert_allclose(
        p_values(np.array([5.0, 7.0, 2.5]), null), [0.2, 0.1, 0.5]
    )


def test_p_of_a_whole_small_sample_is_exact(rng):
    design, data = two_groups(4, 4), rng.normal(size=(8, 1))
    tested = separate(design, DIFFERENCE)
    arranged = rearrange("labels", design, range(8), 10**4, seed=0)
    largest, _ = max_statistics(data, tested, arranged)
    p = p_values(statistic_maps(data, tested, arranged)[0], largest)
    exact = stats.permutation_test(
        (data[:4, 0], data[4:, 0]),
        lambda x, y: x.mean() - y.mean(),
        alternative="greater",
    )
    assert p[0] == pytest.approx(exact.pvalue)


def nilearns_draws(seed, draw):
    """Return 100 draws of nilearn's only job, whose generator another one seeds."""
    job = np.random.RandomState(seed).randint(1, np.iinfo(np.int32).max - 1)
    rng = np.random.RandomState(job)
    return [draw(rng) for _ in range(100)]


def compare_with_nilearn(output, data, tested, arranged):
    """Compare the map, and the largest |t| of all but the first rearrangement."""
    t = statistic_maps(data, tested, arranged)[0]
    np.testing.assert_allclose(t, output["t"][0], rtol=1e-5, atol=1e-6)
    largest, smallest = max_statistics(data, tested, arranged)
    absolute = np.maximum(largest, -smallest)[1:]
    np.testing.assert_allclose(absolute, output["h0_max_t"][0], rtol=1e-5)


def test_maxima_are_those_of_nilearn_on_the_same_permutations(rng):
    """With confounds: nilearn rearranges what they leave of the data, as we do.

    It shuffles the rows of the design, those of the shuffle before: the data move the
    other way.
    """
    n, data = 20, rng.normal(size=(20, 3000)) + 5
    variable, confounds = rng.normal(size=(n, 1)), rng.normal(size=(n, 2))
    output = permuted_ols(variable, data, confounds, n_perm=100, random_state=7)
    shuffles = nilearns_draws(7, lambda rng: rng.permutation(n))
    design_rows = accumulate(shuffles, lambda rows, shuffle: rows[shuffle])
    rows = np.array([np.arange(n), *map(np.argsort, design_rows)])
    arranged = Rearrangements(rows, np.ones_like(rows), exhaustive=False)
    design = np.column_stack([variable, confounds, np.ones(n)])
    compare_with_nilearn(output, data, separate(design, [1.0, 0, 0, 0]), arranged)


def test_maxima_are_those_of_nilearn_on_the_same_signs(rng):
    n, data = 20, rng.normal(size=(20, 3000)) + 0.3
    output = permuted_ols(np.ones((n, 1)), data, n_perm=100, random_state=7)
    flips = nilearns_draws(7, lambda rng: 1 - 2 * rng.randint(2, size=n))
    signs = np.cumprod([np.ones(n), *flips], axis=0)
    rows = np.tile(np.arange(n), (len(signs), 1))
    arranged = Rearrangements(rows, signs, exhaustive=False)
    compare_with_nilearn(output, data, separate(np.ones((n, 1)), [1.0]), arranged)


def test_one_arrangement_is_refused():
    with pytest.raises(ValueError, match="only arrangement"):
        rearrange("labels", np.ones((5, 1)), range(5), 10, seed=0)
