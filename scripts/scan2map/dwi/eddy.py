"""What eddy currents can do to a volume, and what contrast only seems to do.

In EPI, eddy currents of the diffusion gradients shear and stretch a volume along the
phase encoding, in proportion to the gradient: an odd function of its direction.
Contrast is an even one: opposite gradients give the same picture. Whatever a
registration finds can be sorted by that.
"""

import numpy as np
from scipy.spatial.transform import Rotation
from scipy.special import fdtri

from scan2map.alignment import RIGID

FEWEST_RESIDUALS = 8
"""Volumes beyond the unknowns of `shrink_contrast` that are needed to apply it."""


def eddy_velocities(along):
    """Return the velocities of a rigid body, and of shear and stretch along an axis.

    Parameters
    ----------
    along : ndarray, shape (3,)
        Unit vector of the phase encoding in the world frame.

    Returns
    -------
    ndarray, shape (9, 3, 4)
        As `scan2map.alignment.align` takes them.
    """
    eddy = np.zeros((3, 3, 4))
    eddy[:, :, :3] = along[None, :, None] * np.eye(3)[:, None, :]
    return np.concatenate([RIGID, eddy])


def split(matrices, along, centre):
    """Split matrices into rigid motion, then shear and stretch along an axis.

    Parameters
    ----------
    matrices : ndarray, shape (n, 4, 4)
        World to world, p → D R p with R rigid and D = 1 + `along` eddyᵀ.
    along : ndarray, shape (3,)
        Unit vector.
    centre : ndarray, shape (3,)
        World point (mm) about which R turns and D stretches.

    Returns
    -------
    motion : ndarray, shape (n, 6)
        Translations (mm) and rotation vectors (radian) of R.
    eddy : ndarray, shape (n, 3)
        Displacement along the axis per mm along x, y, z.
    """
    linear = matrices[:, :3, :3]
    excess = (linear @ linear.transpose(0, 2, 1) - np.eye(3)) @ along
    across = excess - (excess @ along)[:, None] * along
    stretch = np.sqrt(1 + excess @ along - (across**2).sum(1)) - 1
    eddy = across + stretch[:, None] * along
    undo = np.linalg.inv(np.eye(3) + along[:, None] * eddy[:, None, :])
    shift = linear @ centre + matrices[:, :3, 3] - centre
    translation = np.einsum("nij,nj->ni", undo, shift)
    turns = Rotation.from_matrix(undo @ linear).as_rotvec()
    return np.column_stack([translation, turns]), eddy


def join(motion, eddy, along, centre):
    """Return the matrices (n, 4, 4) that `split` splits."""
    stretch = np.eye(3) + along[:, None] * eddy[:, None, :]
    matrices = np.tile(np.eye(4), (len(motion), 1, 1))
    matrices[:, :3, :3] = stretch @ Rotation.from_rotvec(motion[:, 3:]).as_matrix()
    shift = np.einsum("nij,nj->ni", stretch, motion[:, :3]) + centre
    matrices[:, :3, 3] = shift - matrices[:, :3, :3] @ centre
    return matrices


def linear_in_gradient(eddy, gradients):
    """Return the part of eddy-current parameters that is linear in the gradient.

    Parameters
    ----------
    eddy : ndarray, shape (n_volumes, 3)
        From `split`.
    gradients : ndarray, shape (n_volumes, 3)
        Directions in the world frame, scaled by b-value.

    Returns
    -------
    ndarray, shape (n_volumes, 3)

    Notes
    -----
    FSL's eddy calls this the linear second-level model.
    """
    return gradients @ (np.linalg.pinv(gradients) @ eddy)


def even_part(gradients):
    """Return an orthonormal basis (n, ≤ 5) of products of components, mean 0."""
    x, y, z = gradients.T
    products = np.column_stack([x * x, y * y, z * z, x * y, x * z, y * z])
    basis, sizes, _ = np.linalg.svd(products - products.mean(0), full_matrices=False)
    return basis[:, sizes > 1e-3 * sizes[0]]


def shrink_contrast(motion, gradients):
    """Shrink the part of motion that goes with the contrast of the volumes.

    Parameters
    ----------
    motion : ndarray, shape (n_volumes, 6)
        Motion parameters with mean 0.
    gradients : ndarray, shape (n_volumes, 3)
        Directions in the world frame, scaled by b-value.

    Returns
    -------
    ndarray, shape (n_volumes, 6)

    Notes
    -----
    Registration to an image of another contrast is biased, and the bias follows the
    products of the gradient's components (five beside the mean), which a head does
    not. Per parameter, where that part's variance exceeds that of the rest (F test,
    1 %), it is scaled by their ratio: a head that lies still keeps lying still, and a
    restless one is left as it was found. Nothing is done with fewer than 14 volumes.
    """
    basis = even_part(gradients)
    rank = basis.shape[1]
    free = len(motion) - 1 - rank
    if free < FEWEST_RESIDUALS:
        return motion
    suspect = basis @ (basis.T @ motion)
    rest = ((motion - suspect) ** 2).sum(0) / free
    own = (suspect**2).sum(0) / rank
    ratio = rest / np.maximum(own, 1e-20)
    factor = np.where(ratio * fdtri(rank, free, 0.99) < 1, ratio, 1)
    return motion - (1 - factor) * suspect
