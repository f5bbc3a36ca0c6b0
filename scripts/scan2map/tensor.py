"""Diffusion tensors: fit, eigen-decomposition, invariants, logarithm.

A tensor is its six components in the order of `COMPONENTS`, on the last axis, in mm²/s
and in the world frame (RAS+). All zeros mean "no tensor here".
"""

import numpy as np

from scan2map.lean import without

COMPONENTS = ("Dxx", "Dxy", "Dxz", "Dyy", "Dyz", "Dzz")
"""Order of the six components on the last axis."""

ROWS, COLUMNS = np.triu_indices(3)
"""Row and column of each component in the symmetric 3 × 3 matrix."""

SIDECAR = {
    "Components": list(COMPONENTS),
    "Frame": "world, RAS+ (x to the right, y to the front, z up)",
    "Units": "mm^2/s",
    "Masked": "all six components are 0",
}
"""What the JSON beside a tensor image says."""

METRIC_UNITS = {"MD": "mm^2/s", "A": "mm^2/s", "FA": "1", "planarity": "rad"}
"""Invariants of a tensor, by name, and their units."""

SMALLEST_EIGENVALUE = 1e-6
"""Smallest eigenvalue (mm²/s) of a tensor that counts as positive definite. Water at
37 °C has 3e-3; below a thousandth of that the logarithm is ruled by noise."""

SMALLEST_SIGNAL = 1e-6
"""Signals below this fraction of their voxel's maximum are raised to it before the
logarithm, as MRtrix3's dwi2tensor does."""

DIPY_ORDER = [0, 1, 3, 2, 4, 5]
"""Where DIPY's lower triangle (xx, xy, yy, xz, yz, zz) has each of `COMPONENTS`."""


def fit_tensor(signals, bvals, directions, method="wls"):
    """Fit one tensor per voxel to the logarithm of the signals.

    Parameters
    ----------
    signals : ndarray, shape (n_voxels, n_volumes)
        Measured signals; values at or below 0 are raised to a millionth of the
        voxel's maximum.
    bvals : ndarray, shape (n_volumes,)
        b-values in s/mm².
    directions : ndarray, shape (n_volumes, 3)
        Gradient directions in the world frame, unit length (zeros at b = 0).
    method : {"wls", "ols"}
        Weighted or ordinary least squares.

    Returns
    -------
    ndarray, shape (n_voxels, 6)
        Tensors in mm²/s, not necessarily positive definite. Zeros where a voxel has
        no positive signal.

    Raises
    ------
    ValueError
        Another method.

    Notes
    -----
    Both solvers are DIPY's. For WLS it is given the squared measured signals as
    weights (one pass, as MRtrix3's ``dwi2tensor -iter 0``) where DIPY by itself takes
    signals predicted by a first OLS fit (Chung et al. 2006, doi
    10.1016/j.neuroimage.2006.07.001). DIPY's ``TensorModel`` is not used: it raises
    eigenvalues that are too small instead of leaving them to be masked.
    """
    # DIPY's tables, tests and parallel jobs: 0.8 s
    with without("joblib", "pandas", "pytest"):
        from dipy.reconst.dti import ols_fit_tensor, wls_fit_tensor

    if method not in ("wls", "ols"):
        raise ValueError(f"tensor should be 'wls' or 'ols', got '{method}'")
    tensor = np.zeros((len(signals), 6))
    largest = signals.max(1, initial=0)
    positive = largest > 0
    data = np.maximum(
        signals[positive].astype(float), SMALLEST_SIGNAL * largest[positive, None]
    )
    solver = wls_fit_tensor if method == "wls" else ols_fit_tensor
    weights = {"weights": data**2} if method == "wls" else {}
    if len(data):
        design = design_matrix(bvals, directions)
        fit, _ = solver(design, data, return_lower_triangular=True, **weights)
        tensor[positive] = fit[:, DIPY_ORDER]
    return tensor


def design_matrix(bvals, directions):
    """Return DIPY's design matrix: log signal = design @ (tensor, -log S0).

    Returns
    -------
    ndarray, shape (n_volumes, 7)
        Columns for xx, xy, yy, xz, yz, zz (s/mm²) and a constant -1.
    """
    x, y, z = np.asarray(directions, dtype=float).T
    products = np.stack([x * x, 2 * x * y, y * y, 2 * x * z, 2 * y * z, z * z], axis=1)
    return -np.column_stack([np.asarray(bvals)[:, None] * products, np.ones(len(x))])


def to_matrix(tensor):
    """Return (…, 6) components as symmetric (…, 3, 3) matrices."""
    matrix = np.empty((*tensor.shape[:-1], 3, 3), tensor.dtype)
    matrix[..., ROWS, COLUMNS] = tensor
    matrix[..., COLUMNS, ROWS] = tensor
    return matrix


def from_matrix(matrix):
    """Return symmetric (…, 3, 3) matrices as (…, 6) components."""
    return matrix[..., ROWS, COLUMNS]


def eigen(tensor):
    """Return eigenvalues in ascending order and their eigenvectors.

    Parameters
    ----------
    tensor : ndarray, shape (…, 6)
        Tensors in mm²/s.

    Returns
    -------
    values : ndarray, shape (…, 3)
        Ascending, mm²/s.
    vectors : ndarray, shape (…, 3, 3)
        Columns are unit vectors in the world frame: ``vectors[..., :, 2]`` is the
        principal direction. Their signs are arbitrary.
    """
    return np.linalg.eigh(to_matrix(tensor))


def invariants(tensor):
    """Return the metrics of tensors that do not depend on orientation.

    Parameters
    ----------
    tensor : ndarray, shape (…, 6)
        Tensors in mm²/s.

    Returns
    -------
    dict of ndarray, shape (…)
        ``MD`` μ, the mean of the eigenvalues (mm²/s); ``A`` σ, the root of the sum of
        their squared differences from μ (mm²/s); ``FA``, with
        FA² = 1.5 σ² / (3 μ² + σ²); ``planarity`` θ from 0 (linear) to π/3 (planar),
        with eigenvalues μ + √(2/3) σ cos(θ + φ), φ = 0, -2π/3, 2π/3 from the
        largest to the smallest. Where σ = 0, FA and θ are 0.

    Notes
    -----
    μ, σ, θ are those of Estudillo-Romero et al. 2022 (doi 10.1002/hbm.26009). θ is
    computed as an arctangent of the eigenvalues, which keeps its precision at both
    ends where the arccosine of the tensor mode, cos(3θ), loses it.
    """
    values = np.linalg.eigvalsh(to_matrix(tensor))
    mean = values.mean(-1)
    deviation = values - mean[..., None]
    spread = np.sqrt((deviation**2).sum(-1))
    size = np.sqrt(3 * mean**2 + spread**2)
    fa = np.sqrt(1.5) * np.divide(spread, size, out=np.zeros_like(size), where=size > 0)
    cosine = np.sqrt(1.5) * deviation[..., 2]
    sine = (values[..., 1] - values[..., 0]) / np.sqrt(2)
    return {"MD": mean, "A": spread, "FA": fa, "planarity": np.arctan2(sine, cosine)}


def is_positive_definite(tensor):
    """Tell where the smallest eigenvalue reaches `SMALLEST_EIGENVALUE`.

    Parameters
    ----------
    tensor : ndarray, shape (…, 6)
        Tensors in mm²/s; components that are not finite count as not positive.

    Returns
    -------
    ndarray of bool, shape (…)
    """
    finite = np.isfinite(tensor).all(-1)
    usable = np.where(finite[..., None], tensor, 0)
    return np.linalg.eigvalsh(to_matrix(usable))[..., 0] >= SMALLEST_EIGENVALUE


def log_tensor(tensor):
    """Return the matrix logarithm (…, 6) of positive definite tensors.

    Averages and interpolations of the result are log-Euclidean (Arsigny et al. 2006,
    doi 10.1002/mrm.20965). Eigenvalues at or below 0 give values that are not finite:
    mask them with `is_positive_definite` first.
    """
    values, vectors = eigen(tensor)
    return from_spectrum(np.log(values), vectors)


def exp_tensor(logarithm):
    """Return the tensors (…, 6) of matrix logarithms; inverse of `log_tensor`."""
    values, vectors = eigen(logarithm)
    return from_spectrum(np.exp(values), vectors)


def from_spectrum(values, vectors):
    """Return the tensors (…, 6) with given eigenvalues and eigenvectors (columns)."""
    return from_matrix((vectors * values[..., None, :]) @ np.swapaxes(vectors, -1, -2))
