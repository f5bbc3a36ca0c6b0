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


def test_bvals_without_b0_are_refused(tmp_path, scheme):
    paths = _write(tmp_path, scheme[0] + 1000, scheme[1] + 1)
    with pytest.raises(ValueError, match="dwi.bval has no volume with b = 0"):
        read_gradients(*paths, 8)


def test_repeated_and_opposite_directions_count_once(scheme):
    bvals, bvecs = scheme
    bvecs[6:] = -bvecs[1:3]
    with pytest.raises(ValueError, match="bvecs has 5 different gradient directions"):
        check_gradients(bvals, bvecs)


def test_fewer_than_6_directions_are_refused(tmp_path, scheme):
    paths = _write(tmp_path, scheme[0][:6], scheme[1][:6])
    with pytest.raises(ValueError, match="5 different .* a tensor needs at least 6"):
        read_gradients(*paths, 6)


def test_a_weighted_volume_needs_a_direction(scheme):
    scheme[1][3] = 0
    with pytest.raises(ValueError, match="no direction for volume 3, .* 1000 s/mm²"):
        check_gradients(*scheme)


def test_each_volume_needs_a_b_value(tmp_path, scheme):
    with pytest.raises(ValueError, match="8 b-values .* but the image has 9 volumes"):
        read_gradients(*_write(tmp_path, *scheme), 9)


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
