"""Images are checked before anything is computed from them."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.bids_images import check_image, complete_sidecar, read_sidecar
from scan2map.dicom.gate import pass_gate


def test_a_t1w_image_is_one_volume(tmp_path):
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4, 2)), np.eye(4)), tmp_path / "5.nii.gz")
    with pytest.raises(ValueError, match="one volume of three dimensions"):
        check_image("T1w", tmp_path / "5.nii.gz")


def test_a_scanners_twelve_directions_pass(shared_data, tmp_path):
    series = shared_data / "dicom_edge_cases" / "series" / "siemens_dti_12dir_HFS"
    chosen = pass_gate(series, tmp_path, ["dwi"]).chosen["dwi"]
    check_image("dwi", chosen["image"])
    assert chosen["volumes"] == 13


@pytest.mark.parametrize("keep", [0.5, 0.0])
def test_an_image_that_is_not_whole_is_named(tmp_path, rng, keep):
    path = tmp_path / "whole.nii.gz"
    nib.save(nib.Nifti1Image(rng.random((20, 20, 20)), np.eye(4)), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(ValueError, match="whole.nii.gz cannot be read as NIfTI"):
        check_image("T1w", path)


HEAD = np.diag([50, 50, 50, 1.0])
"""Affine of a head of four voxels in each direction."""


def save_t1w(folder, data, affine=HEAD, code=1):
    header = nib.Nifti1Header()
    header.set_data_dtype(data.dtype)
    header["sform_code"] = code
    header["srow_x"], header["srow_y"], header["srow_z"] = affine[:3]
    nib.save(nib.Nifti1Image(data, None, header), folder / "t1.nii.gz")
    return folder / "t1.nii.gz"


def test_a_t1w_image_may_be_negative_in_part(tmp_path, rng):
    check_image("T1w", save_t1w(tmp_path, rng.normal(5, 5, (4, 4, 4))))


COLOUR = np.zeros((4, 4, 4), [("R", "u1"), ("G", "u1"), ("B", "u1")])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros((4, 4, 4)), "is 0 everywhere"),
        (np.full((4, 4, 4), 7.0), "is 7 everywhere"),
        (-np.arange(64.0).reshape(4, 4, 4), r"no value above 0 \(it goes from -63 to"),
        (np.where(np.eye(4), np.nan, np.ones((4, 4, 4))), "16 voxels of 64 .* 0 where"),
        (np.full((4, 4, 4), np.inf), "64 voxels of 64 .*NaN or infinity"),
        (COLOUR, "holds colours"),
        (np.ones((4, 4, 4), np.complex64), "holds complex numbers"),
    ],
)
def test_what_cannot_be_a_t1w_image_is_named_with_its_file(tmp_path, data, said):
    path = save_t1w(tmp_path, data)
    with pytest.raises(ValueError, match=f"{path} .*{said}.*'exclude'"):
        check_image("T1w", path)


@pytest.mark.parametrize(
    ("affine", "code", "said"),
    [
        (HEAD, 0, "sform_code and qform_code are 0.* which side is left"),
        (np.diag([50, np.nan, 50, 1]), 1, "nan.* no position in space"),
        (np.diag([50, 50, 0, 1]), 1, "no position in space"),
        (HEAD / 1000, 1, "is 0.2 x 0.2 x 0.2 mm large"),
        (HEAD * 10, 1, "2000 mm large, with voxels of 500 x .* 80 to 800 mm"),
    ],
)
def test_a_t1w_image_says_where_and_how_large_it_is(tmp_path, rng, affine, code, said):
    path = save_t1w(tmp_path, rng.random((4, 4, 4)), affine, code)
    with pytest.raises(ValueError, match=f"{path} .*{said}"):
        check_image("T1w", path)


def test_a_sidecar_that_is_a_list_is_named(tmp_path):
    (tmp_path / "all.json").write_text('{"EchoTime": 1, "Site": "A"}')
    (tmp_path / "own.json").write_text('{"EchoTime": 2}')
    both = [tmp_path / "all.json", tmp_path / "own.json"]
    assert read_sidecar(both) == {"EchoTime": 2, "Site": "A"}
    both[1].write_text("[1, 2]")
    with pytest.raises(ValueError, match="own.json should be an object .* is .1, 2."):
        read_sidecar(both)


def save_bold(folder, volumes=12, repetition=2.0, unit="sec"):
    image = nib.Nifti1Image(np.zeros((4, 4, 4, volumes), np.int16), np.eye(4))
    image.header.set_zooms((1, 1, 1, repetition))
    image.header.set_xyzt_units("mm", unit)
    nib.save(image, folder / "7.nii.gz")
    return folder / "7.nii.gz"


def test_a_few_volumes_are_no_bold_series(tmp_path):
    check_image("bold", save_bold(tmp_path))
    with pytest.raises(ValueError, match="at least 10 volumes are needed"):
        check_image("bold", save_bold(tmp_path, volumes=9))


def test_bold_is_described_as_rest_and_keeps_its_slice_times(tmp_path):
    sidecar = {"RepetitionTime": 2, "SliceTiming": [0, 0.5, 1, 1.5]}
    for image in (save_bold(tmp_path), save_bold(tmp_path, repetition=0)):
        completed = complete_sidecar("bold", sidecar, image)
        assert completed == sidecar | {"TaskName": "rest"}


def test_other_sidecars_stay_as_they_are(tmp_path):
    assert complete_sidecar("T1w", {"EchoTime": 0.003}, tmp_path / "absent.nii.gz") == {
        "EchoTime": 0.003
    }


@pytest.mark.parametrize("unit", ["sec", "msec"])
def test_one_repetition_time_must_hold_in_header_and_sidecar(tmp_path, unit):
    image = save_bold(tmp_path, repetition={"sec": 2, "msec": 2000}[unit], unit=unit)
    complete_sidecar("bold", {"RepetitionTime": 2}, image)
    with pytest.raises(
        ValueError, match="RepetitionTime 1.79 s in its sidecar and 2 s"
    ):
        complete_sidecar("bold", {"RepetitionTime": 1.79}, image)


def test_bold_needs_a_repetition_time(tmp_path):
    with pytest.raises(ValueError, match="has no RepetitionTime"):
        complete_sidecar("bold", {}, save_bold(tmp_path))


@pytest.mark.parametrize(
    ("name", "volumes", "repetition", "slices"),
    [
        ("siemens_mosaic_bold_6vol", 6, 3.2, 36),
        ("ge_rtia_slice_timing", 3, 1.5, 8),
        ("philips_epi_3vol_no_slice_timing", 3, 2, None),
    ],
)
def test_a_scanners_bold_is_chosen(
    shared_data, tmp_path, name, volumes, repetition, slices
):
    folder = shared_data / "dicom_edge_cases" / "series" / name
    bold = pass_gate(folder, tmp_path, ["bold"]).chosen["bold"]
    sidecar = complete_sidecar("bold", bold["sidecar"], bold["image"])
    assert (bold["volumes"], sidecar["RepetitionTime"]) == (volumes, repetition)
    assert sidecar["TaskName"] == "rest"
    assert len(sidecar.get("SliceTiming", [])) == (slices or 0)
    with pytest.raises(ValueError, match="at least 10 volumes are needed"):
        check_image("bold", bold["image"])
