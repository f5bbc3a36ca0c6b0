import numpy as np
import pytest

from scan2map.dwi.gradients import read_gradients, world_directions
from scan2map.images import read_array, read_grid, read_mask
from scan2map.tensor import (
    eigen,
    exp_tensor,
    fit_tensor,
    from_matrix,
    from_spectrum,
    invariants,
    is_positive_definite,
    log_tensor,
    to_matrix,
)

MRTRIX_ORDER = [0, 3, 4, 1, 5, 2]


@pytest.fixture
def tensors(rng):
    values = np.sort(rng.uniform(0.2e-3, 2e-3, (50, 3)))
    return from_spectrum(values, np.linalg.qr(rng.normal(size=(50, 3, 3)))[0])


@pytest.fixture
def scheme(rng):
    directions = rng.normal(size=(13, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    directions[0] = 0
    return np.r_[0.0, np.full(12, 1000.0)], directions


def _signals(tensors, bvals, directions):
    exponent = np.einsum("vi,tij,vj->tv", directions, to_matrix(tensors), directions)
    return 100 * np.exp(-bvals * exponent)


@pytest.mark.parametrize("method", ["wls", "ols"])
def test_noise_free_signals_give_back_the_tensors(tensors, scheme, method):
    fit = fit_tensor(_signals(tensors, *scheme), *scheme, method=method)
    np.testing.assert_allclose(fit, tensors, atol=1e-10)  # tensors are near 1e-3


def test_voxels_without_signal_have_no_tensor(scheme):
    assert not fit_tensor(np.zeros((2, 13)), *scheme).any()


def test_an_unknown_fit_is_refused(scheme):
    with pytest.raises(ValueError, match="'wls' or 'ols', got 'nlls'"):
        fit_tensor(np.ones((1, 13)), *scheme, method="nlls")


@pytest.mark.parametrize(
    ("method", "reference"),
    [("ols", "ref_dwi2tensor_out_ols_it0"), ("wls", "ref_dwi2tensor_out_it0")],
)
def test_fits_agree_with_mrtrix(shared_data, method, reference):
    folder = shared_data / "mrtrix_tensor"
    mask = read_mask(folder / "mask.nii.gz")
    signals = read_array(folder / "dwi.nii.gz")[mask]
    bvals, bvecs = read_gradients(folder / "dwi.bval", folder / "dwi.bvec", 68)
    directions = world_directions(bvecs, read_grid(folder / "dwi.nii.gz")[1])
    ours = fit_tensor(signals, bvals, directions, method=method)
    theirs = read_array(folder / f"{reference}.nii.gz")[mask][:, MRTRIX_ORDER]
    difference = np.linalg.norm(ours - theirs, axis=1)
    # their tensors are stored as float32
    assert (difference / np.linalg.norm(theirs, axis=1)).max() < 1e-6


def test_components_are_in_the_order_of_the_upper_triangle():
    tensor = np.arange(6.0)
    expected = [[0, 1, 2], [1, 3, 4], [2, 4, 5]]
    np.testing.assert_array_equal(to_matrix(tensor), expected)
    np.testing.assert_array_equal(from_matrix(np.array(expected)), tensor)


def test_eigenvalues_ascend_and_belong_to_their_vectors(tensors):
    values, vectors = eigen(tensors)
    assert (np.diff(values) >= 0).all()
    np.testing.assert_allclose(from_spectrum(values, vectors), tensors, atol=1e-15)


def test_invariants_give_back_the_eigenvalues(tensors):
    metrics = invariants(tensors)
    angles = metrics["planarity"][:, None] + np.array([2, -2, 0]) * np.pi / 3
    spread = np.sqrt(2 / 3) * metrics["A"][:, None] * np.cos(angles)
    values = metrics["MD"][:, None] + spread
    np.testing.assert_allclose(values, eigen(tensors)[0], atol=1e-15)


def test_fa_follows_from_mean_and_spread(tensors):
    m = invariants(tensors)
    squared = 1.5 * m["A"] ** 2 / (3 * m["MD"] ** 2 + m["A"] ** 2)
    np.testing.assert_allclose(m["FA"] ** 2, squared)


@pytest.mark.parametrize(
    ("values", "planarity"), [((1, 1, 3), 0), ((1, 3, 3), np.pi / 3), ((2, 2, 2), 0)]
)
def test_planarity_runs_from_linear_to_planar(values, planarity):
    metrics = invariants(np.array([values[0], 0, 0, values[1], 0, values[2]]) * 1e-3)
    np.testing.assert_allclose(metrics["planarity"], planarity, atol=1e-12)


def test_invariants_are_zero_where_there_is_no_tensor():
    assert not any(values.any() for values in invariants(np.zeros((3, 6))).values())


def test_the_exponential_undoes_the_logarithm(tensors):
    np.testing.assert_allclose(exp_tensor(log_tensor(tensors)), tensors, atol=1e-15)


def test_indefinite_tiny_and_undefined_tensors_are_not_positive_definite():
    good = np.array([1e-3, 0, 0, 1e-3, 0, 1e-3])
    cases = np.stack([good, good * [1, 1, 1, -1, 1, 1], good * 1e-5, good * np.nan])
    np.testing.assert_array_equal(is_positive_definite(cases), [True] + 3 * [False])
