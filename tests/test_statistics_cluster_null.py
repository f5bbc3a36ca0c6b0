"""The largest cluster of a map is the one that labelling finds."""

import numpy as np
import pytest
from scipy import ndimage

from scan2map.statistics.cluster_null import largest_clusters
from scan2map.statistics.tfce import CONNECTIVITY, neighbour_table


@pytest.mark.parametrize("connectivity", [6, 18, 26])
def test_extent_and_mass_are_those_of_labelled_clusters(rng, connectivity):
    near = ndimage.generate_binary_structure(3, CONNECTIVITY[connectivity])
    mask = rng.random((12, 13, 14)) < 0.9
    table = neighbour_table(mask, connectivity)
    for _ in range(5):
        image = ndimage.gaussian_filter(rng.normal(size=mask.shape), 1.0)
        image = np.where(mask, image / image.std(), 0)
        labels, n = ndimage.label(image > 1, near)
        numbers = range(1, n + 1)
        masses = ndimage.sum_labels(image, labels, numbers)
        size, mass = largest_clusters(image[mask], 1.0, table)
        assert size == np.bincount(labels.ravel())[1:].max()
        assert mass == pytest.approx(masses.max())


def test_a_map_below_the_threshold_has_no_cluster():
    table = neighbour_table(np.ones((3, 3, 3), bool))
    assert largest_clusters(np.zeros(27), 1.0, table) == (0, 0.0)
