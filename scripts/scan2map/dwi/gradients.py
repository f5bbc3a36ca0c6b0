"""b-values and gradient directions: read, check, and turn between frames.

FSL's convention, which dcm2niix writes: b-vectors are along the voxel axes, with the
first one reversed where the affine has a positive determinant.
"""

from pathlib import Path

import numpy as np

LARGEST_B0 = 50.0
"""b-values (s/mm²) up to here count as b = 0."""

FEWEST_DIRECTIONS = 6
"""A tensor has six unknowns besides the signal without weighting."""

NO_B0 = "{path} has no volume with b = 0 (at most 50 s/mm²); the tensor fit needs one"
FEW_DIRECTIONS = (
    "{path} has {count} different gradient directions with b > 50 s/mm²; "
    "a tensor needs at least 6"
)


def read_gradients(bval_path, bvec_path, n_volumes):
    """Read and check the gradient files of a DWI.

    Parameters
    ----------
    bval_path, bvec_path : str or Path
        FSL's text files.
    n_volumes : int
        Volumes of the image they belong to.

    Returns
    -------
    bvals : ndarray, shape (n_volumes,)
        s/mm².
    bvecs : ndarray, shape (n_volumes, 3)
        FSL's convention, unit length, zeros at b = 0.

    Raises
    ------
    ValueError
        Counts do not agree, a direction is missing, there is no b = 0 volume, or there
        are fewer than 6 directions.
    """
    bvals = np.atleast_1d(np.loadtxt(bval_path, dtype=float)).ravel()
    bvecs = np.atleast_2d(np.loadtxt(bvec_path, dtype=float))
    if bvecs.shape == (3, n_volumes):
        bvecs = bvecs.T
    if len(bvals) != n_volumes or bvecs.shape != (n_volumes, 3):
        raise ValueError(
            f"{bval_path} has {len(bvals)} b-values and {bvec_path} has shape "
            f"{bvecs.shape}, but the image has {n_volumes} volumes; "
            "each volume needs one b-value and one direction"
        )
    return check_gradients(bvals, bvecs, bval_path, bvec_path)


def check_gradients(bvals, bvecs, bval_path="bvals", bvec_path="bvecs"):
    """Return b-values and unit b-vectors that suffice for a tensor.

    Parameters
    ----------
    bvals : ndarray, shape (n_volumes,)
        s/mm².
    bvecs : ndarray, shape (n_volumes, 3)
        Any length.
    bval_path, bvec_path : str
        Names for the errors.

    Returns
    -------
    bvals : ndarray, shape (n_volumes,)
        Unchanged, also below 50 s/mm².
    bvecs : ndarray, shape (n_volumes, 3)
        Unit length, zeros where the volume has none.

    Raises
    ------
    ValueError
        As `read_gradients`.
    """
    weighted = bvals > LARGEST_B0
    length = np.linalg.norm(bvecs, axis=1)
    if weighted.all():
        raise ValueError(NO_B0.format(path=bval_path))
    missing = np.flatnonzero(weighted & ~(length > 0.1))
    if len(missing):
        raise ValueError(
            f"{bvec_path} has no direction for volume {missing[0]}, whose b-value is "
            f"{bvals[missing[0]]:g} s/mm²"
        )
    units = np.where(length[:, None] > 0.1, bvecs / np.maximum(length, 0.1)[:, None], 0)
    count = count_directions(units[weighted])
    if count < FEWEST_DIRECTIONS:
        raise ValueError(FEW_DIRECTIONS.format(path=bvec_path, count=count))
    return bvals, units


def count_directions(bvecs, angle=5.0):
    """Count directions that differ by more than `angle` degrees, signs aside."""
    kept = []
    for direction in bvecs:
        if all(abs(direction @ other) < np.cos(np.radians(angle)) for other in kept):
            kept.append(direction)
    return len(kept)


def write_gradients(bvals, bvecs, bval_path, bvec_path):
    """Write b-values (n,) and b-vectors (n, 3) as FSL's text files."""
    Path(bval_path).write_text(" ".join(f"{b:g}" for b in bvals) + "\n")
    rows = [" ".join(f"{value:.8f}" for value in row) for row in bvecs.T]
    Path(bvec_path).write_text("\n".join(rows) + "\n")


def fsl_to_world(affine):
    """Return the matrix that takes FSL's b-vectors to world directions.

    Parameters
    ----------
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the image.

    Returns
    -------
    ndarray, shape (3, 3)
        Orthogonal for images without shear.
    """
    axes = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    if np.linalg.det(axes) > 0:
        axes = axes * [-1, 1, 1]
    return axes


def world_directions(bvecs, affine):
    """Return FSL's b-vectors (n, 3) as directions (n, 3) in the world frame."""
    return bvecs @ fsl_to_world(affine).T


def fsl_bvecs(directions, affine):
    """Return world directions (n, 3) as FSL's b-vectors (n, 3)."""
    return directions @ np.linalg.inv(fsl_to_world(affine)).T


def phase_axis(sidecar):
    """Return the array axis of the phase encoding, 0, 1 or 2.

    Parameters
    ----------
    sidecar : dict
        BIDS sidecar of the DWI, with PhaseEncodingDirection or PhaseEncodingAxis
        (i, j or k and perhaps a sign). Where it has neither, the answer is 1: axial
        diffusion images are nearly always encoded from front to back.
    """
    name = sidecar.get("PhaseEncodingDirection") or sidecar.get("PhaseEncodingAxis")
    return "ijk".index(name[0]) if name else 1
