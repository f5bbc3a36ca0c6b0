"""Images are checked before anything is computed from them."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.bids import choose_series, convert
from scan2map.bids_images import check_image


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
