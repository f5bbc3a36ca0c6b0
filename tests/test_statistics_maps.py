"""Smoothing, masks and how well a map finds what was planted."""

import json

import nibabel as nib
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from scan2map.smoothing import kernel, smooth, smooth_within
from scan2map.statistics import enrichment, intersect_masks


@pytest.fixture
def mask(rng):
    return rng.random((10, 11, 12)) < 0.8


def test_the_kernel_is_that_of_spm(shared_data):
    reference = shared_data / "spm12" / "preproc" / "smooth_kernels.json"
    for name, weights in json.loads(reference.read_text()).items():
        rounded = float(name.removeprefix("fwhm_vox_").replace("p", "."))
        fwhm = round(rounded * 60) / 60  # of thirds, the names give four digits
        # SPM adds 2e-16 to the variance.
        np.testing.assert_allclose(kernel(fwhm), weights, atol=1e-12)


def test_smoothing_is_that_of_spm(shared_data):
    folder = shared_data / "spm12"
    image = nib.load(folder / "input" / "con" / "con_05.nii.gz").get_fdata()
    ours = smooth(image, 3.0, 8.0)
    spm = nib.load(folder / "preproc/smooth/s8_con_05_f32.nii.gz").get_fdata()
    # Stored as float32, whose last digit is 6e-8 of the value.
    assert np.abs(ours - spm).max() < 1e-7 * np.abs(spm).max()


def test_smoothing_is_nearly_a_gaussian_and_keeps_the_sum():
    image = np.zeros((25, 25, 25))
    image[12, 12, 12] = 1
    smoothed = smooth(image, 2.0, 8.0)
    # The triangle adds a variance of 1/6 voxel² to that of the Gaussian.
    sigma = np.sqrt((4 / np.sqrt(8 * np.log(2))) ** 2 + 1 / 6)
    gaussian = gaussian_filter(image, sigma, truncate=6)
    assert np.abs(smoothed - gaussian).max() < 0.01 * gaussian.max()
    assert smoothed.sum() == pytest.approx(1)


def test_no_width_leaves_the_image_as_it_is(rng):
    image = rng.normal(size=(4, 5, 6))
    np.testing.assert_array_equal(smooth(image, 2.0, 0), image)


def test_a_negative_width_is_an_error():
    with pytest.raises(ValueError, match="0 mm or more. -1 was provided"):
        smooth(np.zeros((3, 3, 3)), 2.0, -1)


def test_smoothing_within_a_mask_keeps_a_constant_and_ignores_the_outside(mask):
    image = np.where(mask, 5.0, 1e6)
    np.testing.assert_allclose(smooth_within(image, mask, 4.0, 8.0), 5, rtol=1e-12)


def test_smoothing_within_a_mask_gives_the_t_of_masking_and_smoothing(mask, rng):
    maps = rng.normal(size=(8, *mask.shape)) + 0.3
    within = np.stack([smooth_within(m, mask, 4.0, 8.0) for m in maps])
    plain = np.stack([smooth(m * mask, 4.0, 8.0)[mask] for m in maps])
    t = [x.mean(0) / x.std(0, ddof=1) for x in (within, plain)]
    np.testing.assert_allclose(t[0], t[1], rtol=1e-9)


def test_group_mask_keeps_what_all_sessions_share_within_the_template():
    template = np.array([1, 1, 1, 1, 0], bool)
    masks = np.array([[1, 1, 0, 0, 1], [1, 1, 1, 0, 1]], bool)
    group, missing, alone = intersect_masks(iter(masks), template)
    assert group.tolist() == [True, True, False, False, False]
    assert missing == [2, 1] and alone == [1, 0]


def test_sessions_that_share_nothing_are_an_error_naming_the_worst():
    masks = np.array([[1, 1, 0, 0], [0, 0, 0, 1]], bool)
    with pytest.raises(ValueError, match="all 2 sessions; mask number 2 lacks most"):
        intersect_masks(masks, np.ones(4, bool))


def test_masks_on_different_grids_are_an_error():
    with pytest.raises(ValueError, match="number 1 has shape"):
        intersect_masks([np.ones((3, 3, 3), bool)], np.ones((3, 3, 4), bool))


def region(shape=(20, 20, 20)):
    truth = np.zeros(shape, bool)
    truth[5, 5, 5] = True
    return truth


def test_enrichment_is_one_over_the_share_of_the_region_when_all_hits_are_in_it():
    truth, mask = region(), np.ones((20, 20, 20), bool)
    t = -10.0 * truth
    # 4 mm voxels: centres within 6 mm are the voxel, 6 faces and 12 edges.
    expected = 8000 / 19
    assert enrichment(t, truth, mask, 4.0, fraction=1 / 8000) == pytest.approx(expected)


def test_enrichment_is_zero_when_all_hits_miss():
    t = np.zeros((20, 20, 20))
    t[15:, 15:, 15:] = 5
    mask = np.ones(t.shape, bool)
    assert enrichment(t, region(), mask, 4.0, fraction=0.01) == 0


def test_enrichment_of_noise_is_about_one(rng):
    truth = rng.random((20, 20, 20)) < 0.3
    t, mask = rng.normal(size=truth.shape), rng.random(truth.shape) < 0.7
    found = enrichment(t, truth, mask, 4.0, fraction=0.2, dilation_mm=0)
    # 1120 draws of probability 0.3: standard error 0.046 of the ratio.
    assert found == pytest.approx(1, abs=0.15)


def test_enrichment_of_a_constant_map_is_exactly_one():
    mask = np.ones((20, 20, 20), bool)
    assert enrichment(np.zeros(mask.shape), region(), mask, 4.0) == pytest.approx(1)


@pytest.mark.parametrize(
    ("truth", "fraction", "sentence"),
    [
        (region() & False, 0.01, "region is empty"),
        (region(), 0, r"in \(0, 1\]. 0 was provided"),
    ],
)
def test_enrichment_without_a_question_is_an_error(truth, fraction, sentence):
    mask = np.ones((20, 20, 20), bool)
    with pytest.raises(ValueError, match=sentence):
        enrichment(np.zeros(mask.shape), truth, mask, 4.0, fraction)


def test_a_region_outside_the_mask_is_an_error():
    mask = np.zeros((20, 20, 20), bool)
    mask[15:] = True
    with pytest.raises(ValueError, match="does not touch the mask"):
        enrichment(np.zeros(mask.shape), region(), mask, 4.0)
