"""Convert the series of a session, and check what came out against the headers."""

import subprocess
from pathlib import Path

import numpy as np

from scan2map.dicom.findings import FETCH, Finding
from scan2map.dicom.series import (
    is_diffusion,
    name_of,
    slices_of,
    volumes_of,
    voxels_of_slice,
)
from scan2map.images import read_json
from scan2map.nifti import nib

REQUIRED = ("EchoTime", "RepetitionTime")
"""What later stages, or BIDS, need to know of every image."""

EMPTY_SHARE = 0.25
"""Share of the slices of a volume that may lie beyond what was imaged."""

SAME_TIME = 0.01
"""Share by which repetition times of one scan may differ."""


def convert(series, folder):
    """Convert each series with dcm2niix, alone.

    dcm2niix sees links of its own numbering: nothing that a header or a file's name
    says reaches a path, and a series that cannot be converted does not stop others.

    Parameters
    ----------
    series : dict of str to list of scan2map.dicom.headers.Image
        As from `scan2map.dicom.series.by_series`.
    folder : str or Path
        An empty folder that the images are written to.

    Returns
    -------
    list of dict
        One per image that came out: ``image`` (Path of the .nii, its .json, .bval and
        .bvec beside it), ``sidecar`` (dict), ``volumes`` (int) and ``series`` (UID).
    failed : dict of str to str
        By the UID of a series, what dcm2niix said of one it could not convert.
    """
    found, failed = [], {}
    for number, (uid, group) in enumerate(series.items()):
        place = Path(folder, f"{number:04d}")
        (place / "dicom").mkdir(parents=True)
        for index, image in enumerate(group):
            (place / "dicom" / f"{index:06d}").symlink_to(Path(image.path).resolve())
        said = _run(place)
        made = sorted(place.glob("*.nii"))
        if said and not made:
            failed[uid] = said
        found += [_described(path, uid) for path in made]
    found.sort(key=lambda item: item["sidecar"].get("SeriesNumber", 0))
    return found, failed


def _run(place):
    """Convert one series; return the end of what dcm2niix said if it failed."""
    from dcm2niix import bin as dcm2niix

    command = [dcm2niix, "-b", "y", "-ba", "y", "-z", "n", "-f", "image"]
    done = subprocess.run(
        [*command, "-o", str(place), str(place / "dicom")],
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode == 0:
        return ""
    lines = (done.stdout + done.stderr).replace(str(place), "").strip().splitlines()
    return f"exit code {done.returncode}: " + " | ".join(lines[-3:])


def _described(image, uid):
    """Describe one converted image."""
    shape = nib.load(image).shape
    return {
        "image": image,
        "sidecar": _sidecar_of(image),
        "volumes": shape[3] if len(shape) > 3 else 1,
        "series": uid,
    }


def _sidecar_of(image):
    """Return what dcm2niix wrote about an image; nothing where it is no JSON."""
    sidecar = image.with_suffix(".json")
    try:
        return read_json(sidecar) if sidecar.exists() else {}
    except ValueError:  # a header with an infinite number, written as such
        return {}


def check_conversion(suffix, outputs, images):
    """Check what came out of a series that is wanted.

    Parameters
    ----------
    suffix : {"T1w", "dwi", "bold"}
        What it is wanted for.
    outputs : list of dict
        What was converted from it, as from `convert`, and can be meant; the first is
        taken.
    images : list of scan2map.dicom.headers.Image
        The files of the series.

    Returns
    -------
    list of Finding
    """
    name, chosen = name_of(images), outputs[0]
    findings = list(_several(name, outputs))
    image = nib.load(chosen["image"])
    findings += _counts(name, image.shape, chosen["volumes"], images)
    findings += _sidecar(name, chosen["sidecar"], images)
    findings += _values(name, image, images)
    if suffix == "dwi" or is_diffusion(images):
        findings += _gradients(name, chosen)
    return findings


def _several(name, outputs):
    """Yield findings where one series became several images."""
    if any("_Eq" in output["image"].name for output in outputs):
        yield Finding(
            "interpolated",
            name,
            "has slices at uneven distances, which the converter evened out by "
            "interpolation",
            FETCH,
        )
    elif len(outputs) > 1:
        yield Finding(
            "several_outputs",
            name,
            f"became {len(outputs)} images, where one was expected",
            "choose one by a pattern under 'bids: series:', such as ImageType, or "
            "take out files that do not belong to it",
        )


def _counts(name, shape, volumes, images):
    """Yield findings where an image has other slices or volumes than its headers."""
    # dcm2niix turns volumes that were taken sagittally, so slices may be on any axis.
    slices = int(np.prod(shape[:3])) / voxels_of_slice(images)
    for what, number, expected in (
        ("slices", slices, slices_of(images)),
        ("volumes", volumes, len(volumes_of(images))),
    ):
        if number != expected:
            yield Finding(
                "volumes_differ",
                name,
                f"became an image of {number:g} {what}, its headers have {expected}",
                FETCH,
            )


def _sidecar(name, sidecar, images):
    """Yield findings on what the converter wrote about an image."""
    lacking = [key for key in REQUIRED if key not in sidecar]
    if lacking:
        yield Finding(
            "sidecar_incomplete",
            name,
            f"has headers from which no {' and no '.join(lacking)} can be read",
            "fetch the series from the scanner without anonymising it further",
        )
    said = sidecar.get("RepetitionTime")
    header = (images[0].numbers["RepetitionTime"] or 0) / 1000
    if said and header and not np.isclose(said, header, rtol=SAME_TIME):
        yield Finding(
            "repetition_time",
            name,
            f"has the repetition time {header:g} s in its headers, and {said:g} s by "
            "the times of its volumes",
            "ask who ran the scanner which is right",
        )


def _values(name, image, images):
    """Yield findings on the position and the values of an image."""
    affine = image.affine
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-6:
        yield Finding(
            "affine",
            name,
            "has no valid position in space in its headers",
            "fetch the series again from the scanner or the archive",
        )
    data = _data(image)
    if not data.size:
        yield Finding("no_contrast", name, "became an image without content", FETCH)
        return
    in_slice = tuple({0, 1, 2} - {_slice_axis(affine, images)})
    lowest, highest = data.min(in_slice), data.max(in_slice)
    lowest, highest = (v.reshape(len(v), -1) for v in (lowest, highest))
    if not np.isfinite([lowest, highest]).all() or (
        (lowest.min(0) == highest.max(0)).any()
    ):
        yield Finding(
            "no_contrast",
            name,
            "has a volume that is constant, or values that are no numbers",
            "look at it, and fetch it again from the scanner or the archive",
        )
    elif (zeroed := _zeroed(lowest == highest)).any():
        at, volume = np.argwhere(zeroed)[0]
        yield Finding(
            "no_contrast",
            name,
            f"has slices without content where others have some ({zeroed.sum()}, the "
            f"first at index {at} of volume {volume}), as a copy that was cut has",
            "look at it, and fetch it again from the scanner or the archive",
        )


def _data(image):
    """Return the values of an image; none where its header cannot be followed."""
    try:
        return np.asanyarray(image.dataobj)
    except (OSError, OverflowError, ValueError):  # sizes below 0, or beyond the file
        return np.empty(0)


def _slice_axis(affine, images):
    """Return the axis of an image along which its slices were taken."""
    orientation = images[0].frames[0].orientation
    if orientation is None:
        return 2
    normal = np.cross(orientation[:3], orientation[3:]) * [-1, -1, 1]  # LPS to RAS
    return int(np.abs(normal @ affine[:3, :3]).argmax())


def _zeroed(constant):
    """Tell which slices have lost their content.

    Parameters
    ----------
    constant : ndarray of bool, shape (n_slices, n_volumes)
        Slices without contrast.

    Returns
    -------
    ndarray of bool, shape (n_slices, n_volumes)
        Those with contrast on both sides, or in other volumes; and all of a volume in
        which they are more than `EMPTY_SHARE`.
    """
    there = ~constant
    below = np.maximum.accumulate(there, 0)
    above = np.maximum.accumulate(there[::-1], 0)[::-1]
    elsewhere = there.any(1, keepdims=True)
    many = constant.mean(0) > EMPTY_SHARE
    return constant & ((below & above) | elsewhere | many)


def _gradients(name, chosen):
    """Yield a finding where gradients are not as many as volumes."""
    for suffix, axis in ((".bval", 0), (".bvec", 1)):
        path = chosen["image"].with_suffix(suffix)
        table = np.loadtxt(path, ndmin=axis + 1) if path.exists() else np.zeros((3, 0))
        if table.shape[-1] != chosen["volumes"]:
            yield Finding(
                "gradients_differ",
                name,
                f"has {table.shape[-1]} {'directions' if axis else 'b-values'} and "
                f"{chosen['volumes']} volumes",
                "fetch the series from the scanner without anonymising it further",
            )
