"""The calibration study: what its null data are, and that it runs."""

import subprocess

import numpy as np
import pandas as pd
import pytest
import yaml
from workflow import ROOT

from scan2map.statistics.calibration import CORRECTIONS, study_datasets
from scan2map.statistics.error_rates import error_rates, expected_range
from scan2map.statistics.null_data import ellipsoid, image_scales, null_images
from scan2map.statistics.smoothness import estimate_smoothness

CONFIG = yaml.safe_load((ROOT / "calibration/config.yaml").read_text())

COARSE = ellipsoid(12.0)


def study(numbers, setting="spreads"):
    about = CONFIG["settings"][setting]
    return study_datasets(numbers, setting, about, 24.0, COARSE, 19, seed=1)


def test_the_search_volume_is_as_large_as_grey_matter():
    mask, affine = ellipsoid(4.0)
    assert mask.sum() * 4**3 == pytest.approx(0.67e6, rel=0.01)
    centre = affine[:3, :3] @ np.argwhere(mask).mean(0) + affine[:3, 3]
    np.testing.assert_allclose(centre, 0, atol=1e-9)
    assert not mask[[0, -1]].any() and not mask[:, :, [0, -1]].any()


def test_images_are_as_smooth_as_asked_for(rng):
    mask, _ = ellipsoid(6.0)
    # SPM's estimate is too wide of few images, by 4 % of 20.
    noise = null_images(rng, mask, fwhm=6.0, scales=np.ones(100), mean=0)
    smooth = estimate_smoothness(noise, n_images=100, df=100, mask=mask)
    # The kernel interpolates, and neighbours differ less than a slope says: 1 % each.
    np.testing.assert_allclose(smooth.fwhm, 6.12, rtol=0.03)


def test_each_image_has_the_mean_and_spread_asked_for(rng):
    mask, _ = ellipsoid(3.0)
    scales = np.array([1.0, 2.0, 5.0])
    images = null_images(rng, mask, 2.0, scales)
    np.testing.assert_allclose(images.std(1), scales, rtol=0.06)
    np.testing.assert_allclose(images.mean(1), 10, atol=0.3)


def test_noise_is_not_weaker_at_the_edge(rng):
    mask, _ = ellipsoid(9.0)
    images = null_images(rng, mask, 2.0, np.ones(400), mean=0)
    inside = np.indices(mask.shape)[:, mask] - np.array(mask.shape)[:, None] // 2
    edge = (np.abs(inside) >= np.abs(inside).max(1, keepdims=True)).any(0)
    assert images[:, edge].std() == pytest.approx(images.std(), rel=0.03)


def test_heavy_tails_are_students_t(rng):
    scales = image_scales(rng, [60_000, 40_000], [1, 2], tails_df=6)
    values = scales * rng.normal(size=len(scales))
    assert values[:60_000].var() == pytest.approx(6 / 4, rel=0.06)
    assert values[60_000:].var() == pytest.approx(4 * 6 / 4, rel=0.06)


def test_the_same_seed_gives_the_same_bytes():
    draw = [
        null_images(np.random.default_rng(3), COARSE[0], 2.0, np.ones(4)).tobytes()
        for _ in range(2)
    ]
    assert draw[0] == draw[1]


def test_a_dataset_does_not_depend_on_the_others():
    together, alone = study([0, 1]), study([1])
    pd.testing.assert_frame_equal(
        together[together["dataset"] == 1].reset_index(drop=True), alone
    )


def test_every_correction_is_counted_once_per_assumption():
    p = study([0])
    assert len(p) == 2 * len(CORRECTIONS)
    assert not p.duplicated(["variance", "correction", "forming"]).any()
    assert p["p"].between(0, 1).all()


def test_error_rates_are_shares_with_exact_intervals():
    p = pd.DataFrame({"p": [0.05, 0.2, 0.5, 0.9], "dataset": range(4)})
    p = p.assign(smoothing_mm=6.0, setting="equal", variance="equal")
    rates = error_rates(p.assign(correction="bonferroni", forming=np.nan), alpha=0.05)
    row = rates.iloc[0]
    assert (row["datasets"], row["errors"], row["rate"]) == (4, 1, 0.25)
    # Clopper and Pearson (1934): 1 of 4.
    assert (row["low"], row["high"]) == pytest.approx((0.0063, 0.8059), abs=1e-4)


def test_an_exact_test_of_1000_datasets_is_expected_between_3_7_and_6_4_percent():
    assert expected_range(0.05, 1000) == (0.037, 0.064)


def test_the_workflow_writes_page_and_figure(tmp_path):
    small = {"datasets": 2, "per_job": 2, "voxel_size": 12, "smoothing": [24]}
    settings = {"spreads": CONFIG["settings"]["spreads"]}
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(CONFIG | small | {"settings": settings}))
    command = ["snakemake", "--snakefile", "calibration/Snakefile", "--cores", "2"]
    command += ["--configfile", str(path), "--directory", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "docs/calibration.md").read_text()
    assert page.count("\n| permutation-tfce | ") == 1
    assert "{tables}" not in page
    assert (tmp_path / "docs/images/calibration.png").stat().st_size > 1000
