"""Strings that are made to do harm run nothing, and write nothing outside a study."""

import json
import os
import shutil
import warnings

import pydicom
import pytest
from workflow import complete, phantom_config, snakemake

from scan2map.cohort import read_cohort
from scan2map.dicom.deidentification import deidentify_sidecar
from scan2map.dicom.gate import pass_gate
from scan2map.settings import check_settings

MARK = "was_here"
HOSTILE = [
    f"; touch {MARK}",
    f"$(touch {MARK})",
    f"`touch {MARK}`",
    f"| touch {MARK}",
    f"&& touch {MARK} &",
    f"> {MARK}",
    f"x\ntouch {MARK}\n",
    f"../../{MARK}",
    f"..\\..\\{MARK}",
    f"/tmp/{MARK}",
    f"~/{MARK}",
    "A" * 300,
    "{config}",
    "{wildcards.subject}",
    "{0.__class__.__mro__}",
    "%n%i%t%h",
    "-o /tmp",
    "--help",
    f"__import__('os').system('touch {MARK}')",
    f"!!python/object/apply:os.system ['touch {MARK}']",
    "<script>alert(1)</script>",
    "p\N{CYRILLIC SMALL LETTER A}tient",
    "\N{FULLWIDTH SOLIDUS}etc\N{FULLWIDTH SOLIDUS}passwd",
    "\N{RIGHT-TO-LEFT OVERRIDE}gz.iin",
    "*",
    "'\"'; exit 1; '",
    "a\tb",
]
"""Shell, paths, lengths, formats, options, code, markup and look-alikes."""

CELLS = ("participant_id", "session_id", "group")
ROW = {"participant_id": "P1", "session_id": "1", "group": "control", "age": "40",
       "sex": "F", "site": "A", "dicom": "scan"}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_was_touched(tmp_path, monkeypatch):
    """Work in a folder of the test, and look for the mark afterwards."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    places = ["/tmp", os.path.expanduser("~"), "/"]
    before = {place: set(os.listdir(place)) for place in places}
    yield
    assert not list(tmp_path.rglob(f"*{MARK}*.nii*"))
    assert not (tmp_path / "cwd" / MARK).exists()
    assert not any(MARK in set(os.listdir(p)) - before[p] for p in places)


@pytest.fixture(autouse=True)
def no_warnings():
    """Write headers that are against the rules without being told so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def as_file_name(text):
    """Return a string as far as a file may be called so."""
    return (
        text.replace("/", "\N{DIVISION SLASH}").encode()[:200].decode(errors="ignore")
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_strings_in_headers_and_file_names_do_nothing(shared_data, tmp_path, text):
    series = shared_data / "dicom_edge_cases" / "series" / "siemens_mosaic_bold_6vol"
    dicom = tmp_path / as_file_name(f"{text} folder")
    dicom.mkdir()
    for number, path in enumerate(sorted(series.iterdir())):
        header = pydicom.dcmread(path)
        for element in header:
            if element.VR in ("LO", "SH", "ST", "LT", "UT", "PN") and (
                element.keyword not in ("Manufacturer", "") and not element.is_private
            ):
                element.value = text.replace("\\", "/")
        header.save_as(dicom / as_file_name(f"{number}{text}"))
    (tmp_path / "work").mkdir()
    admitted = pass_gate(dicom, tmp_path / "work", ["bold"])
    assert list(admitted.chosen) == ["bold"]
    kept = deidentify_sidecar(admitted.chosen["bold"]["sidecar"])
    written = json.dumps([admitted.inventory, kept])
    assert MARK not in written and "A" * 20 not in written and "<" not in written
    outside = [path for path in tmp_path.iterdir() if path.name not in ("cwd", "work")]
    assert outside == [dicom]


@pytest.mark.parametrize("column", CELLS)
@pytest.mark.parametrize("text", HOSTILE)
def test_cells_that_become_paths_are_letters_and_digits(tmp_path, column, text):
    (tmp_path / "scan").mkdir()
    row = ROW | {column: text}
    table = tmp_path / "cohort.tsv"
    table.write_text("\t".join(row) + "\n" + "\t".join(row.values()) + "\n")
    with pytest.raises(ValueError, match="cohort.tsv"):
        read_cohort(table, ["control", "patient"], "dicom")


@pytest.mark.parametrize("text", HOSTILE)
def test_settings_that_become_paths_are_refused(text):
    for change in (
        {"study": text},
        {"groups": {"reference": text, "affected": "patient"}},
        {"experiments": {text: phantom_config()["experiments"]["preregistration"]}},
    ):
        with pytest.raises(Exception, match="."):
            check_settings(complete(phantom_config(**change)))


def test_a_session_in_a_folder_of_a_hostile_name_is_converted(shared_data, tmp_path):
    name = f"$(touch {MARK}); touch {MARK} `touch {MARK}` 'x' \" * ~"
    dicom = shared_data / "siemens_xa30" / "dicom"
    rows = ["\t".join(ROW)]
    for number, group in enumerate(["control", "patient"] * 2):
        folder = tmp_path / f"{name} {number}"
        shutil.copytree(dicom / "6_anat-T1w_acq-tfl", folder / "t1")
        shutil.copytree(dicom / "10_DWI_dir80_PA", folder / "dwi")
        cells = ROW | {"participant_id": f"P{number}", "group": group}
        rows.append("\t".join((cells | {"dicom": folder.name}).values()))
    (tmp_path / "cohort.tsv").write_text("\n".join(rows) + "\n")
    config = phantom_config(study="hostile", source="dicom", cohort="cohort.tsv")
    config["anat"]["template_resolution"] = 4.0
    config["statistics"] = {"covariates": [], "corrections": ["bonferroni"]}
    for experiment in config["experiments"].values():
        experiment["folds"] = {"k": 2, "repeats": 1}
    stem = "results/hostile/1_bids/sub-P0/ses-1"
    process = snakemake(tmp_path, f"{stem}/sub-P0_ses-1_inventory.tsv", config=config)
    assert process.returncode == 0, process.stdout[-3000:]
    assert (tmp_path / stem / "dwi" / "sub-P0_ses-1_dwi.nii.gz").exists()
    assert not list(tmp_path.rglob(MARK))
