"""Series are chosen by pattern, archives unpacked safely, failures are named."""

import tarfile
import zipfile

import pytest

from scan2map.bids import (
    choose_series,
    matches,
    missed_series,
    series_table,
    unpack,
)
from scan2map.bids_images import check_image, complete_sidecar
from scan2map.dicom.conversion import convert
from scan2map.dicom.deidentification import plain_words
from scan2map.dicom.folder import read_session
from scan2map.dicom.series import by_series

T1W = {
    "SeriesNumber": 5,
    "SeriesDescription": "t1_mprage",
    "ImageType": ["ORIGINAL", "PRIMARY", "M"],
    "BidsGuess": ["anat", "_acq-tfl3p2_run-5_T1w"],
}
DWI = {
    "SeriesNumber": 11,
    "SeriesDescription": "DTI_32",
    "ImageType": ["ORIGINAL", "PRIMARY", "DIFFUSION"],
    "BidsGuess": ["dwi", "_dir-AP_run-11_dwi"],
}
REFORMATTED = T1W | {"SeriesNumber": 6, "ImageType": ["DERIVED", "SECONDARY", "MPR"]}


def listed(*sidecars):
    return [
        {"series": number, "sidecar": sidecar, "volumes": 1}
        for number, sidecar in enumerate(sidecars)
    ]


def test_by_default_the_guess_chooses_and_derived_images_are_left_out():
    chosen, problems = choose_series(listed(DWI, REFORMATTED, T1W), ["T1w", "dwi"])
    assert not problems
    assert chosen["T1w"]["sidecar"] is T1W
    assert chosen["dwi"]["sidecar"] is DWI


def test_a_bold_series_guessed_to_be_an_fa_map_is_no_dwi():
    bold = DWI | {"BidsGuess": ["dwi", "_FA"]}
    assert choose_series(listed(bold, DWI), ["dwi"])[0]["dwi"]["sidecar"] is DWI


def test_the_single_band_reference_of_a_bold_series_is_left_out():
    bold = {"SeriesDescription": "rest_MB3", "BidsGuess": ["func", "_run-7_bold"]}
    reference = bold | {"SeriesDescription": "rest_MB3_SBRef"}
    chosen, _ = choose_series(listed(reference, bold), ["bold"])
    assert chosen["bold"]["sidecar"] is bold


def test_an_empty_pattern_dictionary_means_the_default():
    chosen, _ = choose_series(listed(T1W), ["T1w"], {"T1w": {}})
    assert chosen["T1w"]["sidecar"] is T1W


def test_patterns_replace_the_default():
    rules = {"T1w": {"ImageType": "MPR"}}
    chosen, _ = choose_series(listed(T1W, REFORMATTED), ["T1w"], rules)
    assert chosen["T1w"]["sidecar"] is REFORMATTED


@pytest.mark.parametrize(
    ("rules", "holds"),
    [
        ({"SeriesDescription": "MPRAGE"}, True),
        ({"SeriesDescription": "^mprage"}, False),
        ({"ImageType": "primary/m$"}, True),
        ({"ImageType": "!DERIVED"}, True),
        ({"SeriesDescription": "!mprage"}, False),
        ({"SeriesDescription": "mprage", "SeriesNumber": 5}, True),
        ({"ProtocolName": "mprage"}, False),
        ({"ProtocolName": "!mprage"}, True),
    ],
)
def test_all_patterns_must_hold_and_an_exclamation_mark_turns_one_round(rules, holds):
    assert matches(T1W, rules) is holds


def test_a_number_matches_as_a_whole():
    assert not matches(DWI, {"SeriesNumber": 1})
    assert matches(DWI, {"SeriesNumber": "11|12"})


@pytest.mark.parametrize(
    ("sidecars", "beginning"),
    [((DWI,), "no series matches"), ((T1W, DWI, T1W), "2 series match")],
)
def test_none_or_several_matches_are_refused_with_a_listing(sidecars, beginning):
    chosen, (problem,) = choose_series(listed(*sidecars), ["T1w"])
    assert not chosen
    assert problem.startswith(f"{beginning} the wanted image T1w")
    assert "DTI_32" in problem
    assert "'bids: series: T1w:'" in problem


def test_the_listing_marks_what_matches():
    series = listed(T1W, DWI)
    lines = series_table(series, {"T1w": series[:1], "dwi": series}).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["matches", "T1w, dwi", "dwi"]


def test_a_folder_is_used_as_it_is(tmp_path):
    assert unpack(tmp_path, tmp_path / "unused") == tmp_path


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_archives_are_unpacked(tmp_path, name):
    (tmp_path / "1.dcm").write_text("pixels")
    if name == "a.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.write(tmp_path / "1.dcm", "scans/1.dcm")
    else:
        with tarfile.open(tmp_path / name, "w:gz" if "g" in name else "w") as archive:
            archive.add(tmp_path / "1.dcm", "scans/1.dcm")
    folder = unpack(tmp_path / name, tmp_path / "out")
    assert (folder / "scans" / "1.dcm").read_text() == "pixels"


def test_a_zip_that_reaches_outside_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../escaped.dcm", "x")
    with pytest.raises(ValueError, match="outside"):
        unpack(tmp_path / "evil.zip", tmp_path / "out")
    assert not (tmp_path / "escaped.dcm").exists()


@pytest.mark.parametrize("link", [False, True])
def test_a_tar_that_reaches_outside_is_refused(tmp_path, link):
    member = tarfile.TarInfo("link" if link else "../escaped.dcm")
    if link:
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        archive.addfile(member)
    with pytest.raises(ValueError, match="evil.tar cannot be unpacked"):
        unpack(tmp_path / "evil.tar", tmp_path / "out")
    assert not (tmp_path / "escaped.dcm").exists()


def test_a_path_that_is_absent_or_no_archive_is_named(tmp_path):
    with pytest.raises(ValueError, match="absent does not exist"):
        unpack(tmp_path / "absent", tmp_path)
    (tmp_path / "notes.txt").write_text("no archive")
    with pytest.raises(ValueError, match="neither a folder nor"):
        unpack(tmp_path / "notes.txt", tmp_path / "out")


def test_a_truncated_archive_is_named(tmp_path, rng):
    (tmp_path / "1.dcm").write_bytes(rng.bytes(100_000))
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as archive:
        archive.add(tmp_path / "1.dcm")
    (tmp_path / "a.tgz").write_bytes((tmp_path / "a.tgz").read_bytes()[:60_000])
    with pytest.raises(ValueError, match="a.tgz"):
        unpack(tmp_path / "a.tgz", tmp_path / "out")


def test_a_folder_without_dicom_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no DICOM image"):
        read_session(tmp_path)


@pytest.fixture(scope="module")
def found(shared_data, tmp_path_factory):
    """What becomes of a real session."""
    images = read_session(shared_data / "siemens_xa30" / "dicom").images
    return convert(by_series(images), tmp_path_factory.mktemp("converted"))[0]


def test_a_real_session_needs_patterns_and_then_converts(found):
    assert "2 series match the wanted image dwi" in choose_series(found, ["dwi"])[1][0]
    rules = {
        "T1w": {"SeriesDescription": "T1w", "ImageTypeText": "NORM"},
        "dwi": {"SeriesDescription": "^DWI_dir80_PA$"},
    }
    chosen, _ = choose_series(found, ["T1w", "dwi"], rules)
    numbers = {k: v["sidecar"]["SeriesNumber"] for k, v in chosen.items()}
    assert numbers == {"T1w": 6, "dwi": 10}
    assert chosen["dwi"]["volumes"] == 21


def test_a_multiband_bold_guessed_to_be_an_fa_map_needs_a_pattern(found):
    assert (
        "no series matches the wanted image bold"
        in choose_series(found, ["bold"])[1][0]
    )
    bold = choose_series(found, ["bold"], {"bold": {"ImageType": "FMRI"}})[0]["bold"]
    check_image("bold", bold["image"])
    sidecar = complete_sidecar("bold", bold["sidecar"], bold["image"])
    assert (bold["volumes"], sidecar["RepetitionTime"]) == (20, 1)
    assert len(set(sidecar["SliceTiming"])) == 11  # 33 slices, three at a time


def test_all_images_without_their_series_are_told_at_once():
    rules = {"T1w": {"SeriesNumber": 1}}
    _, (t1w, dwi) = choose_series(listed(REFORMATTED), ["T1w", "dwi"], rules)
    assert "wanted image T1w" in t1w and "t1_mprage" not in t1w
    assert "wanted image dwi" in dwi and "t1_mprage" in dwi  # the listing, once


def test_a_field_that_no_series_has_is_named():
    rules = {"T1w": {"seriesdescription": "mprage"}}
    _, (problem,) = choose_series(listed(T1W), ["T1w"], rules)
    assert "no series has the field seriesdescription" in problem


def test_what_only_an_exclusion_leaves_out_may_have_been_meant():
    found = listed(REFORMATTED, DWI)
    assert missed_series(found, ["T1w"]) == [0]


def test_what_lacks_the_field_that_is_asked_for_may_have_been_meant():
    silent = {k: v for k, v in T1W.items() if k != "BidsGuess"}
    assert missed_series(listed(DWI, silent), ["T1w"]) == [1]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("T1w mprage 12.03.85", "T1w mprage …"),
        ("t1 06-12-34-56-78 run", "t1 … run"),
        ("t1 06 12 34 56 78", "t1 …"),
        ("t1 123-456-789", "t1 …"),
        ("t1 123-456", "t1 …"),
        ("t1 10:23:45", "t1 …"),
        ("t1 07/04/22", "t1 …"),
        ("mprage_12_03_85", "mprage_…"),
    ],
)
def test_dates_times_and_telephone_numbers_are_masked(text, kept):
    assert plain_words(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "t1 1.5 3.0",
        "0.9x0.9x0.9",
        "p2 2.0iso b1000",
        r"5.1.1\5.1.1.0",
        "2_2_2",
        "64 x 64 x 33",
    ],
)
def test_numbers_of_protocols_are_kept(text):
    assert plain_words(text) == text


def _packed(path, flag=0, method=zipfile.ZIP_DEFLATED):
    """Write a zip whose directory says that it is encrypted, or packed otherwise."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.dcm", b"pixels" * 1000)
    content = bytearray(path.read_bytes())
    for at, start in ((6, 0), (8, content.index(b"PK\1\2"))):
        content[start + at] |= flag
        content[start + at + 2] = method
    path.write_bytes(content)
    return path


def test_an_archive_with_a_password_is_named(tmp_path):
    archive = _packed(tmp_path / "a.zip", flag=1)
    with pytest.raises(ValueError, match="a.zip .* protected by a password; unpack it"):
        unpack(archive, tmp_path / "out")


def test_an_archive_in_deflate64_is_named(tmp_path):
    archive = _packed(tmp_path / "a.zip", method=9)
    with pytest.raises(ValueError, match="a.zip .* is not known here .* unpack it"):
        unpack(archive, tmp_path / "out")


@pytest.mark.parametrize("at", [40, 42, 50])
def test_an_archive_with_flipped_bytes_is_named(tmp_path, at):
    archive = _packed(tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    content[at] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=r"a.zip .* is damaged .* copy it anew"):
        unpack(archive, tmp_path / "out")
