"""Tests of stacks of maps by component."""

import tempfile

import numpy as np
import pytest

from scan2map.statistics import (
    bonferroni,
    group_design,
    prepare_maps,
    stack_components,
    t_test,
    t_test_components,
)

SHAPE, AFFINE = (8, 9, 7), np.diag([4.0, 4.0, 4.0, 1.0])
ROWS = [{"participant_id": f"P{n}", "group": "ab"[n % 2]} for n in range(12)]
DESIGN = group_design(ROWS, ("a", "b"), "groups")


@pytest.fixture
def mask(rng):
    return rng.random(SHAPE) < 0.7


@pytest.fixture
def images(rng, mask):
    """Maps of three components: noise, nothing, and an effect in group b."""
    images = rng.normal(size=(12, *SHAPE, 3))
    images[..., 1] = 0
    images[1::2, 3:6, 3:6, 3:6, 2] += 20
    return images


def stack(images, mask):
    with tempfile.TemporaryFile() as file:
        return stack_components(images, len(images), mask, 4.0, 6.0, file)


def test_each_component_is_that_of_a_test_alone(images, mask):
    tested = t_test_components(stack(images, mask), DESIGN, mask, AFFINE)
    for number in (0, 2):
        data = prepare_maps(images[..., number], mask, 4.0, 6.0, [False] * 12)
        alone = t_test(data, DESIGN, mask, AFFINE)
        np.testing.assert_allclose(tested.t[..., number], alone.t, rtol=1e-6)
        np.testing.assert_allclose(tested.effect[..., number], alone.effect, rtol=1e-6)


def test_a_component_that_nobody_saw_is_listed_and_not_tested(images, mask):
    tested = t_test_components(stack(images, mask), DESIGN, mask, AFFINE)
    assert not tested.t[..., 1].any() and np.isfinite(tested.t).all()
    assert tested.summary["components_constant"] == [2]
    assert tested.summary["tests"] == 2 * mask.sum()


def test_alpha_is_for_all_voxels_of_all_components(images, mask):
    tested = t_test_components(stack(images, mask), DESIGN, mask, AFFINE, alpha=0.01)
    threshold = bonferroni(0.01, df=10, n_tests=2 * int(mask.sum()))
    assert tested.summary["threshold"] == threshold
    assert {cluster["component"] for cluster in tested.clusters} == {3}
    assert tested.clusters[0]["sign"] == "+"


def test_another_number_of_components_is_refused(images, mask):
    sessions = [images[0], images[1][..., :2]]
    with pytest.raises(ValueError, match="session 2 has maps of 2 components"):
        stack(sessions, mask)


def test_nothing_to_test_is_said(images, mask):
    with pytest.raises(ValueError, match="no voxel is left"):
        t_test_components(stack(0 * images, mask), DESIGN, mask, AFFINE)
