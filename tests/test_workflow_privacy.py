"""DICOM with marks in all texts: none gets past stage 1; and what is read again."""

import os
import re
import shutil

import pydicom
import pytest
from pydicom._dicom_dict import DicomDictionary
from workflow import contents, snakemake, tiny_config

MARK = "Zyxwanderer42"
TEXTS = ("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR")
"""Value representations that hold what somebody typed."""

COMMANDS = 0x0007FFFF
"""Tags up to here are not of images."""

NAMES = [f"{group}00{n}" for group in ("control", "patient") for n in (1, 2)]
ONE_STRANGER = "patient002"


def mark_all_texts(header):
    """Write the mark into every text that DICOM knows, beside what is there."""
    for tag, (kind, *_) in DicomDictionary.items():
        if kind in TEXTS and tag > COMMANDS and tag not in header:
            header.add_new(tag, kind, MARK)
    for element in header:
        if element.VR in TEXTS and not element.is_private and MARK not in element.value:
            element.value = f"{element.value} {MARK}"[-64:]
    header.ImageType = [*header.ImageType, MARK.upper()]
    header.private_block(0x0099, MARK, create=True).add_new(1, "LO", MARK)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """Phantom sessions with marked headers; one holds a file of somebody else."""
    folder = tmp_path_factory.mktemp("marked")
    scans = {
        name: f"results/phantom/0_phantom/sub-{name}/ses-1/dicom" for name in NAMES
    }
    config = tiny_config() | {"keep": "all"}
    process = snakemake(folder, *scans.values(), config=config)
    assert process.returncode == 0, process.stdout[-3000:]
    rows = ["participant_id\tsession_id\tgroup\tage\tsex\tsite\tdicom"]
    for name, scan in scans.items():
        paths = sorted((folder / scan).glob("*.dcm"))
        assert len(paths) > 40
        for path in paths:
            header = pydicom.dcmread(path)
            mark_all_texts(header)
            if name == ONE_STRANGER and path is paths[5]:
                header.PatientName = f"{MARK}^Else"
            header.save_as(path)
        (folder / scan).rename(folder / name)
        rows.append(f"{name}\t1\t{name[:7]}\t40\tF\tA\t{name}")
    (folder / "cohort.tsv").write_text("\n".join(rows) + "\n")
    for made in ("results", "logs", ".snakemake"):
        (folder / made).rename(folder / f"{made}_of_phantom")
    return folder


def marked_config(**bids):
    """Return settings of the study of these sessions."""
    config = tiny_config()
    config |= {"study": "marked", "source": "dicom", "cohort": "cohort.tsv"}
    return config | {"bids": bids}


TARGETS = [
    f"results/marked/1_bids/sub-{name}/ses-1/sub-{name}_ses-1_inventory.tsv"
    for name in NAMES
]


@pytest.fixture(scope="module")
def converted(sessions):
    """The run that converts what it lets in."""
    return snakemake(sessions, *TARGETS, "--keep-going", config=marked_config())


@pytest.mark.filterwarnings("ignore:The value length")
def test_a_mark_in_every_text_is_found_nowhere(sessions, converted):
    assert converted.returncode != 0 and "[several_patients]" in converted.stdout
    made = [target for target in TARGETS if (sessions / target).exists()]
    assert len(made) == 3 and ONE_STRANGER not in str(made)
    assert MARK.lower() not in converted.stdout.lower()
    places = [sessions / name for name in ("results", "logs", ".snakemake")]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        assert (
            MARK.lower().encode() not in (str(path).encode() + contents(path)).lower()
        )


def conversions(sessions, **bids):
    """Return the names of the sessions that would be converted."""
    config = marked_config(**bids)
    process = snakemake(sessions, *TARGETS, "--dry-run", config=config)
    assert process.returncode == 0, process.stdout
    return sorted(re.findall(r"wildcards: subject=(\w+)", process.stdout))


def test_who_passed_the_gate_is_not_looked_at_again_for_what_is_let_through(
    sessions, converted
):
    gate = {"several_patients": "warn", "volume_missing": "warn"}
    assert conversions(sessions, gate=gate) == [ONE_STRANGER]


def test_what_is_refused_again_after_it_was_let_through_is_looked_at(
    sessions, converted
):
    table = sessions / TARGETS[0]
    before = table.read_text()
    table.write_text(before.replace("converted", "let through: several_studies", 1))
    assert conversions(sessions) == [NAMES[0], ONE_STRANGER]
    gate = {"several_studies": "warn"}
    assert conversions(sessions, gate=gate) == [ONE_STRANGER]
    table.write_text(before)


def test_a_file_more_in_a_folder_below_is_seen(sessions, converted):
    below = sessions / NAMES[1] / "later"
    below.mkdir()
    os.utime(sessions / NAMES[1], (1, 1))
    (below / "rest.dcm").write_bytes(bytes(128) + b"DICM")
    assert conversions(sessions) == [NAMES[1], ONE_STRANGER]
    shutil.rmtree(below)
    os.utime(sessions / NAMES[1], (1, 1))
    assert conversions(sessions) == [ONE_STRANGER]
