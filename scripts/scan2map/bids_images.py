"""Check that images are what they are wanted for, before anything is computed."""

from pathlib import Path

import nibabel as nib
import numpy as np

B0_LIMIT = 50.0
"""Volumes with a b-value up to this (s/mm²) count as b = 0."""

SAME_DIRECTION = np.cos(np.deg2rad(1.0))
"""Two directions less than 1 degree apart, or opposite, count as one."""


def check_image(suffix, image, bval=None, bvec=None):
    """Check that an image can be what it is wanted for.

    Parameters
    ----------
    suffix : {"T1w", "dwi"}
        What the image is wanted for.
    image : Path
        A .nii or .nii.gz file.
    bval, bvec : str or Path, optional
        Gradient files of a ``dwi``; by default those beside it with its name.

    Raises
    ------
    ValueError
        No NIfTI or not all of it, a T1w that is not one volume, or what
        `read_gradients` and `check_gradients` raise.
    """
    shape = _read(image).shape
    volumes = shape[3] if len(shape) > 3 else 1
    if suffix == "T1w" and (volumes != 1 or min(shape[:3]) < 2):
        raise ValueError(
            f"the image for T1w, {image.name}, has the shape {shape}; one volume of "
            "three dimensions is needed: choose another series"
        )
    if suffix == "dwi":
        stem = str(image).removesuffix(".gz").removesuffix(".nii")
        tables = read_gradients(bval or f"{stem}.bval", bvec or f"{stem}.bvec")
        check_gradients(*tables, volumes)


def _read(path):
    """Return a NIfTI image that has been read to its end."""
    try:
        image = nib.load(path)
        np.asanyarray(image.dataobj)
    except (nib.filebasedimages.ImageFileError, EOFError, OSError, ValueError) as error:
        raise ValueError(
            f"{path} cannot be read as NIfTI to its end ({error}): copy it anew, or "
            "fetch its content where the dataset keeps only links"
        ) from error
    return image


def read_gradients(bval, bvec):
    """Read b-values and directions in FSL's format, as BIDS prescribes it.

    Returns
    -------
    bvals : ndarray, shape (n,)
        s/mm².
    bvecs : ndarray, shape (3, m)
        One direction per column.

    Raises
    ------
    ValueError
        A file is absent, does not hold numbers, or bvec has not three rows.
    """
    tables = []
    for path in map(Path, (bval, bvec)):
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
    if tables[1].shape[0] != 3:
        raise ValueError(
            f"{bvec} has {tables[1].shape[0]} rows; 3 are needed (x, y, z), one column "
            "per volume"
        )
    return tables[0].ravel(), tables[1]


def _listed(chosen):
    """Return the numbers, from 1, of what is chosen."""
    return ", ".join(str(number + 1) for number in np.flatnonzero(chosen))


def check_gradients(bvals, bvecs, volumes):
    """Check that b-values and directions suffice to fit a diffusion tensor.

    Parameters
    ----------
    bvals : ndarray, shape (n,)
        s/mm².
    bvecs : ndarray, shape (3, n)
        Directions; any length.
    volumes : int
        Volumes of the image.

    Raises
    ------
    ValueError
        Numbers of volumes differ, a b-value or direction is missing, no b = 0, fewer
        than 6 directions, or directions that leave a component of the tensor
        undetermined.
    """
    if not len(bvals) == bvecs.shape[1] == volumes:
        raise ValueError(
            f"the diffusion image has {volumes} volumes but {len(bvals)} b-values and "
            f"{bvecs.shape[1]} directions; they must be as many: the series is "
            "incomplete or its gradient files belong to another one"
        )
    weighted = bvals > B0_LIMIT
    undirected = ~np.isfinite(bvecs).all(0) | (np.abs(bvecs).sum(0) == 0)
    if (
        not np.isfinite(bvals).all()
        or (bvals < 0).any()
        or (weighted & undirected).any()
    ):
        raise ValueError(
            "the diffusion series has a b-value that is negative or no number, or a "
            "weighted volume without direction (volumes "
            f"{_listed(~np.isfinite(bvals) | (bvals < 0) | weighted & undirected)}, "
            "counted from 1): correct the gradient files, or choose another series"
        )
    if bvals.min() > B0_LIMIT:
        raise ValueError(
            f"bvals without b0: the smallest b-value is {bvals.min():g} s/mm², at "
            f"least one volume with b <= {B0_LIMIT:g} is needed; merge the separate "
            "b = 0 scan into the series, or choose another one"
        )
    directions = distinct_directions(bvecs[:, bvals > B0_LIMIT].T)
    if len(directions) < 6:
        raise ValueError(
            f"the diffusion series has {len(directions)} distinct directions with "
            f"b > {B0_LIMIT:g} s/mm²; a tensor needs at least 6: choose another series"
        )
    x, y, z = directions.T
    design = np.column_stack([x * x, y * y, z * z, x * y, x * z, y * z])
    if np.linalg.matrix_rank(design, tol=1e-3) < 6:
        raise ValueError(
            f"the {len(directions)} directions of the diffusion series do not "
            "determine a tensor (they lie on a plane or a cone): check its bvec file"
        )


def distinct_directions(vectors):
    """Return unit vectors that differ from each other, opposite ones counted once.

    Parameters
    ----------
    vectors : ndarray, shape (n, 3)
        Vectors of length zero are left out.
    """
    kept = []
    for vector in vectors[np.linalg.norm(vectors, axis=1) > 0]:
        unit = vector / np.linalg.norm(vector)
        if all(abs(unit @ other) < SAME_DIRECTION for other in kept):
            kept.append(unit)
    return np.array(kept).reshape(-1, 3)
