"""Which sessions are unlike the others?"""

import numpy as np
import pytest

from scan2map.homogeneity import (
    FAR,
    coarse_values,
    correlate,
    mean_correlation,
    robust_z,
)


def test_robust_z_is_the_deviation_in_standard_deviations_of_the_bulk(rng):
    values = rng.normal(10, 2, size=4000)
    values[:40] = 1000
    # The MAD of 4,000 normal values is right to 2 %, a percent of others adds 1 %.
    np.testing.assert_allclose(robust_z(values)[40:].std(), 1, rtol=0.05)
    assert (robust_z(values)[:40] > 100).all()


def test_nobody_is_far_where_most_values_are_equal():
    assert not robust_z(np.array([5.0, 5, 5, 5, 9])).any()


def test_maps_are_compared_by_means_over_blocks_within_the_brain():
    data = np.arange(4 * 4 * 5, dtype=np.float32).reshape(4, 4, 5)
    mask = np.ones(data.shape, dtype=bool)
    mask[:2, :2] = False
    blocks = coarse_values(data, mask, voxel_size=2.0)
    # Blocks of 2 voxels (4 mm); the odd last plane is left out.
    assert blocks.shape == (2 * 2 * 2 - 2,)
    np.testing.assert_allclose(blocks[0], data[:2, 2:4, :2].mean())


def test_voxels_that_are_coarse_already_are_taken_as_they_are(rng):
    data, mask = rng.random((3, 4, 5)), rng.random((3, 4, 5)) < 0.5
    values = coarse_values(data, mask, voxel_size=8.0)
    np.testing.assert_allclose(values, data[mask], rtol=1e-6)


def test_a_map_of_noise_among_alike_ones_is_far_from_them(rng):
    maps = rng.normal(size=300) + 0.5 * rng.normal(size=(12, 300))
    maps[7] = rng.normal(size=300)
    z = robust_z(mean_correlation(correlate(maps, list("abcdefghijkl"))))
    assert z.argmin() == 7 and z[7] < -FAR


def test_the_mean_correlation_leaves_out_oneself():
    matrix = np.array([[1, 0.5, 0.1], [0.5, 1, 0.3], [0.1, 0.3, 1]])
    np.testing.assert_allclose(mean_correlation(matrix), [0.3, 0.4, 0.2])


def test_an_empty_map_is_named(rng):
    maps = np.vstack([rng.random((2, 50)), np.zeros(50)])
    with pytest.raises(ValueError, match="the map of c has the same value everywhere"):
        correlate(maps, list("abc"))
