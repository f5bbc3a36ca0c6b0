"""Resting-state networks of the phantom."""

import numpy as np
import pytest

from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.phantom.anatomy import grid_points, read_template, tissue_fractions
from scan2map.phantom.resting_state import (
    NETWORKS,
    average_networks,
    draw_expression,
    draw_time_courses,
    haemodynamic_response,
    network_maps,
)

TIMES = np.arange(300) * 2.0


@pytest.fixture(scope="module")
def maps():
    template = read_template()
    points = grid_points(analysis_grid(MNI_CENTRE, (44, 52, 44), 4.0), (44, 52, 44))
    return network_maps(points, tissue_fractions(template, points)["GM"])


def test_each_network_is_in_grey_matter_and_unlike_the_others(maps):
    assert maps.shape[0] == len(NETWORKS) == 10
    assert (maps.max(1) > 0.6).all() and maps.min() >= 0
    r = np.corrcoef(maps) - np.eye(len(maps))
    assert 0.1 < r.max() < 0.5  # neighbours overlap


def test_a_voxel_of_the_truth_is_the_mean_of_its_eighths():
    template = read_template()
    coarse, fine = (
        analysis_grid(MNI_CENTRE, shape, size)
        for shape, size in (((22, 26, 22), 8.0), ((44, 52, 44), 4.0))
    )
    maps = average_networks(template, coarse, (22, 26, 22))
    points = grid_points(fine, (44, 52, 44))
    eighths = network_maps(points, tissue_fractions(template, points)["GM"])
    mean = eighths.reshape(10, 22, 2, 26, 2, 22, 2).mean((2, 4, 6))
    np.testing.assert_allclose(maps, np.moveaxis(mean, 0, -1), atol=1e-5)


def test_time_courses_are_slow_and_their_power_falls(rng):
    courses = draw_time_courses(10, 600.0, rng)(TIMES)
    np.testing.assert_allclose(courses.std(1), 1, atol=0.05)
    frequencies = np.fft.rfftfreq(len(TIMES), 2.0)
    power = np.square(np.abs(np.fft.rfft(courses))).mean(0)
    inside = (frequencies > 0.008) & (frequencies < 0.11)
    assert power[inside].sum() > 0.97 * power.sum()
    low = (frequencies > 0.012) & (frequencies < 0.03)
    high = (frequencies > 0.07) & (frequencies < 0.1)
    assert power[low].mean() > 3 * power[high].mean()


def test_time_courses_can_be_asked_at_slices_times(rng):
    course = draw_time_courses(2, 60.0, rng)
    volumes, late = np.arange(0, 50, 2.0), np.array([0.0, 0.7])
    both = course(volumes[:, None] + late)
    np.testing.assert_array_equal(both[..., 0], course(volumes))
    np.testing.assert_array_equal(both[..., 1], course(volumes + 0.7))


def test_the_response_peaks_at_five_seconds():
    times = np.arange(0, 30, 0.1)
    assert times[haemodynamic_response(times).argmax()] == pytest.approx(5.0, abs=0.2)


def test_an_effect_changes_the_expression_of_the_affected_alone():
    def drawn(affected):
        return draw_expression({"salience": 0.5}, affected, np.random.default_rng(1))

    healthy, affected = drawn(False), drawn(True)
    assert affected["salience"] == pytest.approx(1.5 * healthy["salience"])
    assert affected["auditory"] == healthy["auditory"]


@pytest.mark.parametrize(
    ("effects", "sentence"),
    [({"salient": 0.5}, "no network 'salient'"), ({"salience": -1}, "by -1")],
)
def test_an_effect_that_cannot_be_planted_is_an_error(rng, effects, sentence):
    with pytest.raises(ValueError, match=sentence):
        draw_expression(effects, True, rng)
