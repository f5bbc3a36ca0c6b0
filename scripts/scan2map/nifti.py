"""nibabel, as everything here imports it: without pydicom, which takes 0.2 s.

nibabel needs it to read DICOM, and for that one kind of NIfTI extension.
"""

import zlib
from contextlib import contextmanager

from scan2map.lean import without

with without("pydicom"):
    import nibabel as nib

__all__ = ["nib", "reading"]

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
