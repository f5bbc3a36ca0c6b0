"""Images and gradients are checked before anything is computed from them."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.bids import choose_series, convert
from scan2map.bids_images import (
    check_gradients,
    check_image,
    distinct_directions,
    read_gradients,
)

SIX = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], float
)


def gradients(directions, b=1000.0):
    bvals = np.r_[0.0, np.full(len(directions), b)]
    return bvals, np.vstack([np.zeros(3), directions]).T


def test_one_b0_and_six_directions_suffice():
    check_gradients(*gradients(SIX), volumes=7)


def test_a_small_b_value_counts_as_b0():
    bvals, bvecs = gradients(SIX)
    bvals[0] = 5
    check_gradients(bvals, bvecs, volumes=7)


@pytest.mark.parametrize(
    ("volume", "b", "direction"),
    [
        (3, -1000, SIX[2]),
        (3, np.nan, SIX[2]),
        (3, 1000, [0, 0, 0]),
        (3, 1000, [np.nan] * 3),
    ],
)
def test_a_volume_without_b_value_or_direction_is_named(volume, b, direction):
    bvals, bvecs = gradients(np.vstack([SIX, SIX]))
    bvals[volume], bvecs[:, volume] = b, direction
    with pytest.raises(ValueError, match=r"\(volumes 4, counted from 1\)"):
        check_gradients(bvals, bvecs, volumes=13)


def test_bvals_without_b0_are_refused():
    bvals, bvecs = gradients(SIX)
    with pytest.raises(ValueError, match="bvals without b0.*1000 s/mm²"):
        check_gradients(bvals[1:], bvecs[:, 1:], volumes=6)


def test_repeated_and_opposite_directions_do_not_count():
    few = np.vstack([SIX[:5], -SIX[:5], SIX[:5]])
    with pytest.raises(ValueError, match="has 5 distinct directions"):
        check_gradients(*gradients(few), volumes=16)


def test_directions_on_a_plane_are_refused():
    angles = np.linspace(0, np.pi, 12, endpoint=False)
    plane = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(12)])
    with pytest.raises(ValueError, match="do not determine a tensor"):
        check_gradients(*gradients(plane), volumes=13)


@pytest.mark.parametrize("volumes", [6, 8])
def test_as_many_volumes_as_b_values_are_needed(volumes):
    with pytest.raises(ValueError, match=f"{volumes} volumes but 7 b-values"):
        check_gradients(*gradients(SIX), volumes=volumes)


def test_directions_are_returned_with_unit_length():
    assert distinct_directions(np.array([[0, 0, 0], [0, 3, 0]])).tolist() == [[0, 1, 0]]


def test_absent_gradients_are_named(tmp_path):
    with pytest.raises(ValueError, match="has no 10.bval"):
        read_gradients(tmp_path / "10.bval", tmp_path / "10.bvec")


@pytest.mark.parametrize(
    ("bvec", "complaint"), [("1 0\n0 1\n", "2 rows"), ("1 x\n", "not a table")]
)
def test_a_bvec_file_that_is_no_bvec_is_named(tmp_path, bvec, complaint):
    (tmp_path / "a.bval").write_text("0 1000\n")
    (tmp_path / "a.bvec").write_text(bvec)
    with pytest.raises(ValueError, match=complaint):
        read_gradients(tmp_path / "a.bval", tmp_path / "a.bvec")


def test_a_t1w_image_is_one_volume(tmp_path):
    nib.save(nib.Nifti1Image(np.zeros((4, 4, 4, 2)), np.eye(4)), tmp_path / "5.nii.gz")
    with pytest.raises(ValueError, match="one volume of three dimensions"):
        check_image("T1w", tmp_path / "5.nii.gz")


def test_a_scanners_twelve_directions_pass(shared_data, tmp_path):
    series = shared_data / "dicom_edge_cases" / "series" / "siemens_dti_12dir_HFS"
    chosen = choose_series(convert(series, tmp_path), ["dwi"])["dwi"]
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
