"""Turn tensors along with the images that carry them.

Tensors have six components on the last axis, order and frame as in `scan2map.tensor`.
"""

import numpy as np

from scan2map.tensor import eigen, from_matrix, from_spectrum, to_matrix

MIRROR_SIGNS = np.array([1, -1, -1, 1, 1, 1])
"""Signs of the components after x → -x."""


def rotate(tensor, rotation):
    """Return R D Rᵀ.

    Parameters
    ----------
    tensor : ndarray, shape (…, 6)
        Tensors.
    rotation : ndarray, shape (3, 3) or (…, 3, 3)
        Orthogonal matrices in the world frame; they take old directions to new ones.

    Returns
    -------
    ndarray, shape (…, 6)
    """
    return from_matrix(rotation @ to_matrix(tensor) @ np.swapaxes(rotation, -1, -2))


def mirror(tensor):
    """Return a tensor image mirrored left to right, voxels and tensors.

    Parameters
    ----------
    tensor : ndarray, shape (x, y, z, 6)
        Tensor image whose first axis is the world's x and is centred on the plane
        of the mirror.

    Returns
    -------
    ndarray, shape (x, y, z, 6)
        First axis reversed, Dxy and Dxz negated.
    """
    return tensor[::-1] * MIRROR_SIGNS.astype(tensor.dtype)


def preserve_principal_direction(tensor, jacobian):
    """Reorient tensors as a deformation turns the fibres under them.

    Parameters
    ----------
    tensor : ndarray, shape (…, 6)
        Tensors, not yet reoriented.
    jacobian : ndarray, shape (3, 3) or (…, 3, 3)
        Derivative, in the world frame, of the map from where the tensors come from to
        where they are put: the inverse of the derivative of a displacement field that
        pulls.

    Returns
    -------
    ndarray, shape (…, 6)
        Tensors with the same eigenvalues. The principal direction follows the
        jacobian; the second one follows it as far as it is orthogonal to the first.

    Notes
    -----
    Preservation of principal direction, Alexander et al. 2001 (doi 10.1109/42.963816).
    The jacobian is that of the whole transformation, its affine part included, so that
    fibres that are sheared keep pointing along their neighbours.
    """
    values, vectors = eigen(tensor)
    first = _unit(np.einsum("...ij,...j->...i", jacobian, vectors[..., 2]))
    second = np.einsum("...ij,...j->...i", jacobian, vectors[..., 1])
    along = (first * second).sum(-1, keepdims=True)
    second = _unit(second - along * first)
    third = np.cross(first, second)
    return from_spectrum(values, np.stack([third, second, first], axis=-1))


def _unit(vectors):
    """Scale vectors on the last axis to unit length."""
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
