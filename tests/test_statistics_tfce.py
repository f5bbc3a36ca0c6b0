"""Threshold-free cluster enhancement is the integral that it is defined as."""

import numpy as np
import pytest
from scipy import ndimage

from scan2map.statistics.tfce import CONNECTIVITY, enhance, neighbour_table


def smooth_noise(rng, shape=(14, 15, 13), fwhm=3.0):
    noise = ndimage.gaussian_filter(rng.normal(size=shape), fwhm / 2.355)
    return 3 * noise / noise.std()


def integrated(values, mask, connectivity, extent, height, step):
    """Add up e^E h^H over thresholds in small steps, by the midpoint rule."""
    near = ndimage.generate_binary_structure(3, CONNECTIVITY[connectivity])
    total = np.zeros(mask.shape)
    for sign in (1, -1):
        image = np.where(mask, sign * values, 0)
        for h in np.arange(step / 2, image.max(), step):
            labels, _ = ndimage.label(image > h, near)
            sizes = np.bincount(labels.ravel()).astype(float)
            sizes[0] = 0
            total += sign * sizes[labels] ** extent * h**height * step
    return total[mask]


@pytest.mark.parametrize("connectivity", [6, 18, 26])
@pytest.mark.parametrize(("extent", "height"), [(0.5, 2.0), (1.0, 1.0)])
def test_the_integral_is_that_of_fine_steps(rng, connectivity, extent, height):
    values, mask = smooth_noise(rng), rng.random((14, 15, 13)) < 0.9
    table = neighbour_table(mask, connectivity)
    exact = enhance(values[mask], table, extent, height)
    stepped = integrated(values, mask, connectivity, extent, height, step=0.002)
    high = np.abs(values[mask]) > 1  # steps are coarse for lower ones
    np.testing.assert_allclose(exact[high], stepped[high], rtol=5e-3)
    np.testing.assert_allclose(exact, stepped, atol=5e-3 * np.abs(exact).max())


def test_a_single_voxel_has_the_integral_of_its_height():
    values, mask = np.zeros(27), np.ones((3, 3, 3), bool)
    values[13] = 2.0
    enhanced = enhance(values, neighbour_table(mask))
    assert enhanced[13] == pytest.approx(2.0**3 / 3)
    assert np.count_nonzero(enhanced) == 1


def test_signs_are_enhanced_apart(rng):
    values, mask = smooth_noise(rng), np.ones((14, 15, 13), bool)
    table = neighbour_table(mask)
    both = enhance(values[mask], table)
    np.testing.assert_array_equal(enhance(-values[mask], table), -both)
    assert (np.sign(both) == np.sign(values[mask])).all()


def test_equal_voxels_are_enhanced_equally():
    mask = np.ones((4, 4, 4), bool)
    enhanced = enhance(np.full(64, 1.5), neighbour_table(mask))
    np.testing.assert_allclose(enhanced, 8 * 1.5**3 / 3)  # the root of 64 voxels


def test_neighbours_are_mutual_and_as_many_as_asked_for():
    mask = np.ones((3, 3, 3), bool)
    for connectivity in CONNECTIVITY:
        table = neighbour_table(mask, connectivity)
        assert (table[13] >= 0).sum() == connectivity
        for v, row in enumerate(table):
            assert all(v in table[w] for w in row[row >= 0])


def test_another_connectivity_is_refused():
    with pytest.raises(ValueError, match="6, 18 or 26. 8 was provided"):
        neighbour_table(np.ones((2, 2, 2), bool), 8)
