"""Go through the files of a session: images, what is beside them, what is broken."""

import filecmp
import os
import re
import warnings
from pathlib import Path
from stat import S_ISFIFO, S_ISREG
from typing import NamedTuple

from pydicom.uid import (
    UID,
    JPEGLossless,
    JPEGLosslessSV1,
    MediaStorageDirectoryStorage,
    SecondaryCaptureImageStorage,
)

from scan2map.dicom.findings import Finding
from scan2map.dicom.headers import describe, read_header

COPY = "copy it anew from the scanner or the archive"
"""What to do about a broken file."""

PERMIT = "ask its owner, or who runs the storage, for the right to read it"
"""What to do about what may not be read."""

DICOM_SUFFIXES = {".dcm", ".ima", ".dic", ".dicom", ".mr"}
"""Names that end in these claim to be of DICOM files.

Those without suffix, or with the last number of a UID for one, may be.
"""

BESIDE = {"SR", "PR", "KO", "DOC", "PLAN"}
"""Modalities of documents that archives keep beside images."""

TIMESTAMP = ".snakemake_timestamp"
"""Snakemake's, in folders that a rule made, such as the phantom's."""


class Session(NamedTuple):
    """What is in the folder of a session.

    Attributes
    ----------
    images : list of scan2map.dicom.headers.Image
    passed_over : list of (str, str)
        Names of files that do no harm, and what they are.
    findings : list of scan2map.dicom.findings.Finding
    """

    images: list
    passed_over: list
    findings: list


def read_session(folder):
    """Read the headers of all files below a folder.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    Session
        Its findings are those of single files, and of files that do not belong
        together.

    Raises
    ------
    ValueError
        There is no DICOM image at all, or the folder cannot be listed.
    """
    folder = Path(folder)
    session = Session([], [], [])

    def locked(error):
        if Path(error.filename) == folder:
            raise ValueError(
                f"{folder} cannot be listed ({error.strerror}): {PERMIT}"
            ) from error
        name = str(Path(error.filename).relative_to(folder))
        what = f"is a folder that cannot be listed ({error.strerror})"
        session.findings.append(Finding("unreadable_file", name, what, PERMIT))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's quote the header
        for path in _files(folder, locked):
            _sort(path, str(path.relative_to(folder)), session)
    if not session.images and not session.findings:
        raise ValueError(
            f"{folder} holds no DICOM image: check that the path in the cohort table "
            "leads to the images of this session"
        )
    _drop_copies(session)
    session.findings.extend(_strangers(session.images))
    return session


def _files(folder, locked):
    """Return all files below a folder, links followed, in the order of their names.

    `locked` is called with the OSError of each folder that cannot be listed.
    """
    found, seen = [], set()
    for place, folders, names in os.walk(folder, followlinks=True, onerror=locked):
        folders[:] = sorted(
            name for name in folders if _new(os.path.join(place, name), seen)
        )
        found.extend(Path(place, name) for name in sorted(names))
    return found


def _new(path, seen):
    """Tell whether a folder was not yet seen; links could lead in circles."""
    real = os.path.realpath(path)
    return not (real in seen or seen.add(real))


def _sort(path, name, session):
    """Add a file to what it is: image, passed over, or broken."""

    def pass_over(why):
        session.passed_over.append((name, why))

    def refuse(kind, what, remedy=COPY):
        session.findings.append(Finding(kind, name, what, remedy))

    named = path.suffix.lower() in DICOM_SUFFIXES
    claims = named or not path.suffix or path.suffix[1:].isdigit()
    if path.name == TIMESTAMP:
        return None
    if path.name.startswith("."):
        return pass_over("hidden file")
    try:
        found = path.stat()
        if not S_ISREG(found.st_mode):
            return refuse("unreadable_file", f"is {_special(found)}", "take it out")
        with open(path, "rb") as file:
            start = file.read(1024)
    except (FileNotFoundError, NotADirectoryError):
        return refuse("unreadable_file", "is a link to a file that is not there")
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        return refuse("unreadable_file", what, PERMIT)
    if not start:
        return refuse("empty_file", "is empty") if claims else pass_over("empty file")
    is_dicom = start[128:132] == b"DICM"
    if not is_dicom and named and _is_text(start):
        return refuse("unreadable_file", "is a text, though its name says DICOM")
    if not is_dicom and (not claims or _is_text(start)):
        return pass_over("no DICOM")
    try:
        header, pixels = read_header(path)
        modality = str(header.get("Modality") or "")
        sop_class = UID(str(header.get("SOPClassUID") or ""))
    except Exception as error:  # pydicom raises what its parts raise
        return refuse("unreadable_file", f"cannot be read as DICOM ({_kind(error)})")
    if sop_class == MediaStorageDirectoryStorage or "DirectoryRecordSequence" in header:
        return pass_over("directory of a DICOM medium")
    if not sop_class and not is_dicom:
        return refuse(
            "unreadable_file", "has no DICOM header, though its name claims so"
        )
    if not sop_class or not modality:
        return refuse("truncated_file", "ends within its header")
    if modality != "MR":
        if pixels is None and modality in BESIDE:
            return pass_over(_class_name(sop_class))
        if pixels is not None and sop_class == SecondaryCaptureImageStorage:
            return pass_over("picture of a screen")
        return refuse("not_mr", f"is of {_modality(modality)}, not MR", "take it out")
    if pixels is None:
        if not _is_image(sop_class):
            return pass_over(_class_name(sop_class))
        return refuse("truncated_file", "ends before its pixels begin")
    try:
        image = describe(path, name, header, pixels)
    except Exception as error:  # values that are none, deep in pydicom
        what = f"has a header that cannot be read ({_kind(error)})"
        return refuse("unreadable_file", what)
    session.images.append(image)
    session.findings.extend(_broken(image))


def _special(found):
    """Say what something is that is neither a file nor a folder."""
    if S_ISFIFO(found.st_mode):
        return "a pipe (FIFO), not a file"
    return "a socket or a device, not a file"


def _kind(error):
    """Name an error without its text, which may quote the header."""
    return type(error).__name__


def _is_text(start):
    """Tell whether a file begins like a text."""
    return b"\0" not in start and all(
        byte > 31 or byte in b"\t\n\r\f" for byte in start
    )


def _is_image(sop_class):
    return "Image Storage" in sop_class.name


def _class_name(sop_class):
    """Return what a file holds; of a UID that is not known, nothing is told."""
    return sop_class.name if sop_class.name != sop_class else "no image"


def _modality(text):
    """Return a modality as it may stand in a log: what is no code could be a name."""
    code = re.fullmatch("[A-Z]{1,4}", text)
    return f"modality {text}" if code else "a modality that is no known code"


def _broken(image):
    """Yield what is wrong with the pixels of one file."""
    announced, there, unit = image.pixels
    frames = len(image.frames)
    said = int(image.numbers["NumberOfFrames"] or 1)
    if there < announced:
        what = f"is cut off: its header announces {announced} {unit} of pixels, "
        yield Finding("truncated_file", image.name, f"{what}{there} are there", COPY)
    elif unit == "bytes" and there > announced + 1:  # which is padding
        what = f"holds {there} bytes of pixels, and its header describes {announced}"
        yield Finding("truncated_file", image.name, what, COPY)
    if said != frames:
        what = f"announces {said} frames and describes {frames}"
        yield Finding("truncated_file", image.name, what, COPY)
    if image.syntax in (JPEGLossless, JPEGLosslessSV1) and frames > 1:
        yield Finding(
            "transfer_syntax",
            image.name,
            "has many frames in lossless JPEG, which the converter decodes wrongly",
            "decompress it, for instance with gdcmconv --raw",
        )


def _drop_copies(session):
    """Pass over files that are there twice; refuse two files of one identity."""
    known, kept = {}, []
    for image in session.images:
        first = known.setdefault(image.texts["SOPInstanceUID"] or image.name, image)
        if first is image:
            kept.append(image)
        elif filecmp.cmp(first.path, image.path, shallow=False):
            session.passed_over.append((image.name, f"the same file as {first.name}"))
        else:
            kept.append(image)
            what = f"says that it is the same image as {first.name}, and differs"
            remedy = "find out which is right, and take the other out"
            session.findings.append(
                Finding("duplicate_image", image.name, what, remedy)
            )
    session.images[:] = kept


def _strangers(images):
    """Yield a finding where files are of several people or examinations.

    What they are called is not told: it would be in the log.
    """
    people = ("PatientID", "PatientName", "PatientBirthDate")
    for kind, what, keywords in (
        ("several_patients", "another person", people),
        ("several_studies", "another examination", ("StudyInstanceUID",)),
    ):
        groups = {}
        for image in images:
            identity = tuple(image.texts[keyword] for keyword in keywords)
            groups.setdefault(identity, []).append(image.name)
        if len(groups) < 2:
            continue
        main = max(groups.values(), key=len)
        for names in groups.values():
            if names is not main:
                more = f" and {len(names) - 1} more files" if len(names) > 1 else ""
                yield Finding(
                    kind,
                    f"{names[0]}{more}",
                    f"belong{'' if more else 's'} to {what} than {main[0]}",
                    "put each into a folder of its own",
                )
