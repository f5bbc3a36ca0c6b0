"""b-values and gradient directions: read, check, and turn between frames.

FSL's convention, which dcm2niix writes: b-vectors are along the voxel axes, with the
first one reversed where the affine has a positive determinant.
"""

from pathlib import Path

import numpy as np

LARGEST_B0 = 50.0
"""b-values (s/mm²) up to here count as b = 0."""

SAME_DIRECTION = np.cos(np.deg2rad(1.0))
"""Two directions less than 1 degree apart, or opposite, count as one."""


def read_gradients(bval_path, bvec_path, n_volumes):
    """Read b-values and directions in FSL's format, as BIDS prescribes it.

    Parameters
    ----------
    bval_path, bvec_path : str or Path
        Text files: one line of b-values; three lines with x, y and z of the directions.
    n_volumes : int
        Volumes of the image they belong to.

    Returns
    -------
    bvals : ndarray, shape (n_volumes,)
        s/mm².
    bvecs : ndarray, shape (n_volumes, 3)
        FSL's convention, unit length, zeros where a volume has no direction.

    Raises
    ------
    ValueError
        A file is absent, does not hold numbers, bvec has not three rows, or what
        `check_gradients` raises.
    """
    tables = []
    for path in map(Path, (bval_path, bvec_path)):
        if not path.exists():
            raise ValueError(
                f"the diffusion series has no {path.name}: it has no b-values or "
                "directions, so it is not a diffusion scan or was converted or "
                "exported without them; choose another series"
            )
        try:
            tables.append(np.loadtxt(path, ndmin=2))
        except ValueError as error:
            raise ValueError(f"{path} is not a table of numbers: {error}") from error
    bvals, bvecs = tables[0].ravel(), tables[1]
    if bvecs.shape[0] != 3:
        raise ValueError(
            f"{bvec_path} has {bvecs.shape[0]} rows; 3 are needed (x, y, z), one "
            "column per volume"
        )
    return bvals, check_gradients(bvals, bvecs.T, n_volumes)


def check_gradients(bvals, bvecs, n_volumes):
    """Check that b-values and directions suffice to fit a diffusion tensor.

    Parameters
    ----------
    bvals : ndarray, shape (n,)
        s/mm².
    bvecs : ndarray, shape (n, 3)
        Directions; any length.
    n_volumes : int
        Volumes of the image.

    Returns
    -------
    ndarray, shape (n_volumes, 3)
        Directions of unit length, zeros where a volume has none.

    Raises
    ------
    ValueError
        Numbers of volumes differ, a b-value or direction is missing, no b = 0, fewer
        than 6 directions, or directions that leave a component of the tensor
        undetermined.
    """
    if not len(bvals) == len(bvecs) == n_volumes:
        raise ValueError(
            f"the diffusion image has {n_volumes} volumes but {len(bvals)} b-values "
            f"and {len(bvecs)} directions; they must be as many: the series is "
            "incomplete or its gradient files belong to another one"
        )
    length = np.linalg.norm(bvecs, axis=1)
    weighted = bvals > LARGEST_B0
    wrong = ~(np.isfinite(bvals) & (bvals >= 0)) | weighted & ~(length > 0)
    if wrong.any():
        raise ValueError(
            "the diffusion series has b-values that are negative or no numbers, or "
            "weighted volumes without direction (volumes "
            f"{', '.join(str(n + 1) for n in np.flatnonzero(wrong))}, counted from 1): "
            "correct the gradient files, or choose another series"
        )
    if weighted.all():
        raise ValueError(
            f"bvals without b0: the smallest b-value is {bvals.min():g} s/mm², at "
            f"least one volume with b <= {LARGEST_B0:g} is needed; merge the separate "
            "b = 0 scan into the series, or choose another one"
        )
    units = np.where(
        length[:, None] > 0, bvecs / np.where(length, length, 1)[:, None], 0
    )
    directions = distinct_directions(units[weighted])
    if len(directions) < 6:
        raise ValueError(
            f"the diffusion series has {len(directions)} distinct directions with "
            f"b > {LARGEST_B0:g} s/mm²; a tensor needs at least 6: choose another one"
        )
    x, y, z = directions.T
    design = np.column_stack([x * x, y * y, z * z, x * y, x * z, y * z])
    if np.linalg.matrix_rank(design, tol=1e-3) < 6:
        raise ValueError(
            f"the {len(directions)} directions of the diffusion series do not "
            "determine a tensor (they lie on a plane or a cone): check its bvec file"
        )
    return units


def distinct_directions(units):
    """Return unit vectors, (n, 3), that differ; opposite ones are counted once."""
    kept = []
    for unit in units:
        if all(abs(unit @ other) < SAME_DIRECTION for other in kept):
            kept.append(unit)
    return np.array(kept).reshape(-1, 3)


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
