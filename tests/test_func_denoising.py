"""Confounds and denoising of BOLD."""

import numpy as np
import pytest

from scan2map.func.confounds import (
    dvars,
    motion_confounds,
    outlier_volumes,
    scrubbing,
    tissue_components,
)
from scan2map.func.denoising import denoise

TR, N = 2.0, 150
SECONDS = np.arange(N) * TR


def wave(hertz):
    return np.sin(2 * np.pi * hertz * SECONDS)


def test_motion_has_fmripreps_24_parameters(rng):
    motion = rng.normal(size=(10, 6))
    table = motion_confounds(motion)
    assert len(table) == 25 and list(table)[:2] == ["trans_x", "trans_x_derivative1"]
    np.testing.assert_allclose(table["rot_z_power2"], motion[:, 5] ** 2)
    np.testing.assert_allclose(
        table["rot_z_derivative1_power2"][1:], np.diff(motion[:, 5]) ** 2
    )
    assert np.isnan(table["rot_z_derivative1"][0])


def test_what_is_in_the_band_stays_and_what_is_not_goes():
    n = 125  # 250 s: 0.04 Hz and 0.2 Hz are frequencies of the run
    seconds = np.arange(n) * TR
    slow, fast = (np.sin(2 * np.pi * f * seconds)[:, None] for f in (0.04, 0.2))
    drift = np.linspace(0, 50, n)[:, None]
    cleaned, df = denoise(slow + fast + drift + 900, np.empty((n, 0)), TR)
    assert np.corrcoef(cleaned.T, slow.T)[0, 1] > 0.99
    left = np.abs(np.fft.rfft(cleaned[:, 0]))
    assert left[50] < 1e-3 * left[10]  # 0.2 Hz beside 0.04 Hz
    kept = np.sum((np.arange(63) / 250 >= 0.008) & (np.arange(63) / 250 <= 0.09))
    assert df == 2 * kept - 1  # the trend


def test_a_confound_within_the_band_is_gone_with_its_missing_first_value(rng):
    confound = rng.normal(size=N)
    confound[0] = np.nan
    data = np.nan_to_num(confound)[:, None] * 3 + wave(0.04)[:, None]
    cleaned, _ = denoise(data, confound[:, None], TR)
    filtered, _ = denoise(np.nan_to_num(confound)[:, None], np.empty((N, 0)), TR)
    assert abs(np.corrcoef(cleaned.T, filtered.T)[0, 1]) < 0.05


def test_nothing_comes_back_that_one_regression_took_out(rng):
    data, confounds = rng.normal(size=(N, 7)), rng.normal(size=(N, 4))
    cleaned, _ = denoise(data, confounds, TR)
    again, _ = denoise(cleaned, confounds, TR)
    np.testing.assert_allclose(again, cleaned, atol=1e-5)  # float32


def test_a_jump_of_the_signal_and_one_of_the_head_are_outliers(rng):
    signal, displacement = rng.normal(1000, 1, N), rng.uniform(0, 0.3, N)
    displacement[0], displacement[40] = np.nan, 1.2
    signal[90:] += 30
    outliers = outlier_volumes(signal, displacement)
    assert list(np.flatnonzero(outliers)) == [40, 90]
    columns = scrubbing(outliers)
    assert list(columns) == ["motion_outlier00", "motion_outlier01"]
    assert columns["motion_outlier01"].sum() == columns["motion_outlier01"][90] == 1


def test_compcor_finds_the_fluctuation_of_a_tissue(rng):
    pulse = wave(0.05)
    data = rng.normal(0, 0.1, (6, 6, 6, N)) + 100
    data[:3] += pulse
    mask = np.zeros((6, 6, 6), bool)
    mask[:3] = True
    table = tissue_components(data, {"c_comp_cor": mask}, 2, TR)
    assert list(table) == ["c_comp_cor_00", "c_comp_cor_01"]
    assert abs(np.corrcoef(table["c_comp_cor_00"], pulse)[0, 1]) > 0.99
    with pytest.raises(ValueError, match="w_comp_cor has 0 voxels"):
        tissue_components(data, {"w_comp_cor": ~mask & mask}, 2, TR)
    assert tissue_components(data, {"c_comp_cor": mask}, 0, TR) == {}


def test_dvars_is_the_root_mean_square_change():
    data = np.array([[0.0, 0], [3, 4], [3, 4]])
    np.testing.assert_allclose(dvars(data), [np.nan, np.sqrt(12.5), 0])


@pytest.mark.parametrize(
    ("n", "band", "sentence"),
    [
        (30, (0.008, 0.03), "30 volumes leave no degree of freedom"),
        (30, (0.1, 0.1), "should rise"),
        (30, (0.1, 0.4), "no frequency above 0.25 Hz"),
        (30, (0.101, 0.102), "no frequency of 30 volumes"),
    ],
)
def test_a_run_that_cannot_be_denoised_says_why(rng, n, band, sentence):
    with pytest.raises(ValueError, match=sentence):
        denoise(rng.normal(size=(n, 3)), rng.normal(size=(n, 12)), TR, band)
