"""Contrasts of designs, their effect sizes, and corrections for multiple testing."""

import numpy as np
import pytest
from scipy import stats
from scipy.ndimage import gaussian_filter

from scan2map.statistics import Asked, Permuting, correct, fit_second_level
from scan2map.statistics.corrections import PARAMETRIC
from scan2map.statistics.effect_size import small_sample_factor
from scan2map.statistics.permuted import MEASURES, Retrained, critical_value

SHAPE, AFFINE = (14, 15, 13), np.diag([3.0, 3.0, 3.0, 1.0])
MASK = np.ones(SHAPE, bool)
GROUPS = np.column_stack([np.arange(16) % 2 == 0, np.arange(16) % 2 == 1]).astype(float)


def maps(rng, n, effect=0.0):
    """Return smooth noise, with an effect in a corner of every second map."""
    noise = [gaussian_filter(rng.normal(size=SHAPE), 1.2) for _ in range(n)]
    images = np.stack(noise) / np.std(noise)
    images[1::2, 3:8, 3:8, 3:8] += effect
    return images.reshape(n, -1).astype(np.float32)


def two_samples(data, **options):
    return fit_second_level(data, MASK, AFFINE, GROUPS, intercept=(0, 1), **options)


def permuting(n=199, exchange="labels", images=16, **options):
    return Permuting(exchange, list(range(images)), n, **options)


def test_hedges_g_is_the_difference_over_the_pooled_sd_corrected(rng):
    data = maps(rng, 16)
    found = two_samples(data).test([-1, 1])
    sd = np.sqrt((data[::2].var(0, ddof=1) + data[1::2].var(0, ddof=1)) / 2)
    d = (data[1::2].mean(0) - data[::2].mean(0)) / sd
    assert found.size_name == "hedges_g"
    assert small_sample_factor(14) == pytest.approx(1 - 3 / (4 * 14 - 1), abs=2e-4)
    np.testing.assert_allclose(found.size, small_sample_factor(14) * d, atol=1e-5)


def test_a_slopes_effect_size_is_the_squared_partial_correlation(rng):
    data, age = maps(rng, 16), rng.normal(size=16)
    design = np.column_stack([np.ones(16), age - age.mean()])
    level = fit_second_level(data, MASK, AFFINE, design, intercept=(0,))
    found = level.test([0, 1])
    r = [np.corrcoef(age, column)[0, 1] for column in data[:, :50].T]
    assert found.size_name == "partial_r2"
    np.testing.assert_allclose(found.size[:50], np.square(r), rtol=1e-3, atol=1e-6)
    squared = level.test([[0, 1]], "F")
    np.testing.assert_allclose(squared.values, found.values**2, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(squared.size, found.size, rtol=1e-4, atol=1e-6)


def test_pairs_give_the_t_of_their_differences(rng):
    data = maps(rng, 16)
    design = np.column_stack([GROUPS, np.eye(8).repeat(2, 0)])
    found = fit_second_level(data, MASK, AFFINE, design).test([-1, 1, *[0] * 8])
    expected = stats.ttest_rel(data[1::2], data[::2]).statistic
    np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-5)
    assert found.search.df == (1, 7)


def test_unequal_variances_are_weighed(rng):
    data = maps(rng, 16, effect=2.0)
    data[1::2] *= 3
    level = two_samples(data, unequal=["a", "b"] * 8)
    ratio = level.model.weights[0] / level.model.weights[1]
    assert ratio == pytest.approx(3, rel=0.15)  # 8 images of some hundred resels


def test_permutation_weighs_images_as_the_model_of_unequal_variances_does(rng):
    data = maps(rng, 16, effect=4.0)
    data[1::2] *= 3
    level = two_samples(data, unequal=["a", "b"] * 8)
    contrast = level.test([-1, 1])
    found = correct(
        "permutation-max-t", level, contrast, permuting=permuting(exchange="signs")
    )
    beyond = np.abs(contrast.values) > found.threshold["statistic"]
    np.testing.assert_array_equal(beyond, found.p <= 0.05)


def test_a_contrast_that_cannot_be_estimated_names_the_columns(rng):
    design = np.column_stack([GROUPS, GROUPS[:, 0]])
    level = fit_second_level(
        maps(rng, 16), MASK, AFFINE, design, columns=["a", "b", "again"]
    )
    with pytest.raises(ValueError, match="linearly dependent: a, again"):
        level.test([1, -1, 0])


@pytest.mark.parametrize("name", [*PARAMETRIC, *MEASURES])
def test_every_correction_finds_a_strong_effect_where_it_is(name, rng):
    level = two_samples(maps(rng, 16, effect=4.0))
    contrast = level.test([-1, 1])
    found = correct(name, level, contrast, permuting=permuting())
    significant = level.image(found.p <= 0.05) > 0
    assert significant[3:8, 3:8, 3:8].any()
    # Peaks and clusters may be found by chance, in 5 % of cases; few voxels are.
    assert significant[10:].mean() < 0.02
    assert found.p.min() > 0 and found.p.max() <= 1


@pytest.mark.parametrize("name", [*PARAMETRIC, *MEASURES])
def test_a_sign_that_is_not_looked_at_is_not_found(name, rng):
    level = two_samples(maps(rng, 16, effect=4.0))
    contrast = level.test([1, -1])  # the effect is negative
    one = correct(name, level, contrast, Asked(tails="positive"), permuting())
    other = correct(name, level, contrast, Asked(tails="negative"), permuting())
    there = (slice(3, 8),) * 3
    assert level.image(other.p)[there].min() <= 0.05
    assert level.image(one.p)[there].min() > 0.05


@pytest.mark.parametrize("name", ["rft-peak", "bonferroni", "permutation-max-t"])
def test_a_threshold_is_where_p_becomes_significant(name, rng):
    level = two_samples(maps(rng, 16, effect=3.0))
    contrast = level.test([-1, 1])
    found = correct(name, level, contrast, permuting=permuting())
    beyond = np.abs(contrast.values) > found.threshold["statistic"]
    np.testing.assert_array_equal(beyond, found.p <= 0.05)


def test_two_tails_cost_twice_the_p_of_one(rng):
    level = two_samples(maps(rng, 16, effect=3.0))
    contrast = level.test([-1, 1])
    both, one = (
        correct("bonferroni", level, contrast, Asked(tails=tails)).p
        for tails in ("two", "positive")
    )
    best = one.argmin()
    assert both[best] == pytest.approx(2 * one[best])


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("weights", [[[1, -1]], [[1, 0], [0, 1]]])
def test_an_f_contrast_is_permuted_too(name, weights, rng):
    level = two_samples(maps(rng, 16, effect=4.0))
    contrast = level.test(weights, "F")
    found = correct(name, level, contrast, permuting=permuting(exchange="signs"))
    assert level.image(found.p)[5, 5, 5] <= 0.05


def test_the_f_of_one_row_has_the_p_of_both_signs_of_t(rng):
    level = two_samples(maps(rng, 16, effect=2.0))
    t, f = level.test([1, -1]), level.test([[1, -1]], "F")
    both = [
        correct("permutation-max-t", level, c, permuting=permuting()).p for c in (t, f)
    ]
    np.testing.assert_array_equal(*both)


def test_few_people_have_all_their_arrangements(rng):
    level = fit_second_level(maps(rng, 6), MASK, AFFINE, GROUPS[:6])
    contrast = level.test([-1, 1])
    few = permuting(images=6)
    found = correct("permutation-max-t", level, contrast, permuting=few)
    assert found.about["exhaustive"] and found.about["arrangements"] == 20


def test_the_smallest_p_told_is_that_of_an_effect_that_nobody_could_miss(rng):
    level = fit_second_level(maps(rng, 6, effect=100.0), MASK, AFFINE, GROUPS[:6])
    few = permuting(images=6)
    for asked, smallest in ((Asked(tails="positive"), 1 / 20), (Asked(), 2 / 20)):
        for name in MEASURES:
            found = correct(name, level, level.test([-1, 1]), asked, permuting=few)
            assert found.about["smallest_p"] == smallest
        found = correct("permutation-max-t", level, level.test([-1, 1]), asked, few)
        assert found.p.min() == pytest.approx(smallest)


def test_threads_do_not_change_a_p(rng):
    level = two_samples(maps(rng, 16, effect=1.0))
    contrast = level.test([-1, 1])
    for name in MEASURES:
        one, two = (
            correct(name, level, contrast, permuting=permuting(threads=n)).p
            for n in (1, 2)
        )
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("extrapolate", [False, True])
def test_networks_trained_on_permuted_labels_give_the_null(name, extrapolate, rng):
    level = two_samples(maps(rng, 16, effect=4.0))
    contrast = level.test([-1, 1])
    null = [two_samples(maps(rng, 16)).test([-1, 1]).values for _ in range(39)]
    retrained = Retrained(iter(null), extrapolate)
    found = correct(name, level, contrast, Asked(), permuting(), retrained)
    assert level.image(found.p)[3:8, 3:8, 3:8].min() <= 0.025
    assert found.about["arrangements"] == 40
    assert ("tail" in found.about) == extrapolate
    if name == "permutation-max-t" and not extrapolate:
        reached = sum(np.abs(t).max() >= 3.0 for t in null)
        near = np.abs(np.abs(contrast.values) - 3.0).argmin()
        assert found.p[near] == pytest.approx((reached + 1) / 40, abs=1 / 40)


def test_a_critical_value_is_exceeded_by_what_is_significant():
    null = np.arange(1.0, 21)
    assert critical_value(null, 0.05) == 19  # 20 alone has p = 1 / 20
    assert critical_value(null, 0.04) == np.inf


@pytest.mark.parametrize(
    ("name", "alpha", "sentence"),
    [
        ("bonferoni", 0.05, "should be one of rft-peak, .* bonferoni was provided"),
        ("bonferroni", 5, "between 0 and 1. 5 was provided"),
        ("permutation-tfce", 0.05, "needs 'permuting'"),
    ],
)
def test_a_correction_that_is_none_is_refused(name, alpha, sentence, rng):
    level = two_samples(maps(rng, 16))
    with pytest.raises(ValueError, match=sentence):
        correct(name, level, level.test([-1, 1]), Asked(alpha=alpha))
