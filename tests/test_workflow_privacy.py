"""No text of a DICOM header gets past stage 1, whichever field it is in."""

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


@pytest.mark.filterwarnings("ignore:The value length")
def test_a_mark_in_every_text_is_found_nowhere(sessions):
    config = tiny_config()
    config |= {"study": "marked", "source": "dicom", "cohort": "cohort.tsv"}
    targets = [
        f"results/marked/1_bids/sub-{name}/ses-1/sub-{name}_ses-1_inventory.tsv"
        for name in NAMES
    ]
    process = snakemake(sessions, *targets, "--keep-going", config=config)
    assert process.returncode != 0 and "[several_patients]" in process.stdout
    made = [target for target in targets if (sessions / target).exists()]
    assert len(made) == 3 and ONE_STRANGER not in str(made)
    assert MARK.lower() not in process.stdout.lower()
    places = [sessions / name for name in ("results", "logs", ".snakemake")]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    assert len(files) > 30
    for path in files:
        assert (
            MARK.lower().encode() not in (str(path).encode() + contents(path)).lower()
        )
