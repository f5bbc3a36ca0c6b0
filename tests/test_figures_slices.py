import nibabel as nib
import numpy as np
import pytest

from scan2map.figures.slices import bounding_box, cut, extent, in_mm

BOX = np.array([[-20.0, 20.0], [-30.0, 10.0], [-10.0, 30.0]])


def image_of_a_ball(centre, affine):
    """Return a mask of 4 mm around a world point, on any voxel grid."""
    shape = (40, 40, 40)
    voxels = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    world = voxels @ affine[:3, :3].T + affine[:3, 3]
    inside = ((world - centre) ** 2).sum(-1) < 4**2
    return nib.Nifti1Image(inside.astype(np.uint8), affine)


def orientation(codes):
    """Return a 1 mm affine whose voxel axes point where `codes` say, around BOX."""
    ras = nib.affines.from_matvec(np.eye(3), [-20, -30, -10])
    change = nib.orientations.ornt_transform(
        nib.orientations.axcodes2ornt("RAS"), nib.orientations.axcodes2ornt(codes)
    )
    return ras @ nib.orientations.inv_ornt_aff(change, (40, 40, 40))


@pytest.mark.parametrize("codes", ["RAS", "LAS", "LPS", "PSR", "ASL"])
def test_left_is_left_and_front_is_up_whatever_the_voxel_order(codes):
    ball = image_of_a_ball((-10, 2, 5), orientation(codes))
    rows, columns = np.nonzero(cut(ball, 2, 5, BOX) > 0.5)
    assert abs(rows.mean() - 32) < 1 and abs(columns.mean() - 10) < 1


def test_sagittal_cut_has_the_front_on_the_right_and_up_is_up():
    ball = image_of_a_ball((-10, 2, 20), orientation("RAS"))
    rows, columns = np.nonzero(cut(ball, 0, -10, BOX) > 0.5)
    assert abs(rows.mean() - 30) < 1 and abs(columns.mean() - 32) < 1


def test_a_cut_beside_the_ball_is_empty():
    ball = image_of_a_ball((-10, 2, 5), orientation("RAS"))
    assert not cut(ball, 2, 15, BOX).any()


def test_pixels_lie_where_the_extent_says():
    ball = image_of_a_ball((0, -10, 5), orientation("RAS"))
    pixels = cut(ball, 2, 5, BOX, step=2.0)
    left, right, bottom, top = extent(2, BOX)
    assert pixels.shape == ((top - bottom) / 2, (right - left) / 2)


def test_channels_stay_last():
    data = np.zeros((4, 5, 6, 3), np.float32)
    data[..., 1] = 7
    pixels = cut(nib.Nifti1Image(data, np.eye(4)), 1, 2, [[0, 3], [0, 4], [0, 5]])
    assert pixels.shape == (5, 3, 3) and (pixels == [0, 7, 0]).all()


def test_bounding_box_of_a_tilted_grid_holds_the_mask():
    box = bounding_box(image_of_a_ball((-5, 1, 3), orientation("ASL")), margin=2)
    # A ball of 4 mm sampled at 1 mm may lack up to one voxel on each side.
    np.testing.assert_allclose(box.mean(1), (-5, 1, 3), atol=1)
    np.testing.assert_allclose(np.ptp(box, axis=1), 12, atol=1.01)


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match="brain mask is empty"):
        bounding_box(nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4)))


def test_coordinates_carry_a_sign_but_zero_does_not():
    assert [in_mm(v) for v in (-0.3, 12.4, -7.6)] == ["0", "+12", "\N{MINUS SIGN}8"]
