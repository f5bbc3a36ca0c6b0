"""Slice timing and realignment against SPM12 and known motion."""

import numpy as np
import pytest

from scan2map.func.realignment import realign
from scan2map.func.slice_timing import correct_slice_timing, slice_times
from scan2map.images import read_array, read_grid, read_json
from scan2map.motion import displacements, spm_matrices


@pytest.fixture(scope="module")
def preproc(shared_data):
    return shared_data / "spm12" / "preproc"


@pytest.mark.parametrize(
    ("folder", "reference"), [("st_ms", 1.0), ("st_order", 17 / 18)]
)
def test_slice_timing_is_spms(preproc, folder, reference):
    facts, data = (
        read_json(preproc / "preproc.json"),
        read_array(preproc / "bold.nii.gz"),
    )
    shifted = correct_slice_timing(data, facts["slice_times_s"], reference, facts["TR"])
    spm = read_array(preproc / folder / "abold.nii.gz")
    rounded = 0.5 + 1e-3  # SPM's file holds whole numbers
    assert np.abs(shifted - spm).max() < rounded


def test_a_slice_acquired_at_the_reference_stays(rng):
    data = rng.normal(size=(2, 2, 3, 20))
    shifted = correct_slice_timing(data, [0.0, 0.5, 1.0], 0.5, 2.0)
    np.testing.assert_allclose(shifted[:, :, 1], data[:, :, 1], atol=1e-6)  # float32
    assert np.abs(shifted[:, :, 0] - data[:, :, 0]).max() > 0.1


@pytest.mark.parametrize(
    ("times", "sentence"),
    [([0, 0.5], "lists 2 slices, the image has 3"), ([0, 500, 1000], "has 500 s")],
)
def test_times_that_do_not_fit_are_an_error(rng, times, sentence):
    with pytest.raises(ValueError, match=sentence):
        correct_slice_timing(rng.normal(size=(2, 2, 3, 20)), times, 0.5, 2.0)


def test_slices_in_the_order_of_the_image():
    times = [0.0, 0.5, 1.0]
    assert slice_times({"SliceTiming": times}, (2, 2, 3, 9)) == times
    reverse = {"SliceTiming": times, "SliceEncodingDirection": "k-"}
    assert slice_times(reverse, (2, 2, 3, 9)) == times[::-1]
    assert slice_times({}, (2, 2, 3, 9)) is None
    with pytest.raises(ValueError, match="SliceEncodingDirection is i"):
        slice_times({"SliceTiming": times, "SliceEncodingDirection": "i"}, (3, 2, 2, 9))


def test_realignment_is_as_close_to_the_known_motion_as_spms(preproc):
    data, affine = (
        read_array(preproc / "bold.nii.gz"),
        read_grid(preproc / "bold.nii.gz")[1],
    )
    true = spm_matrices(np.loadtxt(preproc / "true_motion.txt"))
    rp = spm_matrices(np.loadtxt(preproc / "realign_rtm0" / "rp_bold.txt"))
    ours = displacements(realign(data, affine), true)
    theirs = displacements(np.linalg.inv(rp), true)
    assert np.sqrt(np.square(ours).mean()) < 1.5 * np.sqrt(np.square(theirs).mean())
    assert ours.max() < 1.5 * theirs.max()


def test_a_constant_volume_is_named(rng):
    data = rng.normal(size=(8, 8, 8, 3))
    data[..., 1] = 4
    with pytest.raises(ValueError, match="volume 2 has the same value"):
        realign(data, np.eye(4))
