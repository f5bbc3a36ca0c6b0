"""Check that images are what they are wanted for, before anything is computed."""

import numpy as np

from scan2map.dwi.gradients import read_gradients
from scan2map.images import read_json
from scan2map.nifti import OR_LEAVE_OUT, nib, read_whole
from scan2map.t1w_values import check_contrast

TASK = "rest"
"""What participants did during BOLD: the task in file names and sidecars."""

FEWEST_BOLD_VOLUMES = 10
"""Less than this is a reference or an aborted scan, no series."""

EXTENT_MM = (80, 800)
"""Of a T1w image of a head, in each direction."""

SECONDS = {"msec": 1e-3, "usec": 1e-6}
"""Units of time that a NIfTI header may have instead of seconds."""


def check_image(suffix, image, bval=None, bvec=None):
    """Check that an image can be what it is wanted for.

    Parameters
    ----------
    suffix : {"T1w", "dwi", "bold"}
        What the image is wanted for.
    image : Path
        A .nii or .nii.gz file.
    bval, bvec : str or Path, optional
        Gradient files of a ``dwi``; by default those beside it with its name.

    Raises
    ------
    ValueError
        What `read_whole` refuses, a T1w that is not one volume or has not the size of
        a head, a BOLD series of fewer than `FEWEST_BOLD_VOLUMES`, or what
        `check_contrast` and `read_gradients` raise.
    """
    read, data = read_whole(image)
    shape = data.shape
    volumes = shape[3] if len(shape) > 3 else 1
    if suffix == "T1w" and (volumes != 1 or len(shape) < 3 or min(shape[:3]) < 2):
        raise ValueError(
            f"the image for T1w, {image.name}, has the shape {shape}; one volume of "
            "three dimensions is needed: choose another series"
        )
    if suffix == "T1w":
        _check_extent(read, image)
        check_contrast(data, image)
    if suffix == "bold" and volumes < FEWEST_BOLD_VOLUMES:
        raise ValueError(
            f"the image for bold, {image.name}, has the shape {shape}; at least "
            f"{FEWEST_BOLD_VOLUMES} volumes are needed: choose another series"
            f"{OR_LEAVE_OUT}"
        )
    if suffix == "dwi":
        stem = str(image).removesuffix(".gz").removesuffix(".nii")
        read_gradients(bval or f"{stem}.bval", bvec or f"{stem}.bvec", volumes)


def _check_extent(read, path):
    """Refuse an image that no head fits into, or that is no picture of one."""
    size = np.linalg.norm(read.affine[:3, :3], axis=0)
    extent = size * read.shape[:3]
    if not (EXTENT_MM[0] <= extent.min() and extent.max() <= EXTENT_MM[1]):
        said, voxels = (
            " x ".join(f"{value:.4g}" for value in one) for one in (extent, size)
        )
        raise ValueError(
            f"{path} is {said} mm large, with voxels of {voxels} mm; a T1w image of a "
            f"head has {EXTENT_MM[0]} to {EXTENT_MM[1]} mm in each direction: correct "
            f"the size of its voxels, or convert it anew{OR_LEAVE_OUT}"
        )


def read_sidecar(paths):
    """Return what JSON files say of an image; what the last says counts.

    Parameters
    ----------
    paths : sequence of str or Path
        From the dataset's top to the image's own.

    Raises
    ------
    ValueError
        A file is no JSON, or no object.
    """
    sidecar = {}
    for path in paths:
        said = read_json(path)
        if not isinstance(said, dict):
            raise ValueError(
                f"{path} should be an object with the image's metadata, such as "
                f'{{"RepetitionTime": 2}}, and is {str(said)[:50]}: mend or remove it'
            )
        sidecar |= said
    return sidecar


def complete_sidecar(suffix, sidecar, image):
    """Return the sidecar that an image is written with.

    Parameters
    ----------
    suffix : {"T1w", "dwi", "bold"}
        What the image is wanted for.
    sidecar : dict
        What dcm2niix or an existing dataset says about the image.
    image : Path
        A .nii or .nii.gz file.

    Returns
    -------
    dict
        `sidecar`; for BOLD with the ``TaskName`` that BIDS asks for and dcm2niix
        cannot know.

    Raises
    ------
    ValueError
        BOLD without repetition time, or with another one than the image's header has.
    """
    if suffix != "bold":
        return sidecar
    repetition = sidecar.get("RepetitionTime")
    if not repetition:
        raise ValueError(
            f"the sidecar of {image.name} has no RepetitionTime: add it (s) to the "
            "JSON beside the image of a BIDS dataset"
        )
    header = nib.load(image).header
    step = header.get_zooms()[3] * SECONDS.get(header.get_xyzt_units()[1], 1)
    if step and not np.isclose(step, repetition, rtol=0.01):
        raise ValueError(
            f"{image.name} has the RepetitionTime {repetition:g} s in its sidecar and "
            f"{step:g} s between volumes in its header: find out which is right, "
            "correct the other, and start from the images with 'source: bids'"
        )
    return sidecar | {"TaskName": TASK}
