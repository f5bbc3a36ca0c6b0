import nibabel as nib
import numpy as np
import pytest

from scan2map.images import analysis_grid
from scan2map.transforms import (
    affine_field,
    compose,
    grid_points,
    jacobian,
    pull,
    read_field,
    sample,
    write_field,
)

SHAPE = (6, 7, 8)


@pytest.fixture
def grid():
    return analysis_grid((3, -5, 2), SHAPE, 2.0)


@pytest.fixture
def matrix(rng):
    matrix = np.eye(4)
    matrix[:3] += rng.uniform(-0.2, 0.2, (3, 4))
    return matrix


def test_a_field_survives_writing_and_reading(tmp_path, rng, grid):
    field = rng.normal(size=(*SHAPE, 3)).astype(np.float32)
    write_field(field, grid, tmp_path / "xfm.nii.gz")
    again, affine = read_field(tmp_path / "xfm.nii.gz")
    np.testing.assert_array_equal(again, field)
    np.testing.assert_array_equal(affine, grid)


def test_fields_are_on_disk_as_itk_writes_them(tmp_path, grid):
    write_field(np.ones((*SHAPE, 3)), grid, tmp_path / "xfm.nii.gz")
    image = nib.load(tmp_path / "xfm.nii.gz")
    assert image.shape == (*SHAPE, 1, 3)
    assert image.header.get_intent()[0] == "vector"
    np.testing.assert_array_equal(image.get_fdata()[0, 0, 0, 0], [-1, -1, 1])


def test_an_image_that_is_no_field_is_refused(tmp_path):
    nib.save(nib.Nifti1Image(np.zeros(SHAPE), np.eye(4)), tmp_path / "t1.nii.gz")
    with pytest.raises(ValueError, match="t1.nii.gz should be a displacement field"):
        read_field(tmp_path / "t1.nii.gz")


def test_composed_affines_are_the_product(grid, matrix):
    shift = np.eye(4)
    shift[:3, 3] = [1, -2, 0.5]
    first, second = (affine_field(one, SHAPE, grid) for one in (matrix, shift))
    composed = compose(first, grid, second, grid)
    np.testing.assert_allclose(composed, affine_field(shift @ matrix, SHAPE, grid))


def test_the_jacobian_of_an_affine_is_its_matrix(grid, matrix):
    field = affine_field(matrix, SHAPE, grid)
    expected = np.broadcast_to(matrix[:3, :3], (*SHAPE, 3, 3))
    np.testing.assert_allclose(jacobian(field, grid), expected, atol=1e-12)


def test_pulling_a_linear_image_reads_it_at_the_displaced_points(grid):
    slope = np.array([1.0, 2.0, 3.0])
    image = grid_points(SHAPE, grid) @ slope
    field = np.full((*SHAPE, 3), 0.7)
    inside = np.s_[:-1, :-1, :-1]
    expected = image + 0.7 * slope.sum()
    pulled = pull(image, grid, field, grid)
    np.testing.assert_allclose(pulled[inside], expected[inside])


def test_channels_are_interpolated_one_by_one(rng, grid):
    image = rng.normal(size=(*SHAPE, 2))
    points = grid_points(SHAPE, grid)[1:3, 1:3, 1:3] + 0.4
    both = sample(image, grid, points)
    np.testing.assert_allclose(both[..., 1], sample(image[..., 1], grid, points))


def test_values_outside_the_field_of_view_are_zero(grid):
    field = np.full((*SHAPE, 3), 100.0)
    assert not pull(np.ones(SHAPE), grid, field, grid).any()
