"""Nothing broken gets in: each way to break a series is refused for its reason."""

import os
import re
import struct
import time

import pydicom
import pytest
from dicom_mutations import (
    EVERY,
    HARMLESS,
    SERIES,
    admit,
    clean_series,
    copy_series,
    edit,
    files_of,
    harmful_cases,
    harmless,
    name_of_mutation,
)
from workflow import ROOT

from scan2map.dicom.findings import KINDS
from scan2map.dicom.folder import read_session
from scan2map.dicom.gate import pass_gate
from scan2map.dicom.series import by_series, check_series

CASES = harmful_cases(all_of_them=False)


@pytest.fixture(scope="session")
def clean(tmp_path_factory, shared_data):
    """Folders of clean series, by name."""
    return clean_series(shared_data, tmp_path_factory.mktemp("clean"))


@pytest.mark.parametrize("name", EVERY)
def test_a_clean_series_passes(clean, tmp_path, name):
    admitted = admit(name, clean[name], tmp_path / "work")
    assert not admitted.findings and SERIES[name].suffix in admitted.chosen


@pytest.mark.parametrize(
    ("name", "mutate", "kinds"),
    CASES,
    ids=[f"{name}: {name_of_mutation(mutate)}" for name, mutate, _ in CASES],
)
def test_a_broken_series_is_refused_for_its_reason(
    clean, tmp_path, name, mutate, kinds
):
    folder = copy_series(clean[name], tmp_path / "dicom")
    mutate(folder)
    with pytest.raises(ValueError) as refused:
        admit(name, folder, tmp_path / "work")
    assert kinds & set(re.findall(r"\[(\w+)\]$", str(refused.value), re.M))


@pytest.mark.parametrize("beside", HARMLESS)
@pytest.mark.parametrize("name", ["mosaic", "GE", "enhanced T1"])
def test_what_does_no_harm_is_passed_over(clean, tmp_path, name, beside):
    folder = copy_series(clean[name], tmp_path / "dicom")
    harmless(beside)(folder)
    assert not admit(name, folder, tmp_path / "work").findings


def refusal(name, folder, work):
    """Return the lines of the error that a series is refused with."""
    with pytest.raises(ValueError) as refused:
        admit(name, folder, work)
    return str(refused.value).splitlines()


def test_the_schema_and_the_documentation_know_all_kinds_of_findings():
    schema = (ROOT / "config/schemas/config.schema.yaml").read_text()
    told = (ROOT / "docs/gate.md").read_text()
    assert not [kind for kind in KINDS if f"- {kind}\n" not in schema]
    assert not [kind for kind in KINDS if f"`{kind}`" not in told]


def test_images_without_series_are_told_in_one_sentence(clean, tmp_path):
    folder = copy_series(clean["GE"], tmp_path / "dicom")
    for path in files_of(folder):
        edit(path, lambda header: header.pop("SeriesInstanceUID"))
    lines = refusal("GE", folder, tmp_path / "work")
    assert lines[0].startswith("1 thing is wrong")
    assert "0001.dcm and 23 more images have no SeriesInstanceUID" in lines[1]


def test_an_enormous_number_of_an_image_takes_no_time(clean, tmp_path):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    edit(files_of(folder)[-1], lambda h: setattr(h, "InstanceNumber", "2147483647"))
    (images,) = by_series(read_session(folder).images).values()
    start = time.perf_counter()
    told = [str(finding) for finding in check_series(images)]
    assert time.perf_counter() - start < 5
    assert any("of number 6-2147483646 (InstanceNumber" in line for line in told)


def _nonsense(path, keyword, value):
    """Write a text of another length into an element of numbers."""

    def change(header):
        header[keyword].VR = "LO"
        header[keyword].value = value

    edit(path, change)
    vr, element = (
        b"IS" if "Number" in keyword else b"DS",
        pydicom.dcmread(path)[keyword],
    )
    tag = struct.pack("<HH", element.tag.group, element.tag.element)
    content = path.read_bytes()
    assert content.count(tag + b"LO") == 1
    path.write_bytes(content.replace(tag + b"LO", tag + vr))


@pytest.mark.parametrize(
    "keyword", ["SeriesNumber", "InstanceNumber", "RepetitionTime"]
)
def test_a_text_where_a_number_should_be_is_named_and_not_quoted(
    clean, tmp_path, keyword
):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    for path in files_of(folder):
        _nonsense(path, keyword, "Smith")
    (tmp_path / "work").mkdir()
    with pytest.raises(ValueError) as refused:
        pass_gate(folder, tmp_path / "work", ["bold"])
    said = f"0001.dcm and 5 more images have a {keyword} in the header that is not one"
    assert said in str(refused.value)
    assert "Smith" not in str(refused.value)


def test_a_text_for_the_number_of_a_series_that_nobody_wants_does_no_harm(
    clean, tmp_path
):
    copy_series(clean["mosaic"], tmp_path / "dicom" / "bold")
    other = copy_series(clean["GE"], tmp_path / "dicom" / "other")
    for path in files_of(other):
        _nonsense(path, "SeriesNumber", "Smith")
        _same_person(path, files_of(tmp_path / "dicom" / "bold")[0])
    admitted = admit("mosaic", tmp_path / "dicom", tmp_path / "work")
    assert "Smith" not in str(admitted.inventory)


def _same_person(path, other):
    """Give an image the person and the examination of another one."""
    model = pydicom.dcmread(other, stop_before_pixels=True)

    def change(header):
        header.StudyInstanceUID = model.StudyInstanceUID
        for keyword in ("PatientID", "PatientName", "PatientBirthDate"):
            setattr(header, keyword, model.get(keyword, ""))

    edit(path, change)


def test_slices_without_content_at_the_end_of_a_volume_are_allowed(clean, tmp_path):
    folder = copy_series(clean["T1 slices"], tmp_path / "dicom")
    for path in files_of(folder)[-2:]:
        edit(path, lambda h: setattr(h, "PixelData", bytes(len(h.PixelData))))
    assert not admit("T1 slices", folder, tmp_path / "work").findings


@pytest.mark.filterwarnings("ignore:Invalid value")
def test_a_modality_that_is_no_code_is_not_quoted(clean, tmp_path):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    edit(files_of(folder)[0], lambda h: setattr(h, "Modality", "JohnSmith"))
    (line,) = [
        line
        for line in refusal("mosaic", folder, tmp_path / "work")
        if line.endswith("[not_mr]")
    ]
    assert "JohnSmith" not in line and "no known code" in line


def test_a_pipe_is_called_so(clean, tmp_path):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    os.mkfifo(folder / "0007.dcm")
    assert "is a pipe (FIFO)" in " ".join(refusal("mosaic", folder, tmp_path / "work"))


def _forbid(monkeypatch, name, forbidden):
    """Let the system refuse to list or to read what has a name."""
    real = getattr(os, name) if name == "scandir" else open

    def guarded(path, *args, **options):
        if os.path.basename(os.fspath(path)) == forbidden:
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path, *args, **options)

    if name == "scandir":
        monkeypatch.setattr(os, name, guarded)
    else:
        monkeypatch.setattr("scan2map.dicom.folder.open", guarded, raising=False)


def test_a_folder_that_may_not_be_listed_is_named(clean, tmp_path, monkeypatch):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    (folder / "locked").mkdir()
    _forbid(monkeypatch, "scandir", "locked")
    (finding,) = read_session(folder).findings
    assert finding.kind == "unreadable_file" and finding.where == "locked"
    assert "cannot be listed (Permission denied)" in finding.what


def test_a_file_that_may_not_be_read_is_named(clean, tmp_path, monkeypatch):
    folder = copy_series(clean["mosaic"], tmp_path / "dicom")
    _forbid(monkeypatch, "open", "0003.dcm")
    (finding,) = read_session(folder).findings
    assert finding.kind == "unreadable_file" and finding.where == "0003.dcm"
    assert "cannot be read (Permission denied)" in finding.what


def test_a_session_that_may_not_be_listed_is_not_called_empty(tmp_path, monkeypatch):
    _forbid(monkeypatch, "scandir", tmp_path.name)
    with pytest.raises(ValueError, match=r"cannot be listed \(Permission denied\)"):
        read_session(tmp_path)


def test_where_several_series_match_nothing_is_told_but_the_choice(
    shared_data, tmp_path
):
    dicom = shared_data / "siemens_xa30" / "dicom"
    with pytest.raises(ValueError) as refused:
        pass_gate(dicom, tmp_path, ["T1w", "dwi", "bold"])
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("3 things are wrong")
    assert [line[:20] for line in lines[1:4]] == [
        "- 2 series match the",
        "- 2 series match the",
        "- no series matches ",
    ]
    assert not re.findall(r"\[(\w+)\]$", str(refused.value), re.M)


def test_what_may_have_been_wanted_is_judged_where_nothing_matches(clean, tmp_path):
    folder = copy_series(clean["T1 slices"], tmp_path / "dicom")
    for path in files_of(folder):
        edit(path, lambda h: setattr(h, "ImageType", ["DERIVED", "SECONDARY", "MPR"]))
    (tmp_path / "work").mkdir()
    with pytest.raises(ValueError) as refused:
        pass_gate(folder, tmp_path / "work", ["T1w"])
    lines = str(refused.value).splitlines()
    assert lines[1].startswith("- no series matches the wanted image T1w")
    assert "[derived_image]" in str(refused.value)
