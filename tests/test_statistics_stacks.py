"""Maps become rows of a stack: smoothed, scaled and masked as in SPM."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.images import mask_on_grid, write_image
from scan2map.smoothing import smooth_within
from scan2map.statistics import Masking, Scaling, check_grids, read_map, stack_images
from scan2map.statistics.stacks import (
    average_maps,
    global_mean,
    lay_abreast,
    read_stack,
    refuse_constant,
    take_apart,
)

SHAPE = (6, 7, 8)


@pytest.fixture
def images(rng):
    return rng.normal(10, 1, size=(5, *SHAPE)).astype(np.float32)


def stacked(images, tmp_path, **options):
    return stack_images(iter(images), len(images), tmp_path / "stack.npy", **options)


def test_every_voxel_of_finite_maps_is_kept(images, tmp_path):
    stack = stacked(images, tmp_path)
    assert stack.mask.all() and stack.not_finite == [0] * 5
    np.testing.assert_array_equal(stack.data, images.reshape(5, -1))


def test_voxels_without_a_value_are_counted_by_map_and_left_out(images, tmp_path):
    images[1, 0, 0, :2] = np.nan
    images[3, 5, 5, 5] = np.inf
    images[:, 2, 2, 2] = 3.5
    stack = stacked(images, tmp_path)
    assert stack.not_finite == [0, 2, 0, 1, 0] and stack.constant == 1
    assert stack.mask.sum() == np.prod(SHAPE) - 4
    np.testing.assert_array_equal(stack.data, images[:, stack.mask])
    again = np.load(tmp_path / "stack.npy")  # the file is whole after it was shortened
    np.testing.assert_array_equal(again, images[:, stack.mask])


def test_zeros_are_left_out_of_whole_numbers_alone(tmp_path):
    data = np.ones(SHAPE)
    data[0, 0, 0] = 0
    for kind, missing in ((np.int16, 1), (np.float32, 0)):
        nib.save(nib.Nifti1Image(data.astype(kind), np.eye(4)), tmp_path / "a.nii.gz")
        assert read_map(tmp_path / "a.nii.gz").mask.sum() == missing
        assert not read_map(tmp_path / "a.nii.gz", implicit=False).mask.any()


def test_an_average_lacks_what_any_of_its_maps_lacks():
    one = np.ma.MaskedArray([1.0, 2, 3], [False, True, False])
    other = np.ma.MaskedArray([3.0, 4, 5], [False, False, True])
    mean = average_maps([one, other])
    assert mean.data.tolist() == [2, 3, 4] and mean.mask.tolist() == [False, True, True]


def test_smoothing_within_a_mask_is_that_of_each_map(images, rng, tmp_path):
    mask = rng.random(SHAPE) < 0.8
    stack = stacked(images, tmp_path, explicit=mask, voxel_size=3.0, fwhm=6.0)
    expected = [smooth_within(image, mask, 3.0, 6.0) for image in images]
    np.testing.assert_allclose(stack.data, expected, rtol=1e-6)  # float32


def test_the_global_value_is_the_mean_above_an_eighth_of_the_mean():
    image = np.r_[np.zeros(50), np.full(50, 100.0), np.nan]
    assert global_mean(image) == 100


def test_proportional_scaling_gives_every_map_the_global_50(images, tmp_path):
    images *= np.arange(1, 6)[:, None, None, None]
    stack = stacked(images, tmp_path, scaling=Scaling("proportional"))
    np.testing.assert_allclose(stack.globals, 50)
    expected = images[2] * 50 / global_mean(images[2])
    np.testing.assert_allclose(stack.data[2], expected.ravel(), rtol=1e-6)


def test_the_global_value_is_that_of_the_whole_map_whatever_the_mask(images, tmp_path):
    images[:, :3] *= 3
    mask = np.zeros(SHAPE, bool)
    mask[:3] = True
    scaling = Scaling("proportional")
    stack = stacked(images, tmp_path, explicit=mask, scaling=scaling)
    expected = images[1, :3] * 50 / global_mean(images[1])
    np.testing.assert_allclose(stack.data[1], expected.ravel(), rtol=1e-6)


def test_a_global_value_counts_zeros_that_the_implicit_mask_leaves_out(tmp_path):
    data = np.r_[np.zeros(60), np.full(60, 10), np.full(12, 1), 100].reshape(7, 19, 1)
    image = np.ma.MaskedArray(data, data == 0)
    # With the zeros the mean is 5.4, and an eighth of it below 1.
    pair = [image, 100 - image]
    stack = stacked(pair, tmp_path, scaling=Scaling("proportional"))
    np.testing.assert_allclose(stack.data[0], data[data > 0] * 50 / global_mean(data))


def test_grand_mean_scaling_is_the_same_for_all(images, tmp_path):
    scaling = Scaling("ancova", np.array([1.0, 2, 3, 4, 5]), grand_mean=30.0)
    stack = stacked(images, tmp_path, scaling=scaling)
    np.testing.assert_allclose(stack.globals, [10, 20, 30, 40, 50])
    np.testing.assert_allclose(stack.data, 10 * images.reshape(5, -1), rtol=1e-6)


def test_an_absolute_threshold_applies_after_scaling(images, tmp_path):
    images[0, 0, 0, 0] = 1
    scaling = Scaling("proportional")
    stack = stacked(images, tmp_path, masking=Masking(20.0), scaling=scaling)
    assert not stack.mask[0, 0, 0] and stack.mask.sum() == np.prod(SHAPE) - 1


def test_a_relative_threshold_is_a_share_of_each_maps_global_value(images, tmp_path):
    images *= np.arange(1, 6)[:, None, None, None]
    images[4, 1, 1, 1] = 11  # above the threshold of the other maps
    stack = stacked(images, tmp_path, masking=Masking(0.5, relative=True))
    assert not stack.mask[1, 1, 1]


def test_maps_side_by_side_have_no_common_neighbours(rng, tmp_path):
    images = rng.normal(size=(4, *SHAPE, 3))
    images[..., 1] = 0  # as a component that no network saw
    mask = rng.random(SHAPE) < 0.7
    stack = stacked(images, tmp_path, explicit=mask)
    assert stack.n_maps == 3 and stack.constant == mask.sum()
    apart = take_apart(stack.mask, 3)
    assert apart.shape == (*SHAPE, 3) and not apart[..., 1].any()
    np.testing.assert_array_equal(apart[..., 0], mask)
    np.testing.assert_array_equal(lay_abreast(apart), stack.mask)
    nib.save(
        nib.Nifti1Image(apart.astype(np.uint8), np.eye(4)), tmp_path / "mask.nii.gz"
    )
    data, tall, _, n_maps = read_stack(tmp_path / "stack.npy", tmp_path / "mask.nii.gz")
    assert n_maps == 3 and tall.sum() == data.shape[1]


def test_maps_on_different_grids_are_named_with_both(tmp_path):
    for name, affine in (("a", np.eye(4)), ("b", np.diag([2.0, 2, 2, 1]))):
        nib.save(nib.Nifti1Image(np.zeros(SHAPE), affine), tmp_path / f"{name}.nii")
    with pytest.raises(ValueError, match=r"a\.nii has shape .* affine .*b\.nii .*2\.0"):
        check_grids([tmp_path / "a.nii", tmp_path / "b.nii"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"explicit": np.zeros(SHAPE, bool)}, "the mask is empty"),
        ({"explicit": np.ones((2, 2, 2), bool)}, r"mask has shape \(2, 2, 2\)"),
        (
            {"masking": Masking(1e6)},
            "336 do not exceed 'mask: threshold', 1e.06, .* lower the threshold",
        ),
        (
            {"scaling": Scaling("proportional", np.array([1.0, 1, 0, 1, 1]))},
            "image number 3 has the global value 0",
        ),
    ],
)
def test_nothing_to_test_is_said(images, tmp_path, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        stacked(images, tmp_path, **options)


def test_the_image_that_empties_the_mask_is_named_with_the_cause(images, tmp_path):
    names = [f"con{number}.nii" for number in range(5)]
    images[1, 3:], images[3, :3] = np.nan, 0
    said = "168 lack a value .* in con1.nii, .* 168 do not exceed .* in con3.nii, where"
    with pytest.raises(ValueError, match=said):
        stacked(images, tmp_path, masking=Masking(0.1), names=names)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (0, "has the value 0 in every"),
        (7, "has the value 7 in"),
        (np.nan, "has no value"),
    ],
)
def test_a_map_that_tells_nothing_is_refused_by_its_file(tmp_path, value, sentence):
    path = tmp_path / "con.nii.gz"
    write_image(np.full(SHAPE, value, np.float32), np.eye(4), path)
    with pytest.raises(ValueError, match=f"{path} {sentence}"):
        refuse_constant(read_map(path), path)


@pytest.mark.parametrize(
    ("kind", "said"),
    [([("R", "u1"), ("G", "u1"), ("B", "u1")], "colours"), (np.complex64, "complex")],
)
def test_a_map_of_anything_but_numbers_is_refused_by_its_file(tmp_path, kind, said):
    path = tmp_path / "con.nii.gz"
    nib.save(nib.Nifti1Image(np.zeros(SHAPE, kind), np.eye(4)), path)
    with pytest.raises(ValueError, match=f"{path} holds {said}"):
        read_map(path)


def test_maps_that_are_zero_in_everybody_are_said_to_be(images, tmp_path):
    with pytest.raises(ValueError, match="all 5 maps are 0 .*look at them"):
        stacked([np.zeros_like(image) for image in images], tmp_path)


def test_another_shape_is_an_error(images, tmp_path):
    with pytest.raises(ValueError, match="image number 2 has shape"):
        stacked([images[0], images[0][..., :3]], tmp_path)


def test_an_explicit_mask_of_several_volumes_is_told_by_its_file(tmp_path):
    path = tmp_path / "mask.nii.gz"
    write_image(np.ones((4, 5, 6, 2)), np.eye(4), path)
    with pytest.raises(ValueError, match=rf"{path} has the shape \(4, 5, 6, 2\): one"):
        mask_on_grid(path, (4, 5, 6), np.eye(4))
