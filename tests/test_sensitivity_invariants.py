"""Chain rules from tensor components to invariants."""

import numpy as np
import pytest

from scan2map.sensitivity import (
    METRICS,
    UNITS,
    invariant_gradients,
    tensor_from_invariants,
    tensor_invariants,
)
from scan2map.sensitivity.tensor_invariants import symmetric_gradient
from scan2map.tensor import invariants, to_matrix


@pytest.fixture
def tensors(rng):
    mu = rng.uniform(0.5e-3, 1.5e-3, 50)
    turns = np.linalg.qr(rng.normal(size=(50, 3, 3)))[0]
    sigma, theta = mu * rng.uniform(0.1, 0.9, 50), rng.uniform(0.1, 0.9, 50)
    return tensor_from_invariants(mu, sigma, theta, turns)


def by_metric(tensors, gradient):
    gradients, defined = invariant_gradients(tensors, gradient)
    return dict(zip(METRICS, gradients, strict=True)), dict(
        zip(METRICS, defined, strict=True)
    )


def test_invariants_and_eigenvectors_give_the_tensor_back(tensors):
    mu, sigma, theta, _, vectors = tensor_invariants(tensors)
    again = tensor_from_invariants(mu, sigma, theta, vectors)
    np.testing.assert_allclose(again, tensors, atol=1e-17)  # rounding of 1e-3


def test_invariants_are_those_of_the_diffusion_maps(tensors):
    at, maps = tensor_invariants(tensors), invariants(tensors)
    np.testing.assert_allclose(at.mu, maps["MD"], rtol=1e-12)
    np.testing.assert_allclose(at.sigma, maps["A"], rtol=1e-12)
    np.testing.assert_allclose(at.theta, maps["planarity"], rtol=1e-9)


def test_eigenvalues_ascend_from_linear_to_planar():
    for theta in (0, 0.5, np.pi / 3):
        tensor = tensor_from_invariants([1e-3], [5e-4], [theta], np.eye(3)[None])
        assert (np.diff(tensor[0, [0, 3, 5]]) >= -1e-18).all()
        np.testing.assert_allclose(tensor_invariants(tensor).theta, theta, atol=1e-7)


def test_off_diagonal_components_count_twice_in_the_symmetric_tensor(tensors, rng):
    gradient, change = rng.normal(size=(2, *tensors.shape))
    as_components = (gradient * change).sum(1)
    as_matrices = (symmetric_gradient(gradient) * to_matrix(change)).sum((1, 2))
    np.testing.assert_allclose(as_components, as_matrices, rtol=1e-9)


@pytest.mark.parametrize("metric", METRICS)
def test_gradient_of_a_metric_by_itself_is_one(tensors, metric):
    """FA counts for two, being the sum of two partial chain rules."""
    gradient = np.zeros_like(tensors)
    for channel, step in enumerate(1e-9 * np.eye(6)):
        change = invariants(tensors + step)[metric] - invariants(tensors - step)[metric]
        gradient[:, channel] = change / 2e-9
    expected = 2 if metric == "FA" else 1
    gradients, _ = by_metric(tensors, gradient)
    # Second differences: (1e-9 / 1e-4)^2, and rounding of 1e-16 * 1e-3 / 1e-9.
    np.testing.assert_allclose(gradients[metric], expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("of", "by"), [("MD", "A"), ("A", "MD"), ("MD", "planarity"), ("A", "planarity")]
)
def test_independent_invariants_do_not_move_each_other(tensors, of, by):
    gradient = np.zeros_like(tensors)
    for channel, step in enumerate(1e-9 * np.eye(6)):
        change = invariants(tensors + step)[of] - invariants(tensors - step)[of]
        gradient[:, channel] = change / 2e-9
    gradients, _ = by_metric(tensors, gradient)
    scale = 1e-3 if by == "planarity" else 1
    np.testing.assert_allclose(gradients[by], 0, atol=1e-5 * scale)


def test_fa_is_the_sum_of_the_two_partial_chain_rules(tensors, rng):
    gradients, _ = by_metric(tensors, rng.normal(size=tensors.shape))
    mu, sigma, *_ = tensor_invariants(tensors)

    def fa(mu, sigma):
        return np.sqrt(1.5 * sigma**2 / (3 * mu**2 + sigma**2))

    by_mu = (fa(mu * (1 + 1e-6), sigma) - fa(mu * (1 - 1e-6), sigma)) / (2e-6 * mu)
    by_sigma = (fa(mu, sigma * (1 + 1e-6)) - fa(mu, sigma * (1 - 1e-6))) / 2e-6 / sigma
    expected = gradients["A"] / by_sigma + gradients["MD"] / by_mu
    np.testing.assert_allclose(gradients["FA"], expected, rtol=1e-6)


def test_isotropic_tensors_have_a_derivative_by_md_alone(rng):
    tensor = np.array([[1e-3, 0, 0, 1e-3, 0, 1e-3]])
    gradients, defined = by_metric(tensor, rng.normal(size=(1, 6)))
    assert defined["MD"] and not any(defined[m] for m in METRICS[1:])
    assert gradients["MD"] and not any(gradients[m] for m in METRICS[1:])


def test_a_vanishing_mean_leaves_fa_undefined(rng):
    tensor = np.array([[1e-3, 0, 0, 0, 0, -1e-3]])
    _, defined = by_metric(tensor, rng.normal(size=(1, 6)))
    assert not defined["FA"] and defined["A"] and defined["planarity"]


@pytest.mark.parametrize("theta", [0, np.pi / 3])
def test_two_equal_eigenvalues_leave_planarity_alone_undefined(rng, theta):
    turn = np.linalg.qr(rng.normal(size=(1, 3, 3)))[0]
    tensor = tensor_from_invariants([1e-3], [5e-4], [theta], turn)
    gradients, defined = by_metric(tensor.astype(np.float32), rng.normal(size=(1, 6)))
    assert [m for m in METRICS if not defined[m]] == ["planarity"]
    assert gradients["planarity"] == 0


def test_next_to_its_end_planarity_is_defined_and_finite(rng):
    turn = np.linalg.qr(rng.normal(size=(1, 3, 3)))[0]
    tensor = tensor_from_invariants([1e-3], [5e-4], [1e-4], turn)
    gradients, defined = by_metric(tensor, rng.normal(size=(1, 6)))
    assert defined["planarity"] and abs(gradients["planarity"]) < 1e-2


def test_reflected_tensors_have_the_same_sensitivities(tensors, rng):
    reflection, gradient = [1, -1, -1, 1, 1, 1], rng.normal(size=tensors.shape)
    here, _ = invariant_gradients(tensors, gradient)
    there, _ = invariant_gradients(tensors * reflection, gradient * reflection)
    # Rounding, of terms that cancel: relative to the largest value of each metric.
    scale = np.abs(here).max(1, keepdims=True)
    np.testing.assert_allclose(there / scale, here / scale, atol=1e-9)


def test_each_metric_has_a_unit():
    assert set(UNITS) == set(METRICS)
