"""Read the header of one DICOM file; its pixels stay where they are."""

import math
import re
import struct
import warnings
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pydicom
from pydicom.tag import Tag
from pydicom.uid import ImplicitVRLittleEndian

PIXELS = {Tag(0x7FE00008), Tag(0x7FE00009), Tag(0x7FE00010)}
"""Elements that hold pixels."""

UNDEFINED = 0xFFFFFFFF
"""Length of an element that ends with a delimiter, as compressed pixels do."""

PROTOCOL = re.compile(
    rb"(lRepetitions|lDiffDirections|lDiffWeightings|alBValue\[\d+\]|lImagesPerSlab"
    rb"|sSliceArray\.lSize)\s*=\s*(0x[0-9a-fA-F]+|\d+)"
)
"""What says in the protocol that Siemens' scanners write how much was planned."""


class Pixels(NamedTuple):
    """How many pixels a header announces, and how many are there.

    In bytes, or, where they are compressed, in images.
    """

    announced: int
    there: int
    unit: str


class Frame(NamedTuple):
    """One image of a file: a slice, or a mosaic of slices.

    Attributes
    ----------
    position : tuple of float or None
        Of the first voxel, LPS mm.
    orientation : tuple of float or None
        Directions of rows and columns, LPS.
    moment : float or None
        When it was acquired, seconds since some midnight.
    temporal : int or None
        Number of the volume, where the scanner numbers them.
    echo : str
        Echo time, and what part of the signal the image shows.
    b_value : float or None
        s/mm².
    direction : tuple of float or None
        Of the diffusion gradient.
    spacing : tuple of float or None
        Distance of rows, and of columns, mm.
    thickness : float or None
        Distance of slices, or else their thickness, mm.
    """

    position: tuple
    orientation: tuple
    moment: float
    temporal: int
    echo: str
    b_value: float
    direction: tuple
    spacing: tuple
    thickness: float


KEPT = (
    "SOPInstanceUID", "SOPClassUID", "SeriesInstanceUID", "StudyInstanceUID",
    "PatientID", "PatientName", "PatientBirthDate", "Manufacturer",
    "SeriesDescription", "MRAcquisitionType", "AcquisitionNumber",
)  # fmt: skip
"""Elements of a header that the gate keeps, as texts."""

NUMERIC = (
    "SeriesNumber", "InstanceNumber", "RepetitionTime", "NumberOfTemporalPositions",
    "Rows", "Columns", "NumberOfFrames",
)  # fmt: skip
"""Elements of a header that the gate keeps, and that are one number each."""


class Image(NamedTuple):
    """What the gate needs to know of one file of images.

    Attributes
    ----------
    path : Path
    name : str
        The path below the session's folder.
    texts : dict of str to str
        Elements of `KEPT`; empty where absent.
    numbers : dict of str to float or None
        Elements of `NUMERIC`; None where absent, or no number.
    nonsense : tuple of str
        Elements of `NUMERIC` that are there and are not one number.
    image_type : tuple of str
        In capitals.
    number : int or None
        InstanceNumber.
    syntax : pydicom.uid.UID
        How its pixels are written.
    frames : tuple of Frame
    pixels : Pixels
    planned : dict of str to int
        What Siemens' protocol, or a private element of another maker, says that a
        volume and the series should have.
    tiles : int or None
        Slices that a mosaic says it holds; None for other images.
    tile : tuple of int or None
        Rows and columns of a slice of a mosaic, where its header says so.
    """

    path: Path
    name: str
    texts: dict
    numbers: dict
    nonsense: tuple
    image_type: tuple
    number: int
    syntax: str
    frames: tuple
    pixels: Pixels
    planned: dict
    tiles: int
    tile: tuple


def read_header(path):
    """Read a DICOM file up to its pixels.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    header : pydicom.Dataset
    pixels : Pixels or None
        None where the file has no pixels.

    Raises
    ------
    pydicom.errors.InvalidDicomError, EOFError, ValueError, OSError, …
        What pydicom cannot read; its errors are many.
    """
    size = Path(path).stat().st_size
    with open(path, "rb") as file:
        header = pydicom.dcmread(file, force=True, stop_before_pixels=True)
        if not len(header):
            raise ValueError("no element can be read")
        pixels = _pixels(file, header, size)
    return header, pixels


def _pixels(file, header, size):
    """Return the extent of the pixels that a file stands before."""
    syntax = header.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
    if syntax.is_deflated:
        return None
    implicit, little = header.original_encoding
    order = "<" if little else ">"
    start = file.read(12)
    if len(start) < 8 or Tag(*struct.unpack(order + "HH", start[:4])) not in PIXELS:
        return None
    if implicit:
        (length,), begin = struct.unpack(order + "I", start[4:8]), file.tell() - 4
    elif len(start) == 12:
        (length,), begin = struct.unpack(order + "I", start[8:12]), file.tell()
    else:
        return None
    if length == UNDEFINED:
        frames = _integer(header.get("NumberOfFrames")) or 1
        return Pixels(frames, _compressed_images(file, begin), "images")
    return Pixels(_announced(header) or length, min(length, size - begin), "bytes")


def _compressed_images(file, begin):
    """Count the compressed pieces of pixels; the last is cut where no end follows."""
    file.seek(begin)
    pieces = -1  # the first holds offsets of the others
    while len(start := file.read(8)) == 8:
        group, element, length = struct.unpack("<HHI", start)
        if (group, element) != (0xFFFE, 0xE000):
            return pieces if (group, element) == (0xFFFE, 0xE0DD) else pieces - 1
        pieces += 1
        file.seek(length, 1)
    return pieces - 1


def _announced(header):
    """Return the bytes that an uncompressed image has by its header."""
    sizes = [_integer(header.get(key)) for key in ("Rows", "Columns", "BitsAllocated")]
    if None in sizes:
        return None
    rows, columns, bits = sizes
    samples = _integer(header.get("SamplesPerPixel")) or 1
    frames = _integer(header.get("NumberOfFrames")) or 1
    return -(-rows * columns * samples * frames * bits // 8)


def describe(path, name, header, pixels):
    """Gather what the gate needs to know of a file of images.

    Parameters
    ----------
    path : Path
    name : str
        The path below the session's folder.
    header : pydicom.Dataset
    pixels : Pixels
        As from `read_header`.

    Returns
    -------
    Image
    """
    enhanced = "PerFrameFunctionalGroupsSequence" in header
    elements = csa(header)
    values = {keyword: header.get(keyword) for keyword in NUMERIC} | _shared_timing(
        header
    )
    numbers = {keyword: _number(value) for keyword, value in values.items()}
    return Image(
        path,
        name,
        {keyword: str(header.get(keyword) or "") for keyword in KEPT},
        numbers,
        tuple(
            keyword
            for keyword, value in values.items()
            if numbers[keyword] is None and str(value or "")
        ),
        _image_type(header),
        _integer(values["InstanceNumber"]),
        header.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian),
        _enhanced_frames(header) if enhanced else (_classic_frame(header, elements),),
        pixels,
        _planned(header),
        _tiles(header, elements),
        _tile(header),
    )


def _image_type(header):
    value = header.get("ImageType") or []
    return tuple(
        str(item).upper() for item in ([value] if isinstance(value, str) else value)
    )


def _shared(header):
    """Return what all frames of a multi-frame file share; empty for other files."""
    return (header.get("SharedFunctionalGroupsSequence") or [pydicom.Dataset()])[0]


def _shared_timing(header):
    """Return the repetition time of a multi-frame file, as a classic one has it."""
    timing = _shared(header).get("MRTimingAndRelatedParametersSequence")
    if not timing or "RepetitionTime" not in timing[0]:
        return {}
    return {"RepetitionTime": timing[0].RepetitionTime}


def _classic_frame(header, elements):
    """Return the only frame of a file; `elements` are those of its CSA header."""
    b_value, direction = _classic_diffusion(header, elements)
    component = "/".join(map(str, (header.get("ImageType") or [])[2:]))
    return Frame(
        _numbers(header.get("ImagePositionPatient"), 3),
        _numbers(header.get("ImageOrientationPatient"), 6),
        _moment(_dated(header)),
        _integer(header.get("TemporalPositionIdentifier")),
        f"{header.get('EchoTime', '')} {component}",
        b_value,
        direction,
        *_voxel(header),
    )


def _voxel(measures):
    """Return distances in a slice (mm), and between slices; None where absent."""
    sizes = [
        _number(measures.get(key)) for key in ("SpacingBetweenSlices", "SliceThickness")
    ]
    spacing = _numbers(measures.get("PixelSpacing"), 2)
    return (
        spacing if spacing and min(spacing) > 0 else None,
        next((abs(size) for size in sizes if size), None),
    )


def _dated(header):
    """Return when a classic image was acquired, as DICOM writes moments."""
    if when := header.get("AcquisitionDateTime"):
        return str(when)
    time = header.get("AcquisitionTime") or header.get("ContentTime")
    return f"{header.get('AcquisitionDate') or '19000101'}{time}" if time else ""


def _moment(text):
    """Return seconds of a moment written as YYYYMMDDHHMMSS.FFFFFF; None for others."""
    found = re.match(r"(\d{8})(\d{2})(\d{2})(\d{2})(\.\d+)?", str(text))
    if not found:
        return None
    date, hours, minutes, seconds, fraction = found.groups()
    try:
        day = datetime.strptime(date, "%Y%m%d").toordinal()
    except ValueError:
        day = 0
    clock = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
    return 86400.0 * day + clock + float(fraction or 0)


def _classic_diffusion(header, elements):
    """Return b-value and direction of a classic image, by what its maker writes."""
    if "DiffusionBValue" in header:
        return _checked_diffusion(
            header.DiffusionBValue, header.get("DiffusionGradientOrientation")
        )
    for creator, b_tag, direction_tags in (
        ("SIEMENS MR HEADER", 0x0019100C, (0x0019100E,)),
        ("GEMS_PARM_01", 0x00431039, (0x001910BB, 0x001910BC, 0x001910BD)),
        ("Philips Imaging DD 001", 0x20011003, (0x200510B0, 0x200510B1, 0x200510B2)),
    ):
        if header.get(Tag(b_tag >> 16, 0x0010), None) is None or b_tag not in header:
            continue
        if creator not in _creators(header, b_tag >> 16):
            continue
        values = [header[tag].value for tag in direction_tags if tag in header]
        flat = values[0] if len(values) == 1 else values
        return _checked_diffusion(header[b_tag].value, flat)
    if "B_value" in elements:
        direction = elements.get("DiffusionGradientDirection")
        return _checked_diffusion(elements["B_value"], direction)
    return None, None


def _checked_diffusion(b_value, direction):
    """Return b-value and direction as numbers; no direction where it is null."""
    values = (
        b_value
        if isinstance(b_value, list | pydicom.multival.MultiValue)
        else [b_value]
    )
    number = _number(values[0] if len(values) else None)
    vector = _numbers(direction, 3)
    # GE adds 1e9 to b-values of some protocols.
    number = None if number is None else number % 1e6
    return number, vector if vector and any(vector) else None


def _creators(header, group):
    """Return who has private elements in a group."""
    found = (header.get(Tag(group, element)) for element in range(0x10, 0x20))
    return {str(element.value).strip() for element in found if element is not None}


def csa(header):
    """Return the elements of Siemens' private image header; empty where none is.

    Values are texts and numbers, alone or in lists, as nibabel reads them.
    """
    with warnings.catch_warnings():  # that it is experimental
        warnings.simplefilter("ignore")
        from nibabel.nicom.csareader import CSAReadError, get_csa_header
    try:
        found = get_csa_header(header, "image")
    except (CSAReadError, ValueError, struct.error):
        return {}
    if not found:
        return {}
    elements = {}
    for name, element in found["tags"].items():
        items = [item for item in element["items"] if item not in ("", None)]
        if items:
            elements[name] = items if len(items) > 1 else items[0]
    return elements


def _tiles(header, elements):
    """Return how many slices a mosaic says it holds; None for other images."""
    if "MOSAIC" not in _image_type(header):
        return None
    said = _integer(elements.get("NumberOfImagesInMosaic"))
    if said is None and 0x0019100A in header:
        said = _integer(header[0x0019100A].value)
    return said or 0


def _tile(header):
    """Return rows and columns of a mosaic's slice, from its acquisition matrix."""
    element = header.get(0x0051100B)
    text = "" if element is None else str(element.value)
    matrix = re.fullmatch(r"(\d+)\D*\*(\d+)\D*", text)
    return tuple(map(int, matrix.groups())) if matrix else None


def _planned(header):
    """Return what the scanner planned: ``slices``, and numbers of Siemens' protocol."""
    found = {}
    for text in (*_protocols(header), *_protocols(_shared(header))):
        for key, value in PROTOCOL.findall(text):
            name = key.decode()
            base = 16 if value.lower().startswith(b"0x") else 10
            found["slices" if "." in name else name] = int(value, base)
    for creator, tag in (
        ("Philips Imaging DD 001", 0x20011018),
        ("GEMS_RELA_01", 0x0021104F),
    ):
        if tag in header and creator in _creators(header, tag >> 16):
            found["slices"] = _integer(header[tag].value)
    return found


def _protocols(dataset):
    """Yield elements in which Siemens' protocol is written."""
    for element in dataset:
        if element.VR == "SQ":
            if element.tag.is_private:
                for item in element.value:
                    yield from _protocols(item)
        elif isinstance(element.value, bytes) and b"ASCCONV" in element.value:
            yield element.value


def _enhanced_frames(header):
    """Return the frames of a multi-frame file."""
    shared = _shared(header)
    return tuple(
        _enhanced_frame(frame, shared)
        for frame in header.PerFrameFunctionalGroupsSequence
    )


def _enhanced_frame(frame, shared):
    def group(name):
        for place in (frame, shared):
            if place.get(name):
                return place.get(name)[0]
        return pydicom.Dataset()

    content, diffusion = group("FrameContentSequence"), group("MRDiffusionSequence")
    gradient = diffusion.get("DiffusionGradientDirectionSequence")
    b_value, direction = _checked_diffusion(
        diffusion.get("DiffusionBValue"),
        gradient[0].get("DiffusionGradientOrientation") if gradient else None,
    )
    echo = group("MREchoSequence").get("EffectiveEchoTime", "")
    kind = group("MRImageFrameTypeSequence").get("FrameType") or []
    return Frame(
        _numbers(group("PlanePositionSequence").get("ImagePositionPatient"), 3),
        _numbers(group("PlaneOrientationSequence").get("ImageOrientationPatient"), 6),
        _moment(content.get("FrameAcquisitionDateTime", "")),
        _integer(content.get("TemporalPositionIndex")),
        f"{echo} {'/'.join(map(str, kind[2:]))}",
        b_value,
        direction,
        *_voxel(group("PixelMeasuresSequence")),
    )


def _number(value):
    """Return a value as a finite number; None for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _integer(value):
    number = _number(value)
    return None if number is None else int(number)


def _numbers(values, length):
    """Return a tuple of numbers of a length; None for anything else."""
    try:
        numbers = tuple(_number(value) for value in values)
    except TypeError:
        return None
    return numbers if len(numbers) == length and None not in numbers else None
