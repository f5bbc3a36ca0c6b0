"""Other files in a folder give another digest, other dates do not."""

import os
import zipfile

import pytest

from scan2map.source_files import listing_digest


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "dicom"
    (place / "T1w").mkdir(parents=True)
    for number in range(3):
        (place / "T1w" / f"{number}.dcm").write_bytes(bytes(number + 1))
    return place


def test_dates_and_the_place_change_nothing(folder, tmp_path):
    before = listing_digest(folder)
    for path in (folder, folder / "T1w", folder / "T1w" / "1.dcm"):
        os.utime(path, (1, 1))
    assert listing_digest(folder) == before
    assert listing_digest(folder.rename(tmp_path / "elsewhere")) == before


@pytest.mark.parametrize("change", ["more", "fewer", "longer", "renamed"])
def test_other_files_are_seen(folder, change):
    before, file = listing_digest(folder), folder / "T1w" / "1.dcm"
    if change == "more":
        (folder / "T1w" / "3.dcm").write_bytes(b"")
    elif change == "fewer":
        file.unlink()
    elif change == "longer":
        file.write_bytes(bytes(9))
    else:
        file.rename(folder / "T1w" / "7.dcm")
    assert listing_digest(folder) != before


def test_links_that_lead_in_circles_end(folder):
    before = listing_digest(folder)
    (folder / "T1w" / "up").symlink_to(folder)
    assert listing_digest(folder) == before


def test_an_archive_is_known_by_its_size(tmp_path):
    path = tmp_path / "scan.zip"
    digests = set()
    for content in ("one", "longer"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("1.dcm", content)
        digests.add(listing_digest(path))
    assert len(digests) == 2
