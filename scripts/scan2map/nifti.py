"""nibabel, as everything here imports it: without pydicom, which takes 0.2 s.

nibabel needs it to read DICOM, and for that one kind of NIfTI extension.
"""

import zlib
from contextlib import contextmanager

import numpy as np

from scan2map.lean import without

with without("pydicom"):
    import nibabel as nib

__all__ = ["OR_LEAVE_OUT", "nib", "read_whole", "reading"]

OR_LEAVE_OUT = (
    ", or leave the session out by writing the reason in the cohort's column 'exclude'"
)
"""How most messages about an image end."""

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


def read_whole(path):
    """Return a NIfTI image that has been read to its end, and its values.

    Parameters
    ----------
    path : str or Path
        A .nii or .nii.gz file.

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
            f"{path} holds {kind}; one number per voxel is needed: convert the image "
            f"anew from the scanner's own, not from a picture of it{OR_LEAVE_OUT}"
        )
    _check_position(image, path)
    return image, data


def _check_position(image, path):
    """Refuse an image that does not say which voxel is where; left and right are lost.

    Readers that invent a position do not invent the same one.
    """
    header, axes = image.header, image.affine[:3, :3]
    if header["sform_code"] == 0 == header["qform_code"]:
        said = "has no position in space (sform_code and qform_code are 0)"
    elif not np.isfinite(image.affine).all() or not 0 < abs(np.linalg.det(axes)):
        said = f"has the matrix {image.affine.tolist()}, which is no position in space"
    else:
        return
    raise ValueError(
        f"{path} {said}, so nobody knows which side is left: convert the image anew "
        f"from the scanner's own, or take it from before it lost its affine"
        f"{OR_LEAVE_OUT}"
    )
