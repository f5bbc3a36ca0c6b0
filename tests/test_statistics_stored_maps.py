"""Maps in a file give the statistics of the same maps in memory."""

import numpy as np
import pytest

from scan2map.statistics import glm
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permutation import max_statistics, separate
from scan2map.statistics.stored_maps import StoredMaps


@pytest.fixture
def maps(rng):
    return rng.normal(size=(12, 3000)).astype(np.float32)


@pytest.fixture
def stored(maps, tmp_path):
    np.save(tmp_path / "maps.npy", maps)
    return StoredMaps(tmp_path / "maps.npy")


def test_rows_and_blocks_are_those_of_the_array(maps, stored):
    assert stored.shape == maps.shape and len(stored) == 12
    np.testing.assert_array_equal(stored[3], maps[3])
    np.testing.assert_array_equal(stored[:, 2900:3100], maps[:, 2900:3100])
    np.testing.assert_array_equal(stored[2:4, :7], maps[2:4, :7])


def test_statistics_do_not_depend_on_where_maps_are(maps, stored, monkeypatch):
    monkeypatch.setattr(glm, "BLOCK_BYTES", 8 * 12 * 700)
    design = np.repeat(np.eye(2), 6, axis=0)
    found, expected = (glm.fit(data, design).variance for data in (stored, maps))
    np.testing.assert_array_equal(found, expected)
    tested = separate(design, [1.0, -1])
    arranged = rearrange("labels", design, range(12), 50, seed=0)
    found, expected = (
        max_statistics(data, tested, arranged) for data in (stored, maps)
    )
    np.testing.assert_array_equal(found, expected)


def test_a_table_of_columns_is_refused(maps, tmp_path):
    np.save(tmp_path / "maps.npy", np.asfortranarray(maps))
    with pytest.raises(ValueError, match="one map after the other"):
        StoredMaps(tmp_path / "maps.npy")
