"""Tissues of a T1w image."""

import nibabel as nib
import numpy as np
import pytest

from scan2map.anat import scale_template
from scan2map.images import resample_to_grid
from scan2map.segmentation import TISSUES, segment, tissue_priors
from scan2map.template import template_path


@pytest.fixture(scope="module")
def brain():
    """The template at 4 mm: T1w, mask, affine."""
    image = nib.load(template_path("T1"))
    return scale_template(image.get_fdata(), image.affine, resolution=4.0)


@pytest.fixture(scope="module")
def priors(brain):
    """The template is where it is: no displacement."""
    _, mask, affine = brain
    return tissue_priors(mask, affine, np.zeros((*mask.shape, 3)), affine)


@pytest.fixture(scope="module")
def maps(brain, priors):
    return segment(*brain, priors)


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


def test_priors_follow_the_field_and_leave_no_tissue_out(brain, priors):
    _, mask, affine = brain
    there = np.zeros((*mask.shape, 3))
    there[..., 1] = 8.0  # two voxels
    moved = tissue_priors(mask, affine, there, affine)
    both = mask[:, :-2] & mask[:, 2:]
    for tissue in TISSUES:
        np.testing.assert_allclose(
            moved[tissue][:, :-2][both], priors[tissue][:, 2:][both], atol=1e-5
        )
        assert priors[tissue][mask].min() > 0.009 and not priors[tissue][~mask].any()
    np.testing.assert_allclose(sum(priors.values())[mask], 1, atol=1e-5)


def test_a_receive_field_that_is_left_is_taken_out_between_rounds(brain, priors, maps):
    t1w, mask, affine = brain
    y = np.arange(mask.shape[1]) - mask.shape[1] / 2
    shaded = t1w * np.exp(0.25 * np.sin(y / 15))[:, None].astype(np.float32)

    def wrong(n4):
        found = segment(shaded, mask, affine, priors, n4=n4)
        return np.abs(found["wm"] - maps["wm"])[mask].mean()

    assert wrong(n4=True) < 0.8 * wrong(n4=False)


def test_the_same_image_gives_the_same_bytes(brain, priors, maps):
    again = segment(*brain, priors)
    assert all(again[name].tobytes() == maps[name].tobytes() for name in TISSUES)


def test_an_image_of_one_brightness_is_refused(brain, priors):
    _, mask, affine = brain
    with pytest.raises(ValueError, match="less than three kinds of brightness"):
        segment(mask.astype(np.float32), mask, affine, priors)
