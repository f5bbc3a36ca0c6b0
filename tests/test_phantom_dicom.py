"""The phantom's DICOM files, and what dcm2niix makes of them."""

import json
import subprocess
import sys
import warnings

import dcm2niix
import nibabel as nib
import numpy as np
import pydicom
import pytest
from test_phantom import PHANTOM

from scan2map.phantom.acquisition import gradient_directions
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.csa import csa_header
from scan2map.phantom.dicom import (
    session_header,
    uid,
    write_dwi,
    write_t1w,
)
from scan2map.phantom.protocol import NOBODY, slice_times
from scan2map.phantom.session import scan_session

ROW = {
    "participant_id": "P01",
    "session_id": "01",
    "group": "patient",
    "age": 33,
    "sex": "F",
}


def _write(folder, seed=5):
    series, truth = scan_session(read_template(), PHANTOM, ROW, 11, seed)
    header = session_header(ROW, seed)
    folder.mkdir()
    write_t1w(series["T1w"], header, folder)
    write_dwi(series["dwi"], header, folder)
    return series, truth


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("phantom")
    series, _ = _write(folder / "dicom")
    command = [dcm2niix.bin, *"-b y -ba y -z i -f %d -o".split(), folder]
    subprocess.run([*command, folder / "dicom"], check=True, stdout=subprocess.DEVNULL)
    return folder, series


@pytest.mark.parametrize(("name", "key"), [("T1w_mprage", "T1w"), ("DWI_dir6", "dwi")])
def test_converted_voxels_are_where_they_were_scanned(scanned, name, key):
    folder, series = scanned
    image = nib.load(folder / f"{name}.nii.gz")
    data = image.get_fdata().reshape(*image.shape[:3], -1)
    volumes, affine = series[key].volumes, series[key].affine
    assert data.shape[3] == len(volumes)
    to_scan = np.linalg.inv(affine) @ image.affine
    indices = np.indices(image.shape[:3]).reshape(3, -1)
    places = to_scan[:3, :3] @ indices + to_scan[:3, 3:]
    np.testing.assert_allclose(places, places.round(), atol=1e-3)
    found = volumes[(slice(None), *places.round().astype(int))]
    white = {"T1w": 800, "dwi": 700}[key]
    expected = np.clip(found * white, 0, 4095).T.reshape(data.shape)
    # Half an integer from rounding.
    np.testing.assert_allclose(data, expected, atol=0.51)


def test_gradients_survive_the_conversion(scanned):
    folder, _ = scanned
    vectors = np.loadtxt(folder / "DWI_dir6.bvec").T
    affine = nib.load(folder / "DWI_dir6.nii.gz").affine[:3, :3]
    axes = affine / np.linalg.norm(affine, axis=0)
    if np.linalg.det(axes) > 0:  # FSL's convention
        vectors[:, 0] *= -1
    expected = np.vstack([np.zeros((1, 3)), gradient_directions(6)])
    # dcm2niix prints six digits.
    np.testing.assert_allclose(vectors @ axes.T, expected, atol=1e-5)
    b_values = np.loadtxt(folder / "DWI_dir6.bval")
    np.testing.assert_array_equal(b_values, [0] + 6 * [1000])


def test_sidecars_say_what_a_scanner_says(scanned):
    folder, series = scanned
    t1w = json.loads((folder / "T1w_mprage.json").read_text())
    dwi = json.loads((folder / "DWI_dir6.json").read_text())
    assert t1w["BidsGuess"][0] == "anat" and t1w["BidsGuess"][1].endswith("T1w")
    assert dwi["BidsGuess"][0] == "dwi"
    assert (t1w["RepetitionTime"], t1w["InversionTime"]) == (2.3, 0.9)
    assert (t1w["EchoTime"], t1w["FlipAngle"]) == (0.00298, 9)
    assert (dwi["RepetitionTime"], dwi["EchoTime"]) == (6, 0.08)
    assert dwi["PhaseEncodingDirection"] == "j-"
    rows, slices = series["dwi"].volumes.shape[2:]
    assert dwi["TotalReadoutTime"] == pytest.approx(0.0005 * (rows - 1), rel=1e-4)
    assert dwi["EffectiveEchoSpacing"] == pytest.approx(0.0005, rel=1e-4)
    expected = slice_times(slices, 6000, 100) / 1000
    np.testing.assert_allclose(dwi["SliceTiming"], expected, atol=1e-3)
    assert "SliceTiming" not in t1w


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(scanned, tmp_path):
    first = {f.name: f.read_bytes() for f in (scanned[0] / "dicom").iterdir()}
    _write(tmp_path / "again")
    _write(tmp_path / "other", seed=6)
    assert first == {f.name: f.read_bytes() for f in (tmp_path / "again").iterdir()}
    other = {f.name: f.read_bytes() for f in (tmp_path / "other").iterdir()}
    assert all(other[name] != content for name, content in first.items())


def test_header_names_the_participant(scanned):
    files = sorted((scanned[0] / "dicom").iterdir())
    headers = [pydicom.dcmread(file) for file in files]
    assert {h.PatientID for h in headers} == {f"{NOBODY} sub-P01"}
    assert headers[0].PatientAge == "033Y" and headers[0].PatientSex == "F"
    assert len({h.SOPInstanceUID for h in headers}) == len(files)
    assert len({h.SeriesInstanceUID for h in headers}) == 2
    assert all(h.file_meta.MediaStorageSOPInstanceUID == h.SOPInstanceUID
               for h in headers)  # fmt: skip


def test_unknown_age_and_sex_are_left_open():
    header = session_header({"participant_id": "a", "session_id": "1"}, seed=0)
    assert header["PatientAge"] == "" and header["PatientSex"] == "O"


def test_csa_header_is_read_back():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from nibabel.nicom.csareader import read
    packed = csa_header([("B_value", "IS", [1000]), ("Normal", "FD", [0.5, -0.25])])
    tags = read(packed)["tags"]
    assert tags["B_value"]["items"] == [1000]
    assert tags["Normal"]["items"] == [0.5, -0.25]
    assert len(packed) % 4 == 0


def test_uids_are_valid_and_follow_from_their_parts():
    assert pydicom.uid.UID(uid(1, "a")).is_valid
    assert uid(1, "a") == uid(1, "a") != uid(1, "b")


def test_slices_are_taken_interleaved():
    np.testing.assert_array_equal(np.argsort(slice_times(6, 2000)), [1, 3, 5, 0, 2, 4])
    np.testing.assert_array_equal(np.argsort(slice_times(5, 2000)), [0, 2, 4, 1, 3])


def test_scanning_imports_nothing_heavy():
    heavy = "{'ants', 'keras', 'tensorflow', 'dipy', 'pandas', 'sklearn', 'nilearn'}"
    code = (
        "import sys; sys.path.insert(0, 'scripts');"
        "import scan2map.phantom.session, scan2map.phantom.dicom;"
        f"assert not {heavy} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
