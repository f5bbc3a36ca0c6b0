"""The brain is found in a head, and a mask that cannot be one is refused."""

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from scan2map.anat import scale_template
from scan2map.brain_mask import check_brain_mask, template_mask
from scan2map.template import template_path


@pytest.fixture(scope="module")
def template():
    """The template at 4 mm: data, mask and affine."""
    image = nib.load(template_path("T1"))
    return scale_template(image.get_fdata(), image.affine, resolution=4.0)


@pytest.fixture(scope="module")
def head(template):
    """A brain 15 % smaller than the template and off centre, in a skull and a scalp."""
    t1w, mask, affine = template
    padded, brain = (np.pad(array, 6) for array in (t1w, mask))
    distance = distance_transform_edt(~brain, sampling=4.0)
    padded[(distance > 6) & (distance < 14)] = 300
    smaller = affine @ np.diag([0.85, 0.85, 0.85, 1])
    smaller[:3, 3] += [-12, 20, 10]
    return padded, brain, smaller


def test_the_template_finds_the_brain_in_a_head(template, head):
    (t1w, mask, affine), (data, brain, head_affine) = template, head
    found = template_mask((data, head_affine), (t1w, affine), mask)
    # 0.9 of Dice is half a voxel of 3.4 mm all over the surface.
    assert 2 * (found & brain).sum() / (found.sum() + brain.sum()) > 0.9


def test_a_head_without_brain_is_refused(template, rng):
    t1w, mask, affine = template
    noise = rng.random((40, 40, 40), dtype=np.float32)
    with pytest.raises(ValueError, match="could not be brought to the T1w image"):
        template_mask((noise, affine), (t1w, affine), mask)


def test_a_plausible_mask_has_its_volume_returned():
    mask = np.ones((120, 100, 100), bool)
    assert check_brain_mask(mask, np.eye(4)) == pytest.approx(1200)


@pytest.mark.parametrize(("size", "volume"), [(0, "0 mL"), (150, "3375 mL")])
def test_an_empty_or_huge_mask_is_refused(size, volume):
    mask = np.zeros((160, 160, 160), bool)
    mask[:size, :size, :size] = True
    with pytest.raises(ValueError, match=f"has {volume}; 500 to 3000 mL"):
        check_brain_mask(mask, np.eye(4))
