import numpy as np
import pytest

from scan2map.dwi.gradients import (
    check_gradients,
    fsl_bvecs,
    phase_axis,
    read_gradients,
    world_directions,
    write_gradients,
)

SIX = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1]], float
)


@pytest.fixture
def scheme(rng):
    bvecs = rng.normal(size=(8, 3))
    bvecs /= np.linalg.norm(bvecs, axis=1, keepdims=True)
    bvecs[0] = 0
    return np.r_[0.0, np.full(7, 1000.0)], bvecs


def _write(folder, bvals, bvecs):
    paths = folder / "dwi.bval", folder / "dwi.bvec"
    write_gradients(bvals, bvecs, *paths)
    return paths


def test_gradients_survive_writing_and_reading(tmp_path, scheme):
    bvals, bvecs = read_gradients(*_write(tmp_path, *scheme), 8)
    np.testing.assert_array_equal(bvals, scheme[0])
    np.testing.assert_allclose(bvecs, scheme[1], atol=1e-7)  # eight decimals on disk


def gradients(directions, b=1000.0):
    bvals = np.r_[0.0, np.full(len(directions), b)]
    return bvals, np.vstack([np.zeros(3), directions])


def test_one_b0_and_six_directions_suffice():
    check_gradients(*gradients(SIX), 7)


def test_a_small_b_value_counts_as_b0():
    bvals, bvecs = gradients(SIX)
    bvals[0] = 5
    check_gradients(bvals, bvecs, 7)


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
    bvals[volume], bvecs[volume] = b, direction
    with pytest.raises(ValueError, match=r"\(volumes 4, counted from 1\)"):
        check_gradients(bvals, bvecs, 13)


def test_bvals_without_b0_are_refused():
    bvals, bvecs = gradients(SIX)
    with pytest.raises(ValueError, match="bvals without b0.*1000 s/mm²"):
        check_gradients(bvals[1:], bvecs[1:], 6)


def test_repeated_and_opposite_directions_do_not_count():
    few = np.vstack([SIX[:5], -SIX[:5], SIX[:5]])
    with pytest.raises(ValueError, match="has 5 distinct directions"):
        check_gradients(*gradients(few), 16)


def test_directions_on_a_plane_are_refused():
    angles = np.linspace(0, np.pi, 12, endpoint=False)
    plane = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(12)])
    with pytest.raises(ValueError, match="do not determine a tensor"):
        check_gradients(*gradients(plane), 13)


@pytest.mark.parametrize("volumes", [6, 8])
def test_as_many_volumes_as_b_values_are_needed(volumes):
    with pytest.raises(ValueError, match=f"{volumes} volumes but 7 b-values"):
        check_gradients(*gradients(SIX), volumes)


def test_directions_are_returned_with_unit_length():
    bvals, bvecs = gradients(3 * SIX)
    units = check_gradients(bvals, bvecs, 7)
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), [0, 1, 1, 1, 1, 1, 1])


def test_absent_gradients_are_named(tmp_path):
    with pytest.raises(ValueError, match="has no 10.bval"):
        read_gradients(tmp_path / "10.bval", tmp_path / "10.bvec", 2)


@pytest.mark.parametrize(
    ("bvec", "complaint"), [("1 0\n0 1\n", "2 rows"), ("1 x\n", "not a table")]
)
def test_a_bvec_file_that_is_no_bvec_is_named(tmp_path, bvec, complaint):
    (tmp_path / "a.bval").write_text("0 1000\n")
    (tmp_path / "a.bvec").write_text(bvec)
    with pytest.raises(ValueError, match=complaint):
        read_gradients(tmp_path / "a.bval", tmp_path / "a.bvec", 2)


@pytest.mark.parametrize("flip", [1, -1])
def test_fsl_frame_and_world_frame_are_inverse(scheme, flip):
    affine = np.diag([2.0 * flip, 2, 3, 1])
    directions = world_directions(scheme[1], affine)
    np.testing.assert_allclose(directions, scheme[1] * [-1, 1, 1])
    np.testing.assert_allclose(fsl_bvecs(directions, affine), scheme[1])


def test_directions_agree_with_mrtrix_scheme(shared_data):
    import nibabel as nib

    folder = shared_data / "mrtrix_tensor"
    bvecs = read_gradients(folder / "dwi.bval", folder / "dwi.bvec", 68)[1]
    scheme = np.loadtxt(folder / "dwi_dwscheme_scanner.txt")
    affine = nib.load(folder / "dwi.nii.gz").affine
    # the scheme is printed with six digits
    np.testing.assert_allclose(
        world_directions(bvecs, affine), scheme[:, :3], atol=1e-6
    )


@pytest.mark.parametrize(
    ("sidecar", "axis"),
    [
        ({"PhaseEncodingDirection": "i-"}, 0),
        ({"PhaseEncodingAxis": "j"}, 1),
        ({"PhaseEncodingDirection": "k"}, 2),
        ({}, 1),
    ],
)
def test_phase_encoding_is_read_from_the_sidecar(sidecar, axis):
    assert phase_axis(sidecar) == axis
