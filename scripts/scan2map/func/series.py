"""Series of BOLD volumes: how far apart they are; read and write them one by one."""

import numpy as np

from scan2map.images import write_json
from scan2map.nifti import nib

SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6, "unknown": 1.0}
"""Units of time in a NIfTI header."""

TOLERANCE = 0.01
"""Share by which header and sidecar may differ: headers hold rounded numbers."""

KEPT = (
    "TaskName",
    "EchoTime",
    "RepetitionTime",
    "SliceTimingCorrected",
    "SliceTimingNote",
    "StartTime",
)
"""What a processed series' sidecar keeps of the one before it."""


def repetition_time(sidecar, header):
    """Return the seconds from one volume to the next.

    Parameters
    ----------
    sidecar : dict
        BIDS metadata, with ``RepetitionTime`` (s).
    header : nibabel.Nifti1Header
        Of the series; its fourth ``pixdim`` says the same, or 0.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        No series, no positive repetition time, or two that differ.
    """
    shape = header.get_data_shape()
    if len(shape) != 4 or shape[3] < 2:
        raise ValueError(
            f"BOLD is a series of volumes, the image has the shape {shape}: choose "
            "another series"
        )
    stored = float(header.get_zooms()[3]) * SECONDS[header.get_xyzt_units()[1]]
    stated = sidecar.get("RepetitionTime", stored)
    if not (isinstance(stated, int | float) and stated > 0):
        raise ValueError(
            "neither the sidecar (RepetitionTime) nor the image's header (pixdim[4]) "
            f"says how long a volume takes (they say {stated!r} and {stored:g} s): add "
            "RepetitionTime, in seconds, to the sidecar"
        )
    if stored > 0 and abs(stored / stated - 1) > TOLERANCE:
        raise ValueError(
            f"a volume takes {stated:g} s after the sidecar (RepetitionTime) and "
            f"{stored:g} s after the image's header (pixdim[4] and its unit): correct "
            "the one that is wrong"
        )
    return float(stated)


def read_volumes(path):
    """Return a generator of the volumes of a series, float32, shape (x, y, z).

    The file is read once from beginning to end; one volume is in memory at a time.

    Raises
    ------
    ValueError
        The file is cut off.
    """
    image = nib.load(path, keep_file_open=True)
    for number in range(image.shape[3]):
        try:
            volume = np.asarray(image.dataobj[..., number], dtype=np.float32)
        except (EOFError, OSError, ValueError) as error:
            raise ValueError(
                f"{path} cannot be read to its end (volume {number + 1} of "
                f"{image.shape[3]}: {error}): copy it anew"
            ) from None
        yield volume


def write_series(volumes, affine, path, repetition_time, sidecar):
    """Write a series as NIfTI, volume by volume, with a JSON file beside it.

    Parameters
    ----------
    volumes : sequence of ndarray (x, y, z), or one (n_volumes, x, y, z)
        Written as float32. It must know its length; its items may be made on demand.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    path : str or Path
        Ends in ``.nii.gz``.
    repetition_time : float
        s.
    sidecar : dict
        What the JSON says, beside the repetition time.
    """
    first = np.asarray(volumes[0])
    header = nib.Nifti1Header()
    header.set_data_dtype(np.float32)
    header.set_data_shape((*first.shape, len(volumes)))
    header.set_sform(affine, 1)
    header.set_qform(affine, 1)
    header.set_zooms((*header.get_zooms()[:3], repetition_time))
    header.set_xyzt_units("mm", "sec")
    with nib.openers.Opener(path, "wb") as file:
        header.write_to(file)
        for number in range(len(volumes)):
            volume = np.asarray(volumes[number], dtype=np.float32)
            file.write(volume.tobytes(order="F"))
    write_json(
        {"RepetitionTime": repetition_time} | sidecar,
        str(path).removesuffix(".nii.gz") + ".json",
    )


class Masked:
    """Volumes that are known inside a mask: item n is (x, y, z), 0 outside.

    Parameters
    ----------
    values : ndarray, shape (n_volumes, n_voxels)
        Inside the mask, in C order.
    mask : ndarray of bool, shape (x, y, z)
    """

    def __init__(self, values, mask):
        self.values, self.mask = values, mask

    def __len__(self):
        return len(self.values)

    def __getitem__(self, number):
        volume = np.zeros(self.mask.shape, dtype=np.float32)
        volume[self.mask] = self.values[number]
        return volume


def kept(sidecar):
    """Return the fields of a sidecar that stay true of the processed series."""
    return {name: sidecar[name] for name in KEPT if name in sidecar}
