"""nibabel, as everything here imports it: without pydicom, which takes 0.2 s.

nibabel needs it to read DICOM, and for that one kind of NIfTI extension.
"""

import zlib
from contextlib import contextmanager

import numpy as np

from scan2map.lean import without

with without("pydicom"):
    import nibabel as nib

__all__ = ["OF_A_MAP", "OR_LEAVE_OUT", "nib", "read_volume", "read_whole", "reading"]

OR_LEAVE_OUT = (
    ", or leave the session out by writing the reason in the cohort's column 'exclude'"
)
"""How most messages about an image end."""

OF_A_SCAN = (
    "convert the image anew from the scanner's own, not from a picture of it"
    + OR_LEAVE_OUT
)
OF_A_MAP = "take the image of numbers, with its affine, or make one of it"
"""What to do with colours, complex numbers, or an image that lost its affine."""

UNREADABLE = (
    nib.filebasedimages.ImageFileError,
    nib.spatialimages.HeaderDataError,
    EOFError,
    OSError,
    ValueError,
    zlib.error,
)
"""What nibabel raises of files that are no NIfTI, or not all of one."""


@contextmanager
def reading(path):
    """Raise ValueError that names a file and says what to do where it is not readable.

    Parameters
    ----------
    path : str or Path
        The NIfTI file that is read within the block.
    """
    try:
        yield
    except UNREADABLE as error:
        raise ValueError(
            f"{path} cannot be read as NIfTI to its end ({error}): copy it anew, or "
            "fetch its content where the dataset keeps only links"
        ) from error


def read_whole(path, advice=OF_A_SCAN):
    """Return a NIfTI image that has been read to its end, and its values.

    Parameters
    ----------
    path : str or Path
        A .nii or .nii.gz file.
    advice : str
        What to do where it holds no numbers, or they have no place.

    Returns
    -------
    image : nibabel image
    data : ndarray
        Of numbers, as stored and scaled.

    Raises
    ------
    ValueError
        No NIfTI or not all of it, colours or complex numbers, or no position in space.
    """
    with reading(path):
        image = nib.load(path)
        data = np.asanyarray(image.dataobj)
    if data.dtype.kind not in "iuf":
        kind = "complex numbers" if data.dtype.kind == "c" else "colours (RGB)"
        raise ValueError(
            f"{path} holds {kind}; one number per voxel is needed: {advice}"
        )
    _check_position(image, path, advice)
    return image, data


def _check_position(image, path, advice):
    """Refuse an image that does not say which voxel is where; left and right are lost.

    Readers that invent a position do not invent the same one.
    """
    header, axes = image.header, image.affine[:3, :3]
    is_nifti = isinstance(header, nib.Nifti1Header)
    if is_nifti and header["sform_code"] == 0 == header["qform_code"]:
        said = "has no position in space (sform_code and qform_code are 0)"
    elif not np.isfinite(image.affine).all() or not 0 < abs(np.linalg.det(axes)):
        said = f"has the matrix {image.affine.tolist()}, which is no position in space"
    else:
        return
    raise ValueError(f"{path} {said}, so nobody knows which side is left: {advice}")


def read_volume(path):
    """Return a NIfTI image of one volume that somebody made, and its values.

    Parameters
    ----------
    path : str or Path
        A .nii or .nii.gz file.

    Returns
    -------
    image : nibabel image
    data : ndarray, shape (x, y, z)
        Of numbers, as stored and scaled.

    Raises
    ------
    ValueError
        No NIfTI or not all of it, colours or complex numbers, or several volumes.
    """
    image, data = read_whole(path, advice=OF_A_MAP)
    if data.ndim < 3 or data.size != np.prod(data.shape[:3]):
        raise ValueError(
            f"{path} has the shape {data.shape}: one volume is needed, of three "
            "dimensions; take one volume out of it"
        )
    return image, data.reshape(data.shape[:3])
