"""Chain rules from the components of a diffusion tensor to its invariants.

A tensor has eigenvalues ``l1 <= l2 <= l3`` (ascending) with eigenvectors ``R``. They
are described by three numbers that can vary one at a time (Estudillo-Romero et al.
2022, doi 10.1002/hbm.26009, appendix A)::

    li = mu + sqrt(2/3) * sigma * cos(theta + phi_i),
    phi = (2 pi/3, -2 pi/3, 0),    0 <= theta <= pi/3

`mu` is the mean diffusivity MD, `sigma` the anisotropy A, ``sqrt(sum((li - mu)^2))``,
`theta` the planarity: 0 for a linear tensor (l1 = l2), pi/3 for a planar one
(l2 = l3). ``FA^2 = 1.5 sigma^2 / (3 mu^2 + sigma^2)``.
"""

from typing import NamedTuple

import numpy as np

from scan2map.tensor import eigen, from_spectrum, to_matrix

METRICS = ("MD", "A", "FA", "planarity")
"""Order of the metrics on the first axis of every stack of sensitivity maps."""

UNITS = {
    "MD": "1/(mm^2/s)",
    "A": "1/(mm^2/s)",
    "FA": "1",
    "planarity": "1/rad",
}
"""Unit of the derivative of the logit, a pure number, by each metric."""

PHASES = np.array([2.0, -2.0, 0.0]) * np.pi / 3
"""Phases of the ascending eigenvalues; cos(theta + phi) keeps them in order."""

OCCURRENCE = 1 / np.array([1, 2, 2, 1, 2, 1])
"""One over how often each component appears in the symmetric tensor."""

VANISHING = 1e-6
"""A mean, an anisotropy or a gap between eigenvalues below this fraction of the
tensor's norm is rounding: tensors are stored as float32 (relative precision 6e-8)."""


class Invariants(NamedTuple):
    """Invariants of tensors and what they vary around; mu and sigma in mm²/s."""

    mu: np.ndarray
    sigma: np.ndarray
    theta: np.ndarray
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray


def tensor_invariants(tensors):
    """Return mean, anisotropy and planarity of tensors, and their eigenvectors.

    Parameters
    ----------
    tensors : ndarray, shape (n, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s.

    Returns
    -------
    Invariants
        `mu`, `sigma` (mm²/s) and `theta` (rad, 0 for isotropic tensors), each of
        shape (n,); `eigenvalues` (n, 3) ascending; `eigenvectors` (n, 3, 3), one per
        column. All float64.
    """
    values, vectors = eigen(np.asarray(tensors, dtype=np.float64))
    mu = values.mean(1)
    deviations = values - mu[:, None]
    sigma = np.linalg.norm(deviations, axis=1)
    # Not arccos of the determinant, which loses half of the digits at both ends.
    theta = np.arctan2((values[:, 1] - values[:, 0]) / np.sqrt(3), deviations[:, 2])
    return Invariants(mu, sigma, theta, values, vectors)


def tensor_from_invariants(mu, sigma, theta, eigenvectors):
    """Return the tensors that have these invariants and eigenvectors.

    Parameters
    ----------
    mu, sigma : ndarray, shape (n,)
        Mean diffusivity and anisotropy, mm²/s.
    theta : ndarray, shape (n,)
        Planarity, rad. Slightly outside [0, pi/3] is allowed: the eigenvalues then
        swap their order but stay with their eigenvectors.
    eigenvectors : ndarray, shape (n, 3, 3)
        One per column, that of the smallest eigenvalue first.

    Returns
    -------
    ndarray, shape (n, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s.
    """
    swing = np.sqrt(2 / 3) * np.cos(np.asarray(theta)[:, None] + PHASES)
    values = np.asarray(mu)[:, None] + np.asarray(sigma)[:, None] * swing
    return from_spectrum(values, eigenvectors)


def invariant_gradients(tensors, gradient):
    """Turn the gradient by six tensor components into that by MD, A, FA, planarity.

    Parameters
    ----------
    tensors : ndarray, shape (n, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s.
    gradient : ndarray, shape (n, 6)
        Derivative of the logit by each of the six numbers, 1/(mm²/s).

    Returns
    -------
    gradients : ndarray, shape (4, n), float64
        Derivative of the logit by each of `METRICS`, in `UNITS`; 0 where undefined.
    defined : ndarray of bool, shape (4, n)
        MD always; A where sigma does not vanish; FA where neither sigma nor mu
        vanishes; planarity where no two eigenvalues are equal.

    Notes
    -----
    With ``gi = vi' G vi``, the derivative by eigenvalue i at fixed eigenvectors (`G`
    from `symmetric_gradient`)::

        dN/dmu    = sum gi
        dN/dsigma = sum gi (li - mu) / sigma
        dN/dtheta = -sqrt(2/3) sigma sum gi sin(theta + phi_i)
        dN/dFA    = (3 mu^2 + sigma^2) / (3 FA)
                    * (sigma / mu^2 * dN/dsigma - 1 / mu * dN/dmu)

    FA depends on two invariants, so "the derivative by FA" is the sum of two partial
    chain rules: through sigma at fixed mu, and through mu at fixed sigma. Equation 4
    of the paper as printed is dimensionally inconsistent (its two terms differ in
    unit); the formula above is that sum, without unit as it has to be.

    Where two eigenvalues are equal, theta is at an end of its range (0 or pi/3) or,
    for three equal ones, meaningless. The two eigenvectors can then be turned in
    their plane without changing the tensor, and with them the derivative by theta,
    which exists from one side only: planarity is undefined there. MD, A and FA do
    not depend on that choice. Next to the ends the derivative by theta is defined,
    and that of the inside.
    """
    mu, sigma, theta, values, vectors = tensor_invariants(tensors)
    by_value = np.einsum(
        "nji,njk,nki->ni", vectors, symmetric_gradient(gradient), vectors
    )
    floor = VANISHING * np.linalg.norm(values, axis=1)
    anisotropic, positive = sigma > floor, np.abs(mu) > floor
    distinct = anisotropic & (np.diff(values, axis=1).min(1) > floor)
    defined = np.array(
        [np.ones_like(positive), anisotropic, anisotropic & positive, distinct]
    )
    safe_mu, safe_sigma = np.where(positive, mu, 1), np.where(anisotropic, sigma, 1)
    norm = 3 * safe_mu**2 + safe_sigma**2
    fa = np.sqrt(1.5 / norm) * safe_sigma
    by_mu = by_value.sum(1)
    by_sigma = (by_value * (values - mu[:, None])).sum(1) / safe_sigma
    by_theta = (by_value * np.sin(theta[:, None] + PHASES)).sum(1)
    by_fa = norm / (3 * fa) * (safe_sigma / safe_mu**2 * by_sigma - by_mu / safe_mu)
    gradients = np.array([by_mu, by_sigma, by_fa, -np.sqrt(2 / 3) * sigma * by_theta])
    return np.where(defined, gradients, 0), defined


def symmetric_gradient(gradient):
    """Return the gradient by a symmetric tensor from that by its six components.

    A component off the diagonal stands for two elements of the tensor, so each of
    the two carries half of the derivative: then ``dN = sum_ij G_ij dD_ij``.

    Parameters
    ----------
    gradient : ndarray, shape (n, 6)
        Derivative by Dxx, Dxy, Dxz, Dyy, Dyz, Dzz.

    Returns
    -------
    ndarray, shape (n, 3, 3), float64
    """
    return to_matrix(np.asarray(gradient, dtype=np.float64) * OCCURRENCE)
