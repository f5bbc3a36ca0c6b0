"""T1w images lose noise and receive field, and are brought to the template."""

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from scan2map.anat import (
    check_overlap,
    correct_bias,
    denoise,
    mask_on_grid,
    read_t1w,
    scale_template,
    warp_to_template,
)
from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.template import template_path
from scan2map.transforms import compose, grid_points


@pytest.fixture(scope="module")
def template():
    """The template at 1 mm: data and affine."""
    image = nib.load(template_path("T1"))
    return image.get_fdata(dtype=np.float32), image.affine


@pytest.fixture(scope="module")
def coarse(template):
    """The template at 6 mm: data, mask and affine."""
    return scale_template(*template, resolution=6.0)


def moved(coarse):
    """The coarse template 8 mm to the right, seen on the same grid."""
    t1w, _, affine = coarse
    shifted = affine.copy()
    shifted[0, 3] += 8.0
    return t1w, shifted


def saved(path, data, affine):
    nib.save(nib.Nifti1Image(data, affine), path)
    return path


def test_axes_are_turned_to_ras(tmp_path, rng):
    data = rng.random((3, 4, 5), dtype=np.float32)
    path = saved(tmp_path / "a.nii.gz", data, np.diag([-2.0, 2, 2, 1]))
    turned, affine = read_t1w(path)
    np.testing.assert_array_equal(turned, data[::-1])
    assert affine[0, 0] == 2.0


def test_a_fourth_axis_of_length_one_is_dropped(tmp_path):
    data = np.arange(60.0).reshape(3, 4, 5, 1)
    path = saved(tmp_path / "a.nii.gz", data, np.eye(4))
    assert read_t1w(path)[0].shape == (3, 4, 5)


def test_several_volumes_and_infinite_values_are_refused(tmp_path):
    path = saved(tmp_path / "a.nii.gz", np.ones((3, 4, 5, 2)), np.eye(4))
    with pytest.raises(ValueError, match="one 3D volume"):
        read_t1w(path)
    path = saved(tmp_path / "b.nii.gz", np.full((3, 4, 5), np.nan), np.eye(4))
    with pytest.raises(ValueError, match="b.nii.gz has 60 voxels of 60 .* no finite"):
        read_t1w(path)


def test_the_coarse_template_keeps_its_place_and_volume(template, coarse):
    data, affine = template
    t1w, mask, target = coarse
    for voxels, to_world in [(data.shape, affine), (t1w.shape, target)]:
        middle = to_world[:3, :3] @ (np.array(voxels) - 1) / 2 + to_world[:3, 3]
        np.testing.assert_allclose(middle, [0, -18, 22])
    # At 6 mm the surface's voxels are cut at half; 3 % allows for its curvature.
    assert mask.sum() * 6**3 == pytest.approx((data > 0).sum(), rel=0.03)


def test_the_mask_on_the_analysis_grid_is_symmetric(template):
    affine = analysis_grid(MNI_CENTRE, (24, 28, 24), 8.0)
    mask = mask_on_grid(*template, (24, 28, 24), affine)
    # The template is symmetric by construction, but for a voxel at the surface.
    assert (mask == mask[::-1]).mean() > 0.999


def test_denoising_takes_noise_off_and_keeps_edges(rng):
    clean = np.full((20, 20, 20), 100.0, np.float32)
    clean[10:] = 200
    noisy = clean + rng.normal(0, 5, clean.shape).astype(np.float32)
    error = denoise(noisy) - clean
    assert error.std() < 0.6 * (noisy - clean).std()
    assert abs(error[9:11].mean()) < 2


def test_an_image_without_noise_stays_as_it_is():
    flat = np.zeros((8, 8, 8), np.float32)
    np.testing.assert_array_equal(denoise(flat), flat)


def test_the_receive_field_is_evened_out(coarse):
    t1w, mask, affine = coarse
    field = np.exp(0.3 * np.sin(grid_points(t1w.shape, affine)[..., 1] / 60))
    even, clean = (correct_bias(x, mask, affine) for x in (t1w * field, t1w))
    left = np.log(even[mask & (t1w > 60)] / clean[mask & (t1w > 60)])
    # N4 stops before convergence: a third is what four levels of 50 iterations leave.
    assert left.std() < np.log(field[mask]).std() / 3


def test_a_shift_is_recovered_where_the_brain_is(coarse):
    t1w, mask, affine = coarse
    field, inverse, coarser = warp_to_template(
        brain=moved(coarse),
        template=(t1w, affine),
        grid=(t1w.shape, affine),
        method="affine",
    )
    # A fifth of a voxel: what a mutual-information registration at 6 mm reaches.
    np.testing.assert_allclose(field[mask].mean(0), [8, 0, 0], atol=1.2)
    assert_inverse(field, affine, inverse, coarser, mask, within=0.01)


def assert_inverse(field, affine, inverse, coarser, mask, within):
    """Points of the template come back, to so many mm, when they go there and back."""
    back = compose(field, affine, inverse, coarser)[mask]
    assert np.abs(back).mean() < within


@pytest.mark.parametrize("method", ["syn", "syn-cc"])
def test_deformation_brings_the_brain_nearer_and_repeats_to_the_bit(coarse, method):
    t1w, mask, affine = coarse
    bump = 9 * gaussian_filter(mask.astype(float), 2)[..., None] * [0, 1, 0]
    points = (grid_points(t1w.shape, affine) + bump - affine[:3, 3]) / 6.0
    bent = map_coordinates(t1w, np.moveaxis(points, -1, 0), order=1)
    both = {"brain": (bent, affine), "template": (t1w, affine), "seed": 3}
    first, inverse, coarser = warp_to_template(
        **both, grid=(t1w.shape, affine), method=method
    )
    again, *_ = warp_to_template(**both, grid=(t1w.shape, affine), method=method)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first + bump)[mask].mean() < 0.5 * np.abs(bump)[mask].mean()
    # A fiftieth of a voxel: between the points at which the inverse is stored.
    assert_inverse(first, affine, inverse, coarser, mask, within=0.12)


def test_an_unknown_registration_is_refused(coarse):
    t1w, _, affine = coarse
    grid = (t1w.shape, affine)
    with pytest.raises(ValueError, match="syn, syn-cc, affine, got 'rigid'"):
        warp_to_template((t1w, affine), (t1w, affine), grid, method="rigid")


def test_brains_that_do_not_overlap_are_refused(coarse):
    _, mask, _ = coarse
    assert check_overlap(mask, mask) == 1
    with pytest.raises(ValueError, match="the registration failed"):
        check_overlap(mask, np.roll(mask, 8, axis=1))
