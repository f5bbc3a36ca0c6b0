"""Write the phantom's scans as a classic Siemens scanner's DICOM files.

T1w: one file per slice. Diffusion and BOLD: one mosaic per volume.
"""

import datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

from scan2map.phantom.acquisition import TO_LPS
from scan2map.phantom.csa import csa_header
from scan2map.phantom.protocol import (
    BOLD,
    DWI,
    DWI_PAUSE_MS,
    ECHO_SPACING_MS,
    IDENTITY,
    NOBODY,
    SCANNER,
    T1W,
    slice_times,
)
from scan2map.phantom.randomness import stream


def uid(*parts):
    """Return a UID that follows from its parts, under the root for UUIDs (2.25)."""
    text = "/".join(str(part) for part in parts)
    return f"2.25.{int.from_bytes(sha256(text.encode()).digest()[:16])}"


def session_header(row, seed):
    """Return what all files of a session say about participant, study and time.

    Parameters
    ----------
    row : dict
        The session's row of the cohort table; participant_id and session_id, and
        where known age (years) and sex.
    seed : int
        Of the session; date, time and UIDs follow from it.

    Returns
    -------
    dict of DICOM keyword to value, and ``start``, a datetime.
    """
    label = f"sub-{row['participant_id']}"
    rng = stream(seed, "date")
    minutes = int(rng.integers(0, 9 * 60))
    start = datetime.datetime(2020, 1, 1, 8) + datetime.timedelta(
        days=int(rng.integers(0, 1400)), minutes=minutes
    )
    age = row.get("age")
    known = age is not None and str(age).strip() not in ("", "nan", "n/a")
    sex = str(row.get("sex", "")).strip().upper()[:1]
    return IDENTITY | {
        "PatientName": f"{NOBODY}^{label}",
        "PatientID": f"{NOBODY} {label}",
        "PatientSex": sex if sex in ("M", "F") else "O",
        "PatientAge": f"{int(float(age)):03d}Y" if known else "",
        "PatientBirthDate": "",
        "StudyInstanceUID": uid(seed, label, row["session_id"]),
        "FrameOfReferenceUID": uid(seed, label, row["session_id"], "frame"),
        "start": start,
    }


def write_t1w(series, header, folder):
    """Write a T1-weighted volume, one DICOM file per slice.

    Parameters
    ----------
    series : scan2map.phantom.acquisition.Series
        One volume, white matter near 1.
    header : dict
        From `session_header`.
    folder : str or Path
        Exists.
    """
    images = _quantised(series.volumes[0], 800)
    start = header["start"] + datetime.timedelta(minutes=2)
    common = _series(header, T1W, 2, start) | {
        "ProtocolName": T1W["SeriesDescription"],
        "AcquisitionNumber": 1,
        "SliceThickness": _spacing(series, 2),
        "AcquisitionTime": _time(start),
    }
    for number in range(images.shape[2]):
        corner = series.affine @ [0, 0, number, 1]
        dataset = _image(common, images[:, :, number].T, series, corner, number + 1)
        _add_protocol(dataset, {"sKSpace.lImagesPerSlab": images.shape[2]})
        _save(dataset, Path(folder) / f"{2:04d}_T1w_{number + 1:04d}.dcm")


def write_dwi(series, header, folder):
    """Write a diffusion series, one DICOM mosaic per volume.

    Parameters
    ----------
    series : scan2map.phantom.acquisition.Series
        White matter at b = 0 near 1.
    header : dict
        From `session_header`.
    folder : str or Path
        Exists.
    """
    name = f"DWI_dir{int(np.count_nonzero(series.b_values))}"
    protocol = DWI | {"SeriesDescription": name, "ProtocolName": name}

    def image(index):
        named = _sequence_name(series.b_values[index], index)
        return {"SequenceName": named}, _diffusion_elements(series, index)

    weighted = sorted({int(b_value) for b_value in series.b_values if b_value})
    plan = {
        "sDiffusion.lDiffWeightings": len(weighted) + bool(min(series.b_values) == 0),
        "sDiffusion.lDiffDirections": int(np.count_nonzero(series.b_values))
        // max(len(weighted), 1),
        **{f"sDiffusion.alBValue[{i + 1}]": b for i, b in enumerate(weighted)},
    }
    start = header["start"] + datetime.timedelta(minutes=9)
    common = _series(header, protocol, 3, start)
    _write_mosaics(series, common, start, folder, "DWI", image, plan, DWI_PAUSE_MS)


def write_bold(series, header, folder, repetition_time):
    """Write a BOLD series, one DICOM mosaic per volume.

    Parameters
    ----------
    series : scan2map.phantom.acquisition.Series
        White matter near 1.
    header : dict
        From `session_header`.
    folder : str or Path
        Exists.
    repetition_time : float
        s.
    """
    protocol = BOLD | {"RepetitionTime": 1000 * repetition_time}
    start = header["start"] + datetime.timedelta(minutes=14)
    common = _series(header, protocol, 4, start)

    def image(index):
        return {}, []

    plan = {"tSequenceFileName": '""%SiemensSeq%\\ep2d_bold""'}
    plan["lRepetitions"] = len(series.volumes) - 1
    _write_mosaics(series, common, start, folder, "BOLD", image, plan)


def _write_mosaics(series, common, start, folder, name, image, plan, pause_ms=0):
    """Write EPI volumes; `image` adds header and CSA elements of each volume."""
    volumes = _quantised(series.volumes, 700)
    plan = plan | {"sSliceArray.lSize": volumes.shape[3]}
    common = common | {
        "SliceThickness": _spacing(series, 2),
        "SpacingBetweenSlices": _spacing(series, 2),
        "NumberOfPhaseEncodingSteps": volumes.shape[2],
        "EchoTrainLength": volumes.shape[2],
        "AcquisitionMatrix": [volumes.shape[1], 0, 0, volumes.shape[2]],
    }
    times = slice_times(volumes.shape[3], common["RepetitionTime"], pause_ms)
    number = common["SeriesNumber"]
    for index, volume in enumerate(volumes):
        since = datetime.timedelta(milliseconds=common["RepetitionTime"] * index)
        own, elements = image(index)
        facts = {
            "AcquisitionNumber": index + 1,
            "AcquisitionTime": _time(start + since),
        }
        mosaic, corner = _mosaic(volume, series.affine)
        dataset = _image(common | facts | own, mosaic, series, corner, index + 1)
        _add_csa(
            dataset, "IMAGE NUM 4", 0, [*_mosaic_elements(series, times), *elements]
        )
        _add_protocol(dataset, plan)
        _save(dataset, Path(folder) / f"{number:04d}_{name}_{index + 1:04d}.dcm")


def _quantised(images, white):
    """Return 12-bit integers in which an intensity of 1 is `white`."""
    return np.clip(np.round(images * white), 0, 4095).astype(np.uint16)


def _spacing(series, axis):
    return round(float(np.linalg.norm(series.affine[:3, axis])), 6)


def _directions(series):
    """Return the columns' and rows' unit vectors and the slices', in LPS."""
    axes = (TO_LPS @ series.affine)[:3, :3]
    return (axes / np.linalg.norm(axes, axis=0)).T


def _sequence_name(b_value, index):
    return f"*ep_b{b_value:.0f}#{index}" if b_value else "*ep_b0"


def _time(moment):
    return moment.strftime("%H%M%S.%f")


def _series(header, protocol, number, start):
    """Return the header of one series."""
    study, date = header["start"], start.strftime("%Y%m%d")
    known = {key: value for key, value in header.items() if key != "start"}
    return SCANNER | known | protocol | {
        "SOPClassUID": MRImageStorage,
        "SeriesInstanceUID": uid(header["StudyInstanceUID"], number),
        "SeriesNumber": number,
        "StudyDate": date,
        "SeriesDate": date,
        "AcquisitionDate": date,
        "ContentDate": date,
        "StudyTime": _time(study),
        "SeriesTime": _time(start),
        "ContentTime": _time(start),
    }  # fmt: skip


def _image(header, pixels, series, corner, number):
    """Return the dataset of one image; `corner` is its first pixel, RAS+ mm."""
    columns, rows, _ = _directions(series)
    dataset = Dataset()
    for keyword, value in header.items():
        setattr(dataset, keyword, value)
    dataset.SOPInstanceUID = uid(header["SeriesInstanceUID"], number)
    dataset.InstanceNumber = number
    dataset.ImagePositionPatient = _decimals((TO_LPS @ corner)[:3])
    dataset.ImageOrientationPatient = _decimals([*columns, *rows])
    dataset.PixelSpacing = [_spacing(series, 1), _spacing(series, 0)]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation = 0
    dataset.PixelData = np.ascontiguousarray(pixels, dtype="<u2").tobytes()
    return dataset


def _decimals(values):
    """Return numbers as decimal strings of at most 16 characters."""
    return [f"{value:.10f}"[:16] for value in np.ravel(values)]


def _mosaic(volume, affine):
    """Return a volume's slices as tiles of one image, and the image's corner.

    Siemens gives the corner that a single slice of the mosaic's size would have
    around the first slice.
    """
    columns, rows, slices = volume.shape
    side = int(np.ceil(np.sqrt(slices)))
    mosaic = np.zeros((side * rows, side * columns), dtype=volume.dtype)
    for index in range(slices):
        top, left = index // side * rows, index % side * columns
        mosaic[top : top + rows, left : left + columns] = volume[:, :, index].T
    corner = affine @ [-(side - 1) * columns / 2, -(side - 1) * rows / 2, 0, 1]
    return mosaic, corner


def _mosaic_elements(series, times):
    """Return what the CSA header of every EPI volume says."""
    rows, slices = series.volumes.shape[2:]
    bandwidth = 1000 / (ECHO_SPACING_MS * rows)
    return [
        ("PhaseEncodingDirectionPositive", "IS", [1]),
        ("NumberOfImagesInMosaic", "US", [slices]),
        ("SliceNormalVector", "FD", list(_directions(series)[2])),
        ("BandwidthPerPixelPhaseEncode", "FD", [bandwidth]),
        ("MosaicRefAcqTimes", "FD", list(times)),
    ]


def _diffusion_elements(series, index):
    """Return what the CSA header says of a volume's diffusion weighting."""
    b_value = int(series.b_values[index])
    kind = "DIRECTIONAL" if b_value else "NONE"
    elements = [("B_value", "IS", [b_value]), ("DiffusionDirectionality", "CS", [kind])]
    if b_value:
        gradient = TO_LPS[:3, :3] @ series.directions[index]
        elements.append(("DiffusionGradientDirection", "FD", list(gradient)))
    return elements


def _add_protocol(dataset, plan):
    """Add the part of the scanner's protocol that says what was planned."""
    lines = [f"{name}\t = \t{value}" for name, value in plan.items()]
    text = "\n".join(["### ASCCONV BEGIN ###", *lines, "### ASCCONV END ###"])
    _add_csa(dataset, "MR", 0x10, [("MrPhoenixProtocol", "UN", [text])])


def _add_csa(dataset, kind, offset, elements):
    """Add the CSA header of an image (offset 0) or of its series (offset 16)."""
    block = dataset.private_block(0x0029, "SIEMENS CSA HEADER", create=True)
    block.add_new(0x08 + offset, "CS", kind)
    block.add_new(0x09 + offset, "LO", "20200101")
    block.add_new(0x10 + offset, "OB", csa_header(elements))


def _save(dataset, path):
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = uid("scan2map")
    meta.ImplementationVersionName = "scan2map"
    dataset.file_meta = meta
    dataset.save_as(path, enforce_file_format=True)
