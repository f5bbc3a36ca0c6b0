"""Random flips, rotations and translations of brains, tensors included."""

import numpy as np
import scipy

from scan2map.features import inside
from scan2map.reorient import mirror, rotate

FLIPS = {"none": (), "control": (0,), "both": (0, 1)}
"""Which labels are flipped left to right, in half of the epochs on average."""


def augment(
    feature, label, rng, flip="none", rotation_degrees=0.0, translation_voxels=0.0
):
    """Return one random variant of a session's tensors.

    Parameters
    ----------
    feature : ndarray, shape (x, y, z, 6)
        mm²/s, world RAS+ frame, on a grid whose axes are those of the world.
    label : int
        0 control, 1 patient.
    rng : numpy.random.Generator
        Source of randomness.
    flip : str
        ``control``: controls are mirrored left to right with probability ½, as in
        Estudillo-Romero et al. (2022), where patients are mirrored to one side.
        ``both``: so are patients; for diseases without a side. ``none``: nobody.
    rotation_degrees : float
        The angle of a rotation in the axial plane about the middle of the grid is
        drawn uniformly between minus this and this.
    translation_voxels : float
        The shifts along x, y and z are drawn uniformly between minus this and this.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 6)

    Raises
    ------
    ValueError
        `flip` is not one of the three.
    """
    if flip not in FLIPS:
        raise ValueError(f"flip should be one of {sorted(FLIPS)}, got {flip!r}")
    feature = np.asarray(feature, dtype=np.float32)
    if label in FLIPS[flip] and rng.random() < 0.5:
        feature = mirror(feature)
    if rotation_degrees or translation_voxels:
        angle = np.deg2rad(rng.uniform(-rotation_degrees, rotation_degrees))
        shift = rng.uniform(-translation_voxels, translation_voxels, 3)
        feature = move(feature, angle, shift)
    return feature


def move(feature, angle, shift):
    """Rotate a brain in the axial plane, turning its tensors with it, and shift it.

    Parameters
    ----------
    feature : ndarray, shape (x, y, z, 6)
        Tensors in the world RAS+ frame; 0 in the background.
    angle : float
        Radians, from x (right) towards y (anterior), about the middle of the grid.
    shift : sequence of float, length 3
        Voxels along x, y and z, after the rotation.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 6)
        Interpolated linearly among voxels that hold a tensor; voxels with half of
        their weight or less from such voxels are background.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    middle = (np.array(feature.shape[:3]) - 1) / 2
    offset = middle - turn.T @ (middle + np.asarray(shift))

    def resample(channel):
        return scipy.ndimage.affine_transform(channel, turn.T, offset, order=1)

    weight = resample(inside(feature).astype(np.float32))
    kept = weight > 0.5
    channels = [resample(channel)[kept] for channel in np.moveaxis(feature, -1, 0)]
    moved = np.zeros_like(feature)
    moved[kept] = rotate(np.stack(channels, -1) / weight[kept][:, None], turn)
    return moved
