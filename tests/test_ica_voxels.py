"""Runs of BOLD as volumes by voxels, and back to images."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.ica import evenly_spaced, read_templates, read_voxels
from scan2map.images import analysis_grid, to_image, write_image

SHAPE = (6, 7, 5)
AFFINE = analysis_grid((0, 0, 0), SHAPE, 4.0)


@pytest.fixture
def mask(rng, tmp_path):
    mask = rng.random(SHAPE) < 0.6
    write_image(mask, AFFINE, tmp_path / "mask.nii.gz")
    return mask


def test_a_run_is_read_in_the_order_of_the_mask(mask, rng, tmp_path):
    run = rng.normal(size=(*SHAPE, 4)).astype(np.float32)
    write_image(run, AFFINE, tmp_path / "bold.nii.gz")
    voxels = read_voxels(tmp_path / "bold.nii.gz", tmp_path / "mask.nii.gz")
    assert (voxels == run[mask].T).all()
    assert (to_image(voxels, mask)[mask] == run[mask]).all()
    assert not to_image(voxels, mask)[~mask].any()


def test_voxels_that_are_not_finite_have_no_data(mask, tmp_path):
    run = np.ones((*SHAPE, 4))
    bad = tuple(np.argwhere(mask)[2])
    run[*bad, 1] = np.nan
    write_image(run, AFFINE, tmp_path / "bold.nii.gz")
    voxels = read_voxels(tmp_path / "bold.nii.gz", tmp_path / "mask.nii.gz")
    assert not voxels[:, 2].any() and np.delete(voxels, 2, axis=1).all()


@pytest.mark.parametrize(
    ("shape", "affine", "sentence"),
    [
        (SHAPE, AFFINE, "4D"),
        ((6, 7, 6, 2), AFFINE, "not on the grid"),
        ((*SHAPE, 2), np.diag([4.0, 4, 4, 1]), "not on the grid"),
    ],
)
def test_another_grid_is_refused(mask, tmp_path, shape, affine, sentence):
    write_image(np.ones(shape), affine, tmp_path / "bold.nii.gz")
    with pytest.raises(ValueError, match=sentence):
        read_voxels(tmp_path / "bold.nii.gz", tmp_path / "mask.nii.gz")


def test_templates_come_from_any_grid(mask, rng, tmp_path):
    fine = analysis_grid((0, 0, 0), (16, 18, 14), 2.0)
    x = nib.affines.apply_affine(fine, np.indices((16, 18, 14)).T).T
    write_image(np.stack([x[0], x[2]], -1), fine, tmp_path / "templates.nii.gz")
    found = read_templates(tmp_path / "templates.nii.gz", tmp_path / "mask.nii.gz")
    places = nib.affines.apply_affine(AFFINE, np.argwhere(mask))
    np.testing.assert_allclose(found, places[:, [0, 2]].T, atol=1e-4)


def test_volumes_are_taken_from_the_whole_run():
    assert evenly_spaced(9, 3).tolist() == [1, 4, 7]
    assert evenly_spaced(9, 3, left_out=[0, 4]).tolist() == [2, 5, 7]
    with pytest.raises(ValueError, match="10 volumes were asked for, the run has 9"):
        evenly_spaced(9, 10)
