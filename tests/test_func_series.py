"""Series of volumes: repetition time, reading and writing one by one, slice timing."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.func.series import (
    Masked,
    kept,
    read_volumes,
    repetition_time,
    write_series,
)
from scan2map.func.slice_timing import why_not
from scan2map.func.tables import read_table, write_table
from scan2map.images import read_json

AFFINE = np.array([[-3.0, 0, 0, 90], [0, 3, 0, -100], [0, 0, 3, -60], [0, 0, 0, 1]])


def header(seconds, unit="sec", shape=(2, 2, 2, 5)):
    made = nib.Nifti1Header()
    made.set_data_shape(shape)
    made.set_zooms((3, 3, 3, seconds)[: len(shape)])
    made.set_xyzt_units("mm", unit)
    return made


def test_the_repetition_time_is_in_the_sidecar_or_the_header():
    assert repetition_time({"RepetitionTime": 2.0}, header(2.0)) == 2.0
    assert repetition_time({"RepetitionTime": 2.0}, header(2000.0, "msec")) == 2.0
    assert repetition_time({"RepetitionTime": 0.8}, header(0.0)) == 0.8
    assert repetition_time({}, header(2.5)) == 2.5


@pytest.mark.parametrize(
    ("sidecar", "stored", "sentence"),
    [
        ({"RepetitionTime": 2.0}, 2000.0, "2 s after the sidecar .* and 2000 s after"),
        ({}, 0.0, "neither the sidecar .* nor the image's header"),
        ({"RepetitionTime": "2"}, 0.0, "'2' and 0 s"),
    ],
)
def test_a_repetition_time_in_doubt_is_an_error(sidecar, stored, sentence):
    with pytest.raises(ValueError, match=sentence):
        repetition_time(sidecar, header(stored))


def test_one_volume_is_no_series():
    with pytest.raises(ValueError, match=r"has the shape \(2, 2, 2\)"):
        repetition_time({"RepetitionTime": 2.0}, header(0, shape=(2, 2, 2)))


@pytest.fixture
def written(rng, tmp_path):
    """Five volumes, and the file they were written to."""
    volumes = rng.normal(size=(5, 3, 4, 2)).astype(np.float32)
    path = tmp_path / "bold.nii.gz"
    write_series(volumes, AFFINE, path, 1.5, {"StartTime": 0.75})
    return volumes, path


def test_what_is_written_volume_by_volume_nibabel_reads(written):
    volumes, path = written
    image = nib.load(path)
    np.testing.assert_array_equal(image.get_fdata(), np.moveaxis(volumes, 0, -1))
    np.testing.assert_allclose(image.affine, AFFINE)
    np.testing.assert_allclose(image.header.get_zooms(), (3, 3, 3, 1.5))
    assert image.header.get_xyzt_units() == ("mm", "sec")
    assert image.header["sform_code"] == image.header["qform_code"] == 1
    sidecar = read_json(path.parent / "bold.json")
    assert sidecar == {"RepetitionTime": 1.5, "StartTime": 0.75}


def test_volumes_are_read_one_by_one_as_they_were_written(written):
    volumes, path = written
    for read, volume in zip(read_volumes(path), volumes, strict=True):
        np.testing.assert_array_equal(read, volume)


def test_the_same_volumes_give_the_same_bytes(written):
    volumes, path = written
    first = path.read_bytes()
    write_series(volumes, AFFINE, path, 1.5, {})
    assert path.read_bytes() == first


def test_volumes_known_inside_a_mask_are_0_outside():
    mask = np.array([[[True, False], [False, True]]])
    series = Masked(np.array([[1.0, 2.0], [3.0, 4.0]]), mask)
    assert len(series) == 2
    np.testing.assert_array_equal(series[1], [[[3, 0], [0, 4]]])


def test_sidecars_keep_what_stays_true():
    before = {"TaskName": "rest", "SliceTiming": [0, 1], "StartTime": 1.0}
    assert kept(before) == {"TaskName": "rest", "StartTime": 1.0}


@pytest.mark.parametrize(
    ("times", "seconds", "wanted", "said"),
    [
        ([0, 1], 2.0, True, None),
        ([0, 0.5], 1.0, True, None),
        ([0, 0.3], 0.72, True, "takes 0.72 s, less than 1 s"),
        (None, 2.0, True, "no SliceTiming"),
        ([0, 1], 2.0, False, "slice_timing: false"),
    ],
)
def test_slice_timing_is_left_out_for_a_reason(times, seconds, wanted, said):
    reason = why_not(times, seconds, wanted)
    assert reason == said if said is None else said in reason


def test_tables_keep_missing_values(tmp_path):
    path = tmp_path / "confounds.tsv"
    write_table({"dvars": [np.nan, 12.5], "trans_x": [0.0, -1e-9]}, path)
    assert path.read_text() == "dvars\ttrans_x\nn/a\t0\n12.5\t-1e-09\n"
    np.testing.assert_array_equal(read_table(path)["dvars"], [np.nan, 12.5])


def test_blanks_around_fields_of_a_table_do_not_count(tmp_path):
    path = tmp_path / "confounds.tsv"
    path.write_text("dvars \t trans_x\n n/a \t0\n12.5\t 1\n")
    assert list(read_table(path)) == ["dvars", "trans_x"]
    np.testing.assert_array_equal(read_table(path)["dvars"], [np.nan, 12.5])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "a header and, per volume, a row"),
        ("a\tb\n1\n", "a header and, per volume, a row"),
        ("a\none\n", "numbers or n/a: could not convert string to float: 'one'"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path, text, sentence):
    path = tmp_path / "confounds.tsv"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"{path} should h.*{sentence}"):
        read_table(path)


def test_a_file_that_is_cut_off_is_named(tmp_path, rng):
    path = tmp_path / "bold.nii.gz"
    data = rng.normal(size=(12, 12, 12, 5)).astype(np.float32)
    nib.save(nib.Nifti1Image(data, AFFINE), path)
    path.write_bytes(path.read_bytes()[:15000])
    with pytest.raises(ValueError, match="bold.nii.gz cannot be read to its end"):
        list(read_volumes(path))
