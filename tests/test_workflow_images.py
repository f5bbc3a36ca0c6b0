"""A study of images alone, from a cohort's table to SPM12's numbers and its report."""

import csv
import re

import nibabel as nib
import numpy as np
import pandas as pd
import pytest
from workflow import planned_jobs, snakemake

from scan2map.images import read_json
from scan2map.statistics.corrections import PARAMETRIC
from scan2map.statistics.permuted import MEASURES

COLUMNS = ["participant_id", "session_id", "group", "age", "sex", "site", "con"]
AGE = {"regressor": "age", "covariates": ["sex"], "design": "regression"}
CORRECTIONS = [*PARAMETRIC, *MEASURES]


def images_config(cohort, mask):
    """Return two analyses of SPM's images: two samples, and a regression."""
    return {
        "study": "images",
        "source": "images",
        "seed": 1,
        "cohort": str(cohort),
        "groups": {"reference": "g1", "affected": "g2"},
        "statistics": {
            "covariates": ["age", "sex"],
            "fwhm": 0,
            "mask": {"explicit": str(mask)},
            "extent_mm3": 540,
            "permutations": 99,
            "corrections": CORRECTIONS,
            "contrasts": {"less": {"t": {"g1": 1, "g2": -1}}, "any": {"f": "groups"}},
        },
        "analyses": {
            "two": {"label": "two samples", "maps": "con"},
            "slope": {
                "label": "slope of age",
                "maps": "con",
                "statistics": AGE | {"contrasts": {}, "corrections": ["rft-cluster"]},
            },
        },
    }


@pytest.fixture(scope="module")
def given(shared_data, tmp_path_factory):
    """A folder with a cohort of SPM's images, and the configuration."""
    folder, spm = tmp_path_factory.mktemp("images"), shared_data / "spm12"
    with open(spm / "input/design.csv") as file:
        rows = list(csv.DictReader(file))
    lines = ["\t".join(COLUMNS)]
    for number, row in enumerate(rows, start=1):
        image = spm / f"input/con/con_{number:02d}.nii.gz"
        sex = "MF"[int(row["sex"])]
        values = [f"P{number}", "1", f"g{row['group']}", row["age"], sex, "A"]
        lines.append("\t".join([*values, str(image)]))
    (folder / "cohort.tsv").write_text("\n".join(lines) + "\n")
    return folder, images_config(folder / "cohort.tsv", spm / "input/mask.nii.gz")


@pytest.fixture(scope="module")
def results(given):
    folder, config = given
    process = snakemake(folder, config=config)
    assert process.returncode == 0, process.stdout[-5000:]
    return folder / "results/images"


def test_the_plan_has_statistics_and_a_report_alone(given):
    jobs = planned_jobs(snakemake(given[0], "--dry-run", config=given[1]))
    assert jobs["stack_maps"] == 2 and jobs["correct_maps"] == 2 * 9 + 1
    assert jobs["write_results"] == 2
    assert not {"train_fold", "correct_t1w", "tabulate_scores"} & set(jobs)


def test_the_t_map_is_spms(results, shared_data):
    spm = shared_data / "spm12/maps/b_ttest2_cov"
    t, expected = (
        nib.load(path).get_fdata()
        for path in (
            results / "8_statistics/two/con/less_statmap.nii.gz",
            spm / "spmT_0001.nii.gz",
        )
    )
    # Both are float32.
    np.testing.assert_allclose(t, np.nan_to_num(expected), atol=1e-5)
    said = read_json(results / "8_statistics/two/con/less_statmap.json")
    case = read_json(shared_data / "spm12/cases/b_ttest2_cov.json")
    assert said["SearchVolume_voxels"] == case["S"]
    np.testing.assert_allclose(said["Resels"], case["R"], rtol=1e-8)
    np.testing.assert_allclose(said["FWHM_voxels"], case["FWHM_vox"], rtol=1e-8)
    np.testing.assert_allclose(
        said["Thresholds"]["0.05"]["fwe"],
        case["contrasts"][0]["u_FWE"]["p0_05"],
        atol=1e-6,
    )


def test_the_table_is_spms(results, shared_data):
    table = pd.read_csv(results / "8_statistics/two/con/less_clusters.tsv", sep="\t")
    case = read_json(shared_data / "spm12/cases/b_ttest2_cov.json")
    # Clusters of 20 voxels, 540 mm³, and more at p < 0.001.
    (spms,) = [
        one
        for one in case["contrasts"][0]["tables"]
        if one["k"] == 20 and abs(one["u"] - 3.3653) < 1e-3
    ]
    ours = table[table["sign"] == "+"]
    assert len(ours) == len(spms["rows"])
    for (_, mine), row in zip(ours.iterrows(), spms["rows"], strict=True):
        assert [mine["x_mm"], mine["y_mm"], mine["z_mm"]] == row["xyz"]
        # The table has six digits.
        assert mine["peak_p_fwe"] == pytest.approx(row["peak_pFWE"], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("contrast", ["less", "any"])
def test_every_correction_has_its_map_table_and_facts(results, contrast):
    folder = results / "8_statistics/two/con"
    t = nib.load(folder / f"{contrast}_statmap.nii.gz").get_fdata()
    for name in CORRECTIONS:
        stem = f"{contrast}_desc-{name}"
        said = read_json(folder / f"{stem}_statmap.json")
        kept = nib.load(folder / f"{stem}_statmap.nii.gz").get_fdata()
        p = nib.load(folder / f"{stem}_log10p.nii.gz").get_fdata()
        assert said["SignificantVoxels"] == np.count_nonzero(kept) > 0
        np.testing.assert_array_equal(kept[kept != 0], t[kept != 0])
        assert ((p >= -np.log10(0.05) - 1e-6) == (kept != 0)).all()
        clusters = pd.read_csv(folder / f"{stem}_clusters.tsv", sep="\t")
        assert clusters["voxels"].sum() == said["SignificantVoxels"]


def test_a_regression_tests_the_slope(results):
    said = read_json(results / "8_statistics/slope/con/slope_statmap.json")
    assert said["Columns"] == ["mean", "age", "sex=M"]
    assert said["Weights"] == [[0, 1, 0]] and said["DegreesOfFreedom"] == [1, 33]
    assert said["EffectSize"] == "partial_r2"


def test_the_page_of_results_shows_both_contrasts(results):
    page = (results / "9_report/two_con_results.html").read_text()
    assert "less: T, 32 degrees of freedom" in page
    assert "any: F, 1 and 32 degrees of freedom" in page
    assert page.count("data:image/png") == 2
    assert re.search(r"permutation-tfce: \d+ significant voxels", page)
    methods = (results / "9_report/methods.html").read_text()
    assert "threshold-free cluster enhancement" in methods and "Keras" not in methods


def test_bad_input_is_told_before_anything_runs(given, tmp_path):
    config = given[1] | {"analyses": {}}
    process = snakemake(tmp_path, "--dry-run", config=config)
    assert process.returncode and "needs 'analyses'" in process.stdout
    rows = (given[0] / "cohort.tsv").read_text().replace("con_07", "con_77")
    (tmp_path / "cohort.tsv").write_text(rows)
    config = given[1] | {"cohort": str(tmp_path / "cohort.tsv")}
    process = snakemake(tmp_path, "--dry-run", config=config)
    assert process.returncode and "con_77.nii.gz' for participant P7" in process.stdout
