"""Which confounds are taken, and what a run must have for them."""

import numpy as np
import pytest

from scan2map.anat import template_grey_matter
from scan2map.func.confounds import (
    describe,
    motion_confounds,
    scrubbing,
    usual_change,
)
from scan2map.func.denoising import denoise
from scan2map.func.model import as_matrix, choose_confounds, outlier_numbers
from scan2map.func.tissues import (
    CORES,
    LEAST_VOXELS,
    core,
    tissue_signals,
)
from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.transforms import grid_points

N = 80
FUNC = {
    "confounds": {"motion": 24, "compcor": 5},
    "outliers": {"global_signal_z": 5.0, "displacement_mm": 0.9},
}


@pytest.fixture
def table(rng):
    """A table as fMRIPrep writes it, with outliers of its own."""
    columns = motion_confounds(rng.normal(0, 0.001, (N, 6)))
    columns["framewise_displacement"][30] = 1.5
    columns["global_signal"] = rng.normal(1000, 1, N)
    for prefix in ("a", "c", "w"):
        for number in range(6):
            columns[f"{prefix}_comp_cor_{number:02d}"] = rng.normal(size=N)
    own = np.zeros(N, bool)
    own[[7, 8]] = True
    return columns | scrubbing(own)


def settings(motion=24, compcor=5):
    return FUNC | {"confounds": {"motion": motion, "compcor": compcor}}


def test_the_configured_model_in_fmripreps_names(table):
    names = list(choose_confounds(table, FUNC))
    assert len(names) == 24 + 10 + 1
    assert names[:4] == [
        "trans_x",
        "trans_x_derivative1",
        "trans_x_power2",
        "trans_x_derivative1_power2",
    ]
    assert names[-2:] == ["c_comp_cor_04", "motion_outlier00"]
    twelve = list(choose_confounds(table, settings(12, 0)))
    assert len(twelve) == 13 and "trans_x_power2" not in twelve


def test_outliers_are_those_of_the_configured_thresholds(table):
    assert outlier_numbers(choose_confounds(table, FUNC)) == [30]
    milder = FUNC | {"outliers": {"global_signal_z": 50.0, "displacement_mm": 2.0}}
    assert outlier_numbers(choose_confounds(table, milder)) == []


def test_volumes_before_the_steady_state_are_taken_out_where_they_are_marked(table):
    table["non_steady_state_outlier00"] = np.eye(N)[0]
    chosen = choose_confounds(table, FUNC)
    assert "non_steady_state_outlier00" in chosen
    assert 0 in outlier_numbers(chosen)


def test_patterns_take_what_they_fit_and_nothing_else(table):
    patterns = ["trans_?", "a_comp_cor_0[01]", "motion_outlier*"]
    chosen = choose_confounds(table, FUNC, patterns)
    assert list(chosen) == [
        *("trans_x", "trans_y", "trans_z", "a_comp_cor_00", "a_comp_cor_01"),
        *("motion_outlier00", "motion_outlier01"),
    ]
    assert outlier_numbers(chosen) == [7, 8]


def test_a_run_without_outliers_has_no_columns_for_them(table):
    steady = {n: v for n, v in table.items() if "outlier" not in n}
    assert choose_confounds(steady, FUNC, ["rot_x", "motion_outlier*"]).keys() == {
        "rot_x"
    }


@pytest.mark.parametrize("pattern", ["tcomp*", "motion_outliers*"])
def test_a_pattern_that_fits_nothing_is_an_error(table, pattern):
    with pytest.raises(ValueError, match=f"has {pattern[:6]}.*, which fits no column"):
        choose_confounds(table, FUNC, ["trans_x", pattern])


def test_older_tables_are_told_what_to_set(table):
    older = {n: v for n, v in table.items() if n[:2] not in ("c_", "w_")}
    with pytest.raises(ValueError, match="lacks w_comp_cor_00.* 'derivatives: confoun"):
        choose_confounds(older, FUNC)


def test_a_table_of_another_run_is_refused(table):
    with pytest.raises(ValueError, match="has 70 volumes, its table .* 80 rows"):
        as_matrix(choose_confounds(table, FUNC), 70)


def test_no_confounds_are_a_matrix_without_columns():
    assert as_matrix({}, N).shape == (N, 0)


def test_a_run_too_short_for_the_model_says_what_to_change(table, rng):
    chosen = choose_confounds(table, FUNC)
    data = rng.normal(size=(N, 3))
    with pytest.raises(ValueError, match="80 volumes leave no degree of freedom: 35 "):
        denoise(data, as_matrix(chosen, N), 2.0, (0.008, 0.09))
    chosen = choose_confounds(table, settings(12, 5))
    _, df = denoise(data, as_matrix(chosen, N), 2.0, (0.008, 0.2))
    # 31 frequencies of two columns each, less trend, confounds and one outlier.
    assert df == 2 * 31 - 1 - 12 - 10 - 1


def test_the_core_of_a_tissue_is_as_deep_as_the_grid_allows():
    large, small = np.zeros((2, 20, 20, 20))
    large[4:16, 4:16, 4:16] = 1
    small[4:8, 4:8, 4:8] = 0.97
    brain = np.ones(large.shape, bool)
    none = np.zeros(large.shape)
    mask, facts = core(large, none, brain, "csf")
    assert facts.pop("Voxels") == 512
    assert tuple(facts.values()) == CORES[0]
    assert mask[6:14, 6:14, 6:14].all()
    assert core(small, none, brain, "csf")[1]["ErosionVoxels"] == CORES[2][1] == 0


def test_the_cerebellums_grey_matter_is_no_white_matter_however_bright_it_is():
    shape, affine = (44, 52, 44), analysis_grid(MNI_CENTRE, (44, 52, 44), 4.0)
    grey = template_grey_matter(shape, affine)
    everywhere = np.ones(shape)
    mask, _ = core(everywhere, grey, np.ones(shape, bool), "white_matter")
    points = grid_points(shape, affine)
    hemisphere = np.linalg.norm(points - [-30.0, -65, -32], axis=-1) < 8
    radiata = np.linalg.norm(points - [-26.0, -20, 28], axis=-1) < 5
    assert not mask[hemisphere].any()
    assert mask[radiata].any()


def test_a_tissue_that_is_not_there_is_named():
    nothing, brain = np.zeros((5, 5, 5)), np.ones((5, 5, 5), bool)
    with pytest.raises(ValueError, match=f"csf has 0 voxels .* {LEAST_VOXELS} are"):
        core(nothing, nothing, brain, "csf")


def test_signals_are_means_over_the_brain_and_over_tissues(rng):
    brain = rng.random((4, 4, 4)) < 0.7
    mask = brain & (rng.random((4, 4, 4)) < 0.5)
    volumes = rng.normal(size=(6, 4, 4, 4))
    signals = tissue_signals(volumes[:, brain], brain, {"csf": mask})
    np.testing.assert_allclose(signals["global_signal"], volumes[:, brain].mean(1))
    np.testing.assert_allclose(signals["csf"], volumes[:, mask].mean(1))


def test_the_usual_change_of_noise_is_root_two_of_its_deviation(rng):
    noise = rng.normal(0, 3, (500, 50))
    assert usual_change(noise) == pytest.approx(3 * np.sqrt(2), rel=0.02)


def test_the_table_is_described():
    facts = dict.fromkeys(("csf", "white_matter"), {"Voxels": 40})
    said = describe(facts, FUNC)
    assert said["csf"]["Voxels"] == 40
    assert said["motion_outlier"]["FramewiseDisplacementThreshold"] == 0.9


def test_a_value_missing_in_the_middle_of_a_confound_is_refused(table):
    damaged = table | {"trans_x": table["trans_x"].copy()}
    damaged["trans_x"][9] = np.nan
    with pytest.raises(ValueError, match="trans_x has no value in row 10 of its table"):
        choose_confounds(damaged, FUNC)
