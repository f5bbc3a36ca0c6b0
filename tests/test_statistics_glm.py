"""The general linear model at every voxel."""

import numpy as np
import pytest
from scipy import stats

from scan2map.statistics.glm import dependent_columns, fit, t_contrast

GROUPS = np.column_stack([np.arange(12) % 2 == 0, np.arange(12) % 2 == 1]).astype(float)
AGES = np.arange(12.0) ** 2 % 17


def t_of(data, contrast, *covariates):
    return t_contrast(fit(data, np.column_stack([GROUPS, *covariates])), contrast)[0]


def test_two_samples_match_scipy(rng):
    data = rng.normal(size=(12, 30))
    expected = stats.ttest_ind(data[1::2], data[::2]).statistic
    np.testing.assert_allclose(t_of(data, [-1, 1]), expected, rtol=2e-6)


def test_a_difference_between_groups_is_no_residual_of_the_mean(rng):
    data = rng.normal(size=(12, 30))
    within = data - data.reshape(6, 2, 30).mean(0)[np.arange(12) % 2]
    variance = np.square(within).sum(0) / (12 - 2)
    expected = data.mean(0) / np.sqrt(variance / 12)
    np.testing.assert_allclose(t_of(data, [0.5, 0.5]), expected, rtol=2e-6)
    data[1::2] += 100
    data[::2] -= 100
    # Betas near 100 keep 4e-6 in float32.
    np.testing.assert_allclose(t_of(data, [0.5, 0.5]), expected, atol=1e-4)


def test_a_covariate_gives_the_partial_correlation(rng):
    data = rng.normal(size=(12, 30))
    t = t_of(data, [-1, 1, 0], AGES - AGES.mean())
    nuisance = np.column_stack([np.ones(12), AGES])
    left = [
        y - nuisance @ np.linalg.pinv(nuisance) @ y for y in (data, np.arange(12) % 2)
    ]
    r = [np.corrcoef(column, left[1])[0, 1] for column in left[0].T]
    np.testing.assert_allclose(t, r * np.sqrt(9 / (1 - np.square(r))), rtol=2e-6)


def test_redundant_covariates_cost_one_degree_of_freedom_and_keep_the_contrast(rng):
    data = rng.normal(size=(12, 30))
    once = t_of(data, [-1, 1, 0], AGES)
    twice = t_of(data, [-1, 1, 0, 0], AGES, 12 * AGES)
    np.testing.assert_allclose(twice, once, rtol=1e-6)
    assert fit(data, np.column_stack([GROUPS, AGES, 12 * AGES])).df == 9


def test_dependent_columns_are_named_only_if_the_contrast_needs_them():
    design = np.column_stack([np.eye(2).repeat(3, 0), *2 * [np.arange(6.0)]])
    assert dependent_columns(design, [-1, 1, 0, 0]) == []
    assert dependent_columns(design, [0, 0, 1, 0]) == [2, 3]


def test_too_few_participants_for_the_covariates_is_an_error():
    with pytest.raises(ValueError, match="no degree of freedom"):
        fit(np.ones((3, 5)), np.eye(3))


def test_data_and_design_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="3 maps do not fit a design of 4 rows"):
        fit(np.ones((3, 5)), np.ones((4, 1)))


def test_t_is_zero_where_nothing_varies():
    t, effect = t_contrast(fit(np.full((4, 2), 3.0), np.ones((4, 1))), [1])
    assert np.isfinite(t).all() and effect.tolist() == pytest.approx([3, 3])
