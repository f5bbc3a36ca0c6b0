"""Tissues of a T1w image."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.anat import scale_template
from scan2map.images import resample_to_grid
from scan2map.segmentation import TISSUES, segment
from scan2map.template import template_path


@pytest.fixture(scope="module")
def brain():
    """The template at 4 mm: T1w, mask, affine."""
    image = nib.load(template_path("T1"))
    return scale_template(image.get_fdata(), image.affine, resolution=4.0)


@pytest.fixture(scope="module")
def maps(brain):
    return segment(*brain)


@pytest.mark.parametrize("tissue", ["GM", "WM"])
def test_tissues_are_where_the_templates_maps_say(brain, maps, tissue):
    _, mask, affine = brain
    known = nib.load(template_path(tissue))
    fraction = resample_to_grid(
        known.get_fdata() / 255, known.affine, mask.shape, affine
    )
    found = maps[tissue.lower()]
    assert np.corrcoef(found[mask], fraction[mask])[0, 1] > 0.7


def test_the_ventricles_are_fluid_and_the_corpus_callosum_is_white(brain, maps):
    inverse = np.linalg.inv(brain[2])
    for point, tissue in {(6, 8, 14): "csf", (0, 24, 4): "wm"}.items():
        voxel = tuple(np.round(inverse[:3] @ [*point, 1]).astype(int))
        assert maps[tissue][voxel] == max(maps[name][voxel] for name in TISSUES)


def test_probabilities_sum_to_one_in_the_brain_and_are_0_outside(brain, maps):
    total = sum(maps.values())
    np.testing.assert_allclose(total[brain[1]], 1, atol=1e-4)
    assert not total[~brain[1]].any()


def test_the_same_image_gives_the_same_bytes(brain, maps):
    again = segment(*brain)
    assert all(again[name].tobytes() == maps[name].tobytes() for name in TISSUES)


def test_an_image_of_one_brightness_is_refused(brain):
    _, mask, affine = brain
    with pytest.raises(ValueError, match="less than three kinds of brightness"):
        segment(mask.astype(np.float32), mask, affine)
