"""Ways in which the DICOM of a session can be broken, on four makers' series."""

import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLosslessSV1, generate_uid
from test_phantom import PHANTOM

from scan2map.dicom.gate import pass_gate
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.dicom import session_header, write_t1w
from scan2map.phantom.session import scan_session

XA30 = "siemens_xa30/dicom"
EDGE = "dicom_edge_cases/series"


class Series(NamedTuple):
    """A clean series: where it is, what it is wanted for, and what chooses it."""

    place: str
    suffix: str
    pattern: dict


SERIES = {
    "mosaic": Series(f"{EDGE}/siemens_mosaic_bold_6vol", "bold", {"SeriesNumber": 2}),
    "mosaic DTI": Series(f"{EDGE}/siemens_dti_12dir_HFS", "dwi", {"SeriesNumber": 4}),
    "enhanced": Series(
        f"{XA30}/7_func-bold_task-fa_run-1", "bold", {"SeriesNumber": 7}
    ),
    "enhanced DTI": Series(f"{XA30}/10_DWI_dir80_PA", "dwi", {"SeriesNumber": 10}),
    "enhanced T1": Series(f"{XA30}/6_anat-T1w_acq-tfl", "T1w", {"SeriesNumber": 6}),
    "GE": Series(f"{EDGE}/ge_rtia_slice_timing", "bold", {"SeriesNumber": 2}),
    "Philips": Series(
        f"{EDGE}/philips_epi_3vol_no_slice_timing", "bold", {"SeriesNumber": 201}
    ),
    "T1 slices": Series("phantom T1w", "T1w", {"SeriesNumber": 2}),
}
"""By what the tests call them; the last is scanned by the phantom."""

EVERY = tuple(SERIES)
CLASSIC = ("mosaic", "mosaic DTI", "GE", "Philips", "T1 slices")
MOSAIC = ("mosaic", "mosaic DTI")
SLICES = ("GE", "Philips", "T1 slices")
ENHANCED = ("enhanced", "enhanced DTI", "enhanced T1")
MANY_FILES = (*CLASSIC, "enhanced", "enhanced DTI")
BOLD = ("mosaic", "enhanced", "Philips")
LARGE = ("enhanced", "enhanced DTI")


def clean_series(shared_data, root):
    """Return folders of clean series below `root`, by name."""
    row = {"participant_id": "P01", "session_id": "01", "group": "patient"}
    scans, _ = scan_session(read_template(), PHANTOM, row, 11, 5)
    (root / "phantom T1w").mkdir()
    write_t1w(scans["T1w"], session_header(row, 5), root / "phantom T1w")
    places = {"phantom T1w": root / "phantom T1w"}
    return {
        name: copy_series(
            places.get(series.place, shared_data / series.place), root / name
        )
        for name, series in SERIES.items()
    }


def admit(name, folder, work, gate=None):
    """Send a folder of a series through the gate."""
    series = SERIES[name]
    work.mkdir()
    patterns = {series.suffix: series.pattern}
    return pass_gate(folder, work, [series.suffix], patterns, gate)


def copy_series(source, folder):
    """Copy the files of a series into a new folder, numbered in their order."""
    folder.mkdir(parents=True)
    files = [path for path in Path(source).rglob("*") if path.is_file()]
    files.sort(key=lambda path: _order(path))
    for number, path in enumerate(files):
        shutil.copy(path, folder / f"{number + 1:04d}.dcm")
    return folder


def _order(path):
    header = pydicom.dcmread(
        path, stop_before_pixels=True, specific_tags=["InstanceNumber"]
    )
    return int(header.InstanceNumber), path.name


def files_of(folder):
    return sorted(folder.glob("*.dcm"))


def edit(path, change, to=None):
    """Change a file's header, with pixels; written to another path where given."""
    header = pydicom.dcmread(path)
    change(header)
    header.save_as(to or path)


def _set(**values):
    def change(header):
        for keyword, value in values.items():
            setattr(header, keyword, value)

    return change


def _new_identity(header):
    header.SOPInstanceUID = generate_uid()
    header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID


def _renumber(folder):
    """Give images numbers without gaps, as a careless export does."""
    for number, path in enumerate(files_of(folder)):
        edit(path, _set(InstanceNumber=str(number + 1)))


# --- what single files suffer -------------------------------------------------------


def empty_file(folder):
    files_of(folder)[-1].write_bytes(b"")


def no_file_but_an_empty_one_more(folder):
    (folder / "IM0001").write_bytes(b"")


def cut_in_its_pixels(folder):
    path = files_of(folder)[0]
    path.write_bytes(path.read_bytes()[:-1000])


def cut_in_its_header(folder):
    path = files_of(folder)[0]
    path.write_bytes(path.read_bytes()[:700])


def random_bytes(folder):
    (folder / "noise.dcm").write_bytes(np.random.default_rng(0).bytes(5000))


def broken_link(folder):
    (folder / "gone.dcm").symlink_to(folder / "nowhere")


def a_web_page_in_place_of_an_image(folder):
    (folder / "0099.dcm").write_text("<html><body>502 Bad Gateway</body></html>\n")


def two_repetition_times_in_one_header(folder):
    def change(header):
        for timing in _groups(header, "MRTimingAndRelatedParametersSequence"):
            timing.RepetitionTime = [2000, 2000]

    edit(files_of(folder)[0], change)


def fewer_rows_than_pixels(folder):
    edit(files_of(folder)[0], lambda h: setattr(h, "Rows", h.Rows // 2))


def another_modality(folder):
    edit(files_of(folder)[0], _set(Modality="CT"))


# --- what does not belong together --------------------------------------------------


def second_patient(folder):
    edit(files_of(folder)[-1], _set(PatientID="other", PatientName="Other"))


def second_patient_of_the_same_identity(folder):
    def change(header):
        header.PatientName = "Other"

    edit(files_of(folder)[0], change, folder / "other.dcm")


def second_study(folder):
    edit(files_of(folder)[-1], _set(StudyInstanceUID=generate_uid()))


# --- twice, or not at all -----------------------------------------------------------


def all_images_twice_under_new_names(folder):
    for path in files_of(folder):
        edit(path, _new_identity, folder / f"again_{path.name}")


def one_image_twice_under_a_new_name(folder):
    edit(files_of(folder)[0], _new_identity, folder / "again.dcm")


def one_image_twice_under_a_new_number(folder):
    def change(header):
        _new_identity(header)
        header.InstanceNumber = str(len(files_of(folder)) + 1)

    edit(files_of(folder)[0], change, folder / "again.dcm")


def the_last_number_is_beyond_all_bounds(folder):
    edit(files_of(folder)[-1], _set(InstanceNumber="2147483647"))


def an_inner_file_is_missing(folder):
    files = files_of(folder)
    files[len(files) // 2].unlink()


def the_first_file_is_missing(folder):
    files_of(folder)[0].unlink()


def the_last_file_is_missing(folder):
    files_of(folder)[-1].unlink()


def an_inner_volume_is_missing_and_numbers_are_not(folder):
    files = files_of(folder)
    files[len(files) // 2].unlink()
    _renumber(folder)


def _places(folder):
    """Return files by slice position."""
    places = {}
    for path in files_of(folder):
        header = pydicom.dcmread(path, stop_before_pixels=True)
        axes = np.reshape(header.ImageOrientationPatient, (2, 3)).astype(float)
        place = np.cross(*axes) @ np.array(header.ImagePositionPatient, dtype=float)
        places.setdefault(round(place, 2), []).append(path)
    return [places[place] for place in sorted(places)]


def a_slice_of_one_volume_is_missing_and_numbers_are_not(folder):
    places = _places(folder)
    places[len(places) // 2][0].unlink()
    _renumber(folder)


def an_inner_slice_is_missing_everywhere_and_numbers_are_not(folder):
    places = _places(folder)
    for path in places[len(places) // 2]:
        path.unlink()
    _renumber(folder)


def the_last_slice_is_missing_everywhere_and_numbers_are_not(folder):
    for path in _places(folder)[-1]:
        path.unlink()
    _renumber(folder)


# --- headers that say something else ------------------------------------------------


def _later(header, seconds):
    frames = header.get("PerFrameFunctionalGroupsSequence")
    if frames:
        for frame in frames:
            content = frame.FrameContentSequence[0]
            when = str(content.FrameAcquisitionDateTime)
            content.FrameAcquisitionDateTime = _shifted(when, seconds)
    else:
        header.AcquisitionTime = _shifted(str(header.AcquisitionTime), seconds)


def _shifted(text, seconds):
    """Add seconds to a moment that does not pass a full minute by them."""
    head, tail = text.split(".")[0], float(f"0.{(text + '.0').split('.')[1]}")
    second = int(head[-2:]) + tail + seconds
    head = str(int(head[:-2]) + int(second // 60)).zfill(len(head) - 2)
    return f"{head}{second % 60:09.6f}"


def a_volume_comes_late(folder):
    headers = {path: pydicom.dcmread(path) for path in files_of(folder)}
    one = next(iter(headers.values()))
    if one.get("TemporalPositionIdentifier"):
        late = [p for p, h in headers.items() if h.TemporalPositionIdentifier == 2]
    else:
        late = [list(headers)[2]]
    for path in late:
        edit(path, lambda header: _later(header, 0.4))


def another_repetition_time(folder):
    for path in files_of(folder):

        def change(header):
            for timing in _groups(header, "MRTimingAndRelatedParametersSequence"):
                timing.RepetitionTime = f"{1.5 * float(timing.RepetitionTime):.6g}"

        edit(path, change)


def _typed(*kind):
    def mutate(folder):
        for path in files_of(folder):

            def change(header):
                parts = list(header.ImageType)
                mosaic = ["MOSAIC"] if "MOSAIC" in parts else []
                header.ImageType = [*kind, *mosaic]

            edit(path, change)

    return mutate


def no_position(folder):
    for path in files_of(folder):

        def change(header):
            del header.ImagePositionPatient

        edit(path, change)


def _groups(header, name):
    """Return where a multi-frame file says something; or the header of another one."""
    shared = header.get("SharedFunctionalGroupsSequence") or []
    frames = header.get("PerFrameFunctionalGroupsSequence") or []
    found = [group[name].value[0] for group in (*shared, *frames) if name in group]
    return found or [header]


def no_pixel_spacing(folder):
    def change(header):
        for measures in _groups(header, "PixelMeasuresSequence"):
            del measures.PixelSpacing

    for path in files_of(folder):
        edit(path, change)


def no_distance_of_slices(folder):
    for path in files_of(folder):

        def change(header):
            del header.SpacingBetweenSlices, header.SliceThickness

        edit(path, change)


def one_image_of_another_pixel_spacing(folder):
    def change(header):
        for measures in _groups(header, "PixelMeasuresSequence"):
            measures.PixelSpacing = [1.1 * size for size in measures.PixelSpacing]

    edit(files_of(folder)[2], change)


def one_image_is_turned(folder):
    def change(header):
        for place in _groups(header, "PlaneOrientationSequence"):
            rows, columns = np.reshape(place.ImageOrientationPatient, (2, 3))
            normal = np.cross(rows, columns)
            columns = np.cos(0.1) * columns + np.sin(0.1) * normal
            place.ImageOrientationPatient = [f"{v:.8f}" for v in (*rows, *columns)]

    edit(files_of(folder)[2], change)


def one_image_has_half_the_rows(folder):
    def change(header):
        header.Rows //= 2
        header.PixelData = header.PixelData[: len(header.PixelData) // 2]

    edit(files_of(folder)[2], change)


def no_manufacturer(folder):
    for path in files_of(folder):
        edit(path, _set(Manufacturer=""))


def _claims_slices(path, wrong):
    """Change the number of slices that a mosaic's headers say."""

    def change(header):
        right = str(header[0x0019100A].value).encode()
        header[0x0019100A].value = wrong
        block = header[0x00291010].value
        at = block.index(b"NumberOfImagesInMosaic")
        at = block.index(right, at + 64)
        size = len(right)
        new = str(wrong).encode().ljust(size)[:size]
        header[0x00291010].value = block[:at] + new + block[at + size :]

    edit(path, change)


def all_mosaics_claim_a_slice_less(folder):
    for path in files_of(folder):
        _claims_slices(path, int(pydicom.dcmread(path)[0x0019100A].value) - 1)


def one_mosaic_claims_a_slice_less(folder):
    path = files_of(folder)[2]
    _claims_slices(path, int(pydicom.dcmread(path)[0x0019100A].value) - 1)


def _forget_csa(header, name):
    block = header[0x00291010].value
    header[0x00291010].value = block.replace(name, b"X" + name[1:])


def a_direction_is_missing(folder):
    def change(header):
        for frame in header.get("PerFrameFunctionalGroupsSequence") or []:
            del frame.MRDiffusionSequence[0].DiffusionGradientDirectionSequence
        if 0x0019100E in header:
            del header[0x0019100E]
            _forget_csa(header, b"DiffusionGradientDirection")

    edit(files_of(folder)[5], change)


def a_b_value_is_missing(folder):
    def change(header):
        for frame in header.get("PerFrameFunctionalGroupsSequence") or []:
            del frame.MRDiffusionSequence
        for tag in (0x0019100C, 0x0019100E):
            if tag in header:
                del header[tag]
        if 0x00291010 in header:
            _forget_csa(header, b"B_value")

    edit(files_of(folder)[5], change)


def a_frame_less_in_header_and_pixels(folder):
    def change(header):
        frames = header.PerFrameFunctionalGroupsSequence
        size = len(header.PixelData) // len(frames)
        del frames[len(frames) // 2]
        header.NumberOfFrames = len(frames)
        header.PixelData = header.PixelData[: size * len(frames)]

    edit(files_of(folder)[0], change)


def a_frame_more_than_described(folder):
    def change(header):
        del header.PerFrameFunctionalGroupsSequence[-1]

    edit(files_of(folder)[0], change)


def lossless_jpeg_in_many_frames(folder):
    def change(header):
        header.file_meta.TransferSyntaxUID = JPEGLosslessSV1
        frames = len(header.PerFrameFunctionalGroupsSequence)
        header.PixelData = encapsulate([b"\xff\xd8\xff\xd9"] * frames)
        header["PixelData"].VR = "OB"

    for path in files_of(folder):
        edit(path, change)


def no_contrast(folder):
    for path in files_of(folder):
        edit(path, lambda h: setattr(h, "PixelData", bytes(len(h.PixelData))))


def the_last_half_of_an_inner_file_is_zero(folder):
    def change(header):
        half = len(header.PixelData) // 2
        header.PixelData = header.PixelData[:half] + bytes(half)

    files = files_of(folder)
    edit(files[len(files) // 2], change)


def the_pixels_of_an_inner_file_are_zero(folder):
    files = files_of(folder)
    path = files[len(files) // 2]
    edit(path, lambda h: setattr(h, "PixelData", bytes(len(h.PixelData))))


def harmless(name):
    """What is beside images in real folders; it must not refuse them."""

    def mutate(folder):
        files = files_of(folder)
        if name == "a copy":
            shutil.copy(files[0], folder / "copy.dcm")
        elif name == "a text":
            (folder / "README").write_text("Scanned on the second floor.\n")
        elif name == "an empty text":
            (folder / "notes.txt").write_text("")
        elif name == "files of other programs":
            (folder / "viewer.html").write_text("<html>A viewer</html>")
            (folder / "thumbs.db").write_bytes(bytes(range(256)))
            (folder / "IM0001").write_text("Scanned twice.\n")
        elif name == "hidden files":
            (folder / "._0001.dcm").write_bytes(b"\0\5\x16\7" * 50)
            (folder / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
        elif name == "folders and other names":
            for number, path in enumerate(files):
                (folder / "a" / str(number % 2)).mkdir(parents=True, exist_ok=True)
                path.rename(folder / "a" / str(number % 2) / f"IM{len(files) - number}")

    return mutate


HARMFUL = {
    empty_file: (EVERY, "empty_file"),
    no_file_but_an_empty_one_more: (("GE",), "empty_file"),
    cut_in_its_pixels: (EVERY, "truncated_file"),
    cut_in_its_header: (EVERY, "truncated_file"),
    random_bytes: (("mosaic", "enhanced T1", "T1 slices"), "unreadable_file"),
    broken_link: (("mosaic",), "unreadable_file"),
    a_web_page_in_place_of_an_image: (("mosaic", "GE"), "unreadable_file"),
    two_repetition_times_in_one_header: (EVERY, "unreadable_file"),
    fewer_rows_than_pixels: (("mosaic", "GE", "Philips"), "truncated_file"),
    another_modality: (EVERY, "not_mr"),
    second_patient: (MANY_FILES, "several_patients"),
    second_patient_of_the_same_identity: (EVERY, "several_patients"),
    second_study: (MANY_FILES, "several_studies"),
    all_images_twice_under_new_names: (EVERY, "duplicate_image"),
    one_image_twice_under_a_new_name: (EVERY, "duplicate_image"),
    one_image_twice_under_a_new_number: (EVERY, "duplicate_image"),
    the_last_number_is_beyond_all_bounds: (CLASSIC, "instance_gap"),
    an_inner_file_is_missing: (MANY_FILES, "instance_gap"),
    the_first_file_is_missing: (MANY_FILES, "instance_gap"),
    the_last_file_is_missing: (
        MANY_FILES,
        {"volume_missing", "slices_differ", "slice_missing"},
    ),
    an_inner_volume_is_missing_and_numbers_are_not: (
        ("mosaic", "mosaic DTI", "enhanced", "enhanced DTI"),
        "volume_missing",
    ),
    a_slice_of_one_volume_is_missing_and_numbers_are_not: (
        ("GE", "Philips"),
        "slices_differ",
    ),
    an_inner_slice_is_missing_everywhere_and_numbers_are_not: (SLICES, "slice_missing"),
    the_last_slice_is_missing_everywhere_and_numbers_are_not: (SLICES, "slice_missing"),
    a_volume_comes_late: (BOLD, "uneven_time"),
    another_repetition_time: (BOLD, "repetition_time"),
    _typed("DERIVED", "PRIMARY", "DIFFUSION", "ADC"): (MANY_FILES, "derived_image"),
    _typed("ORIGINAL", "PRIMARY", "MPR"): (
        ("T1 slices", "enhanced T1"),
        "derived_image",
    ),
    _typed("ORIGINAL", "PRIMARY", "LOCALIZER"): (("T1 slices",), "derived_image"),
    no_position: ((*MOSAIC, *SLICES), {"slice_missing", "affine"}),
    no_pixel_spacing: (EVERY, "affine"),
    no_distance_of_slices: (MOSAIC, "affine"),
    one_image_of_another_pixel_spacing: (MANY_FILES, "geometry_differs"),
    one_image_is_turned: (MANY_FILES, "geometry_differs"),
    one_image_has_half_the_rows: (CLASSIC, "geometry_differs"),
    no_manufacturer: (MOSAIC, "slices_differ"),
    all_mosaics_claim_a_slice_less: (MOSAIC, "slices_differ"),
    one_mosaic_claims_a_slice_less: (MOSAIC, "slices_differ"),
    a_direction_is_missing: (("mosaic DTI", "enhanced DTI"), "direction_missing"),
    a_b_value_is_missing: (("mosaic DTI", "enhanced DTI"), "direction_missing"),
    a_frame_less_in_header_and_pixels: (
        ENHANCED,
        {"slice_missing", "slices_differ"},
    ),
    a_frame_more_than_described: (ENHANCED, "truncated_file"),
    lossless_jpeg_in_many_frames: (ENHANCED, "transfer_syntax"),
    no_contrast: (EVERY, "no_contrast"),
    the_last_half_of_an_inner_file_is_zero: ((*MOSAIC, *ENHANCED), "no_contrast"),
    the_pixels_of_an_inner_file_are_zero: (MANY_FILES, "no_contrast"),
}
"""What breaks a series, of which series it is tried, and the finding it must give."""

HARMLESS = (
    "a copy",
    "a text",
    "an empty text",
    "files of other programs",
    "hidden files",
    "folders and other names",
)


def name_of_mutation(mutate):
    name = mutate.__name__.strip("_").replace("_", " ")
    if mutate.__closure__ and name == "mutate":
        name = "image type " + "/".join(mutate.__closure__[0].cell_contents)
    return name


ABOUT_VOLUMES = (
    the_last_file_is_missing,
    an_inner_volume_is_missing_and_numbers_are_not,
    a_volume_comes_late,
    another_repetition_time,
    a_direction_is_missing,
    a_b_value_is_missing,
)
"""What needs a series of several files to be tried on."""


def harmful_cases(all_of_them=True):
    """Return name of the series, mutation, and the kinds of which one must be found.

    Without `all_of_them`, large series are broken in those ways only for which others
    do not stand.
    """
    return [
        (name, mutate, {kinds} if isinstance(kinds, str) else kinds)
        for mutate, (names, kinds) in HARMFUL.items()
        for name in names
        if all_of_them or name not in LARGE or mutate in ABOUT_VOLUMES
    ]
