"""Maps gathered by group and by region."""

import numpy as np
import pytest

from scan2map.sensitivity.groups import group_means, regional_means, regional_rows

ORDER = ["control", "patient"]


def constant(*numbers):
    return [np.full((2, 2, 2), number, np.float32) for number in numbers]


def test_each_group_has_its_mean():
    people, groups = ["a", "b", "c"], ["control", "patient", "control"]
    control, patient = group_means(constant(1, 5, 3), people, groups, ORDER)
    assert (control == 2).all() and (patient == 5).all()


def test_a_participant_counts_once_however_often_scanned():
    people, groups = ["a", "a", "b", "c"], ["control"] * 3 + ["patient"]
    control, _ = group_means(constant(0, 4, 8, 1), people, groups, ORDER)
    np.testing.assert_array_equal(control, np.full((2, 2, 2), 5))
    labels, names = np.ones((2, 2, 2), int), {1: "all"}
    row, _ = regional_rows(constant(0, 4, 8, 1), people, groups, ORDER, labels, names)
    assert (row["mean"], row["participants"]) == (5, 2)
    assert row["sd"] == pytest.approx(np.std([2, 8], ddof=1))


def test_a_group_without_maps_is_an_error():
    with pytest.raises(ValueError, match="no session of the group 'patient'"):
        group_means(constant(1), ["a"], ["control"], ORDER)


def test_regions_have_the_mean_of_their_voxels(rng):
    image, labels = rng.normal(size=(4, 5, 6)), rng.integers(0, 4, (4, 5, 6))
    found = regional_means(image, labels, [3, 1, 9])
    expected = [image[labels == 3].mean(), image[labels == 1].mean()]
    np.testing.assert_allclose(found[:2], expected)
    assert np.isnan(found[2])


def test_only_named_regions_with_voxels_are_listed():
    labels = np.zeros((2, 2, 2), int)
    labels[0], labels[1, 0] = 2, 7
    names = {0: "nothing", 2: "two", 5: "elsewhere"}
    people, groups = ["a", "b"], ["control", "patient"]
    rows = regional_rows(constant(1, 3), people, groups, ORDER, labels, names)
    assert [(row["region"], row["group"]) for row in rows] == [
        ("two", "control"),
        ("two", "patient"),
    ]
    assert rows[0]["voxels"] == 4 and np.isnan(rows[0]["sd"])
