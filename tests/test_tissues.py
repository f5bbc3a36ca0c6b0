"""Tissue maps keep their volume on the way to MNI space."""

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from scan2map.template import template_path
from scan2map.tissues import (
    check_place,
    import_tissue,
    read_tissue,
    regrid_tissue,
    tissue_volumes,
    volume_change,
    warp_tissue,
)
from scan2map.transforms import affine_field, grid_points

SHAPE, AFFINE = (40, 44, 40), np.diag([4.0, 4, 4, 1])
AFFINE[:3, 3] = [-78, -104, -60]
CENTRE = np.array([0.0, -18, 18])
STRETCH = np.diag([1.1, 1.2, 0.9, 1])


def waves(points, amount):
    """A smooth displacement of `amount` mm, and its derivative along x, y, z."""
    phase = (points - CENTRE) / 25
    moved = amount * np.sin(phase[..., [1, 2, 0]])
    derivative = np.zeros((*points.shape, 3))
    for i, j in ((0, 1), (1, 2), (2, 0)):
        derivative[..., i, j] = amount / 25 * np.cos(phase[..., j])
    return moved, derivative


def bent():
    """A field that stretches and bends, and its true determinant."""
    points = grid_points(SHAPE, AFFINE)
    moved, derivative = waves(points, 3.0)
    field = affine_field(STRETCH, SHAPE, AFFINE) + moved
    return field, np.linalg.det(STRETCH[:3, :3] + derivative)


@pytest.fixture(scope="module")
def blob():
    """A soft ball of tissue in voxels of 2 mm, turned against the grid."""
    affine = np.diag([2.0, 2, 2, 1])
    cos, sin = np.cos(0.2), np.sin(0.2)
    affine[:2, :2] = 2 * np.array([[cos, -sin], [sin, cos]])
    affine[:3, 3] = CENTRE - affine[:3, :3] @ np.full(3, 39.5)
    points = grid_points((80, 80, 80), affine)
    ball = np.linalg.norm(points - CENTRE, axis=-1) < 45
    return gaussian_filter(ball.astype(np.float32), 0.7), affine


def test_the_change_of_volume_is_that_of_a_known_deformation():
    field, known = bent()
    inside = np.linalg.norm(grid_points(SHAPE, AFFINE) - CENTRE, axis=-1) < 70
    # Differences over 8 mm of a wave of 157 mm length: 0.4 % of its slope of 0.12.
    np.testing.assert_allclose(
        volume_change(field, AFFINE)[inside], known[inside], rtol=0.01
    )


def test_modulated_maps_hold_the_volume_of_the_native_one_and_others_do_not(blob):
    field, known = bent()
    change = volume_change(field, AFFINE)
    plain, modulated = warp_tissue(*blob, field, AFFINE, change)
    volumes = [
        tissue_volumes({"WM": data}, affine)["WM"]
        for data, affine in (blob, (modulated, AFFINE), (plain, AFFINE))
    ]
    # Sampling a smooth map at 4 mm errs by less than 1 %; stretching by 19 %.
    assert volumes[1] == pytest.approx(volumes[0], rel=0.01)
    assert volumes[2] < 0.9 * volumes[0]
    assert plain.max() <= 1 + 1e-6


def test_a_coarse_grid_misses_nothing_that_lies_between_its_voxels(rng):
    affine = np.diag([1.0, 1, 1, 1])
    affine[:3, 3] = -30
    speckle = np.zeros((60, 60, 60), np.float32)
    speckle[10:50, 10:50, 10:50] = rng.random((40, 40, 40)) < 0.1
    grid = np.diag([4.0, 4, 4, 1])
    grid[:3, 3] = -38
    field = np.zeros((20, 20, 20, 3))
    _, modulated = warp_tissue(speckle, affine, field, grid, volume_change(field, grid))
    assert modulated.sum() * 64 == pytest.approx(speckle.sum(), rel=0.02)


def test_smoothing_spreads_tissue_and_keeps_its_volume(blob):
    field, _ = bent()
    change = volume_change(field, AFFINE)
    _, sharp = warp_tissue(*blob, field, AFFINE, change)
    _, smooth = warp_tissue(*blob, field, AFFINE, change, fwhm=8.0)
    assert smooth.sum() == pytest.approx(sharp.sum(), rel=0.005)
    assert smooth.std() < 0.95 * sharp.std()


def test_intracranial_volume_is_the_sum_of_tissues():
    maps = {"GM": np.ones((10, 10, 10)), "WM": np.full((10, 10, 10), 0.5)}
    found = tissue_volumes(maps, np.diag([-2.0, 2, 2, 1]))
    assert found == pytest.approx({"GM": 8.0, "WM": 4.0, "TIV": 12.0})


def saved(path, data, affine):
    nib.save(nib.Nifti1Image(data, affine), path)
    return path


def test_a_map_on_the_grid_is_taken_as_it_is_and_another_keeps_its_volume(
    tmp_path, rng
):
    data = rng.random((12, 10, 8), dtype=np.float32)
    grid = np.diag([3.0, 3, 3, 1])
    flipped = grid @ np.array(
        [[-1, 0, 0, 11], [0, 1, 0, 0], [0, 0, 1, 0], [0] * 3 + [1]]
    )
    read, affine = read_tissue(saved(tmp_path / "a.nii", data[::-1], flipped), True)
    np.testing.assert_array_equal(regrid_tissue(read, affine, (12, 10, 8), grid), data)
    ball = np.zeros((36, 36, 36), np.float32)
    ball[8:28, 8:28, 8:28] = 0.7
    coarse = np.diag([2.0, 2, 2, 1])
    there = regrid_tissue(ball, np.eye(4), (18, 18, 18), coarse)
    assert there.sum() * 8 == pytest.approx(ball.sum(), rel=0.02)


def test_maps_that_cannot_be_tissue_are_refused(tmp_path):
    data = np.ones((4, 4, 4), np.float32)
    data[0] = np.nan
    read, _ = read_tissue(saved(tmp_path / "a.nii", data, np.eye(4)), True)
    assert not read[0].any() and read[1:].all()
    for values, modulated, said in [
        (np.full((4, 4, 4), np.nan), True, r"b.nii is NaN \(not a number\) everywhere"),
        (np.ones((4, 4, 4)), True, "b.nii is 1 everywhere"),
        (np.full((4, 4, 4), -1.0), True, "b.nii .* 0 or more everywhere"),
        (np.zeros((4, 4, 4)), True, "b.nii is zero everywhere"),
        (np.ones((4, 4, 4, 2)), True, "b.nii .* one 3D volume"),
        (np.diag([255.0] * 4)[None], True, "b.nii reaches 255: .* below 20"),
        (
            np.diag([1.3] * 4)[None],
            False,
            "b.nii reaches 1.3, .*'anat: modulate: false'",
        ),
    ]:
        with pytest.raises(ValueError, match=said):
            read_tissue(saved(tmp_path / "b.nii", values, np.eye(4)), modulated)


@pytest.mark.parametrize("keep", [0, 0.5])
def test_a_map_that_is_not_whole_is_named(tmp_path, blob, keep):
    path = saved(tmp_path / "a.nii.gz", *blob)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(ValueError, match=r"a.nii.gz cannot be read .* copy it anew"):
        read_tissue(path, True)


def test_a_text_called_a_map_is_named(tmp_path):
    (tmp_path / "a.nii").write_text("nothing")
    with pytest.raises(ValueError, match=r"a.nii cannot be read .* copy it anew"):
        read_tissue(tmp_path / "a.nii", True)


def template_map(tissue):
    """The template's map of a tissue in CAT12's box, but voxels of 3 mm."""
    image = nib.load(template_path(tissue))
    box = np.diag([3.0, 3, 3, 1])
    box[:3, 3] = [-84, -120, -72]
    data = image.get_fdata(dtype=np.float32) / 255
    return regrid_tissue(data, image.affine, (57, 69, 57), box), box


@pytest.mark.parametrize("tissue", ["GM", "WM"])
def test_maps_in_their_place_pass_also_shrunk_by_half_or_smooth(tissue):
    data, affine = template_map(tissue)
    for changed in (data, data / 2, gaussian_filter(data, 8 / 2.355 / 3)):
        check_place(changed, affine, tissue, "a.nii")


def moved(affine, *millimetres):
    """The affine of an image that lies elsewhere."""
    affine = affine.copy()
    affine[:3, 3] += millimetres
    return affine


@pytest.mark.parametrize("tissue", ["GM", "WM"])
def test_maps_elsewhere_turned_or_cropped_are_refused(tissue):
    data, affine = template_map(tissue)
    for changed, place in [
        (data, np.diag([3.0, 3, 3, 1])),
        (data, moved(affine, 15, 15, 15)),
        (data, moved(affine, 0, 0, 40)),
        (data[:, :, ::-1], affine),
        (data[:, ::-1], affine),
        (data[:, :57].transpose(1, 0, 2), affine),
        (np.where(np.indices(data.shape)[0] < 28, data, 0), affine),
        (data[12:-12, 12:-12, 12:-12], affine),
        (np.where(np.arange(57) > 30, data, 0), affine),  # its top alone
    ]:
        with pytest.raises(ValueError, match=rf"a.nii covers \d+% .*{tissue} .* MNI"):
            check_place(changed, place, tissue, "a.nii")


def test_a_map_of_another_tissue_is_refused():
    data, affine = template_map("GM")
    for tissue in ("WM", "CSF"):
        with pytest.raises(ValueError, match=f"correlation of -?0.* and of {tissue}"):
            check_place(data, affine, tissue, "a.nii")


def test_a_map_of_another_scale_or_without_its_affine_is_refused():
    data, affine = template_map("WM")
    for changed, place, said in [
        (data / 1000, affine, "0.6703 mL of WM in voxels of 27 mm³, the template 670"),
        (data * 10, affine, "6703 mL of WM"),
        (data, np.eye(4), "24.* mL of WM in voxels of 1 mm³.* its affine"),
    ]:
        with pytest.raises(ValueError, match=f"a.nii holds {said}"):
            check_place(changed, place, "WM", "a.nii")


def test_a_map_that_is_not_on_the_grid_is_refused(tmp_path):
    data = np.ones((40, 40, 40), np.float32)
    data[0] = 0
    path = saved(tmp_path / "a.nii", data, np.diag([4.0, 4, 4, 1]))
    with pytest.raises(ValueError, match=r"a.nii has 1\d% .* at \(80, 78, 78\) mm"):
        import_tissue(path, SHAPE, AFFINE, tissue="WM", modulated=True)
