"""Random variants of a session."""

import numpy as np
import pytest

from scan2map.augmentation import augment, move
from scan2map.features import inside
from scan2map.reorient import mirror


@pytest.fixture
def feature(rng):
    """Tensors in a box that leaves a margin of background."""
    feature = np.zeros((12, 12, 4, 6), np.float32)
    feature[3:8, 4:9, 1:3] = rng.normal(size=(5, 5, 2, 6)) + 3
    return feature


def fibre(direction):
    """Return the components of a tensor that points along a direction."""
    return np.outer(direction, direction)[np.triu_indices(3)]


def test_no_augmentation_leaves_a_session_as_it_is(feature, rng):
    np.testing.assert_array_equal(augment(feature, 1, rng), feature)


def test_quarter_turn_moves_voxels_and_turns_tensors(feature):
    turned = move(feature, np.pi / 2, (0, 0, 0))
    # grid of 12: (x, y) -> (11 - y, x); R = x -> y, y -> -x
    signs = [1, -1, -1, 1, 1, 1]
    order = [3, 1, 4, 0, 2, 5]
    expected = feature[:, ::-1].swapaxes(0, 1)[..., order] * signs
    np.testing.assert_allclose(turned, expected, atol=1e-5)


def test_turned_fibre_points_where_the_rotation_takes_it():
    feature = np.zeros((9, 9, 1, 6), np.float32)
    feature[2:7, 2:7] = fibre([1, 0, 0])
    angle = np.deg2rad(17)
    turned = move(feature, angle, (0, 0, 0))[4, 4, 0]
    expected = fibre([np.cos(angle), np.sin(angle), 0])
    np.testing.assert_allclose(turned, expected, atol=1e-6)


def test_image_turns_in_the_same_sense_as_its_tensors():
    feature = np.zeros((41, 41, 1, 6), np.float32)
    feature[20:38, 19:22] = fibre([1, 0, 0])  # a bar from the middle to the right
    turned = move(feature, np.deg2rad(30), (0, 0, 0))
    tip = np.argwhere(inside(turned)[..., 0]).mean(0) - 20
    assert np.rad2deg(np.arctan2(tip[1], tip[0])) == pytest.approx(30, abs=2)


def test_shift_moves_whole_voxels(feature):
    moved = move(feature, 0.0, (2, -3, 1))
    np.testing.assert_allclose(moved[5:10, 1:6, 2:4], feature[3:8, 4:9, 1:3], atol=1e-6)
    assert inside(moved).sum() == inside(feature).sum()


def test_edges_of_a_moved_brain_are_not_dimmed(rng):
    feature = np.zeros((20, 20, 1, 6), np.float32)
    feature[5:15, 5:15] = [3, 0, 0, 3, 0, 3]
    moved = move(feature, 0.2, (1, 0, 0))
    np.testing.assert_allclose(moved[inside(moved)][:, 5], 3, rtol=1e-5)


@pytest.mark.parametrize(
    ("flip", "label", "flips"),
    [("none", 0, 0), ("control", 0, 1), ("control", 1, 0), ("both", 1, 1)],
)
def test_flip_mirrors_the_labels_it_is_for_in_half_of_the_cases(
    feature, rng, flip, label, flips
):
    variants = [augment(feature, label, rng, flip=flip) for _ in range(60)]
    mirrored = sum(np.array_equal(v, mirror(feature)) for v in variants)
    original = sum(np.array_equal(v, feature) for v in variants)
    # binomial(60, 1/2): outside 15..45 with probability 1e-4
    assert mirrored + original == 60 and 15 * flips <= mirrored <= 45 * flips


def test_same_random_state_gives_the_same_variant(feature):
    settings = {"flip": "both", "rotation_degrees": 17, "translation_voxels": 2}
    one, two = (
        augment(feature, 0, np.random.default_rng(5), **settings) for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, feature)


def test_unknown_flip_is_refused(feature, rng):
    with pytest.raises(ValueError, match="'patients'"):
        augment(feature, 0, rng, flip="patients")
