"""An atlas names regions where maps are tested, or is refused by its file."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.statistics.regions import NO_ATLAS, Atlas, read_atlas

AFFINE = np.diag([3.0, 3.0, 3.0, 1.0])
MASK = np.ones((6, 5, 4), dtype=bool)


def halves():
    """Return the labels 0 and 1 of a left and a right half."""
    labels = np.zeros(MASK.shape, np.float32)
    labels[3:] = 1
    return labels


def files(folder, labels, affine=AFFINE, table="index\tname\n1\tright half\n"):
    """Write an atlas and return its files."""
    paths = folder / "atlas.nii.gz", folder / "atlas.tsv"
    nib.save(nib.Nifti1Image(labels, affine), paths[0])
    paths[1].write_text(table)
    return paths


def test_an_atlas_on_another_grid_has_the_number_of_the_nearest_voxel():
    labels = np.zeros((4, 4, 4), int)
    labels[2:] = 1001
    atlas = Atlas(labels, np.diag([2.0, 2.0, 2.0, 1]), {1001: "right half"})
    finer = np.diag([1.0, 1.0, 1.0, 1])
    finer[:3, 3] = -0.5
    numbers = atlas.on_grid((8, 8, 8), finer)
    np.testing.assert_array_equal(numbers[4:], 1001)
    assert not numbers[:4].any()


def test_a_region_has_its_name_and_what_is_none_has_none(tmp_path):
    atlas = read_atlas(files(tmp_path, halves()[..., None]), MASK, AFFINE)
    assert atlas.name_at((12, 3, 3)) == "right half" and atlas.name_at((3, 3, 3)) == ""


def test_labels_that_a_file_has_scaled_are_whole_numbers_again(tmp_path):
    atlas = read_atlas(files(tmp_path, halves() * 0.9999), MASK, AFFINE)
    assert atlas.name_at((12, 3, 3)) == "right half"


def test_no_files_are_an_atlas_without_regions():
    assert read_atlas([], MASK, AFFINE) is NO_ATLAS


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda a: a * 0,
            "has the values 0, and its table .*tsv the indices 1:",
        ),
        (lambda a: a * 2, "has the values 0, 2, and its table .* Take the table that"),
        (lambda a: a / 2, "has the value 0.5 in one of 60 voxels that hold no whole"),
        (lambda a: -a, "has the value -1 in one of 60 voxels"),
        (lambda a: a / a, "has the value nan in one of 60 voxels"),
        (
            lambda a: np.stack([a, a], -1),
            r"has the shape \(6, 5, 4, 2\): one vol",
        ),
        (lambda a: a.astype(np.complex64), "holds complex numbers; one number per"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_an_image_that_is_no_atlas_is_told_by_its_file(tmp_path, change, sentence):
    paths = files(tmp_path, change(halves()))
    with pytest.raises(ValueError, match=f"{paths[0]} {sentence}"):
        read_atlas(paths, MASK, AFFINE)


def test_a_table_in_place_of_the_image_is_told(tmp_path):
    _, table = files(tmp_path, halves())
    with pytest.raises(ValueError, match=f"{table} cannot be read as NIfTI"):
        read_atlas([table, table], MASK, AFFINE)


def test_an_atlas_that_lies_elsewhere_is_told_with_both_places(tmp_path):
    elsewhere = AFFINE.copy()
    elsewhere[0, 3] = 500
    paths = files(tmp_path, halves(), elsewhere)
    sentence = r"lie from \(509, 0, 0\) to .* these voxels from \(0, 0, 0\) to \(15, 12"
    with pytest.raises(ValueError, match=f"{paths[0]} has no region .*{sentence}"):
        read_atlas(paths, MASK, AFFINE)


def test_an_atlas_of_voxels_that_are_not_tested_is_told(tmp_path):
    left = MASK.copy()
    left[3:] = False
    with pytest.raises(ValueError, match="in the 60 voxels that are tested"):
        read_atlas(files(tmp_path, halves()), left, AFFINE)
