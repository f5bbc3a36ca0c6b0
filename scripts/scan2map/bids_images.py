"""Check that images are what they are wanted for, before anything is computed."""

import nibabel as nib
import numpy as np

from scan2map.dwi.gradients import read_gradients


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
        `read_gradients` raises.
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
        read_gradients(bval or f"{stem}.bval", bvec or f"{stem}.bvec", volumes)


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
