"""The general linear model, its design and its thresholds."""

import json

import nibabel as nib
import numpy as np
import pytest
from scipy import stats

from scan2map.statistics import (
    average_participants,
    bonferroni,
    fit,
    group_design,
    t_contrast,
)
from scan2map.statistics.glm import dependent_columns

GROUPS = ("control", "patient")


def cohort(n=12, **columns):
    rows = [
        {"participant_id": f"p{i}", "group": GROUPS[i % 2], "age": str(40 + i * i % 17)}
        for i in range(n)
    ]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return rows


def t_of(data, design):
    return t_contrast(fit(data, design.matrix), design.contrast)[0]


def test_two_samples_match_scipy_affected_minus_reference(rng):
    data = rng.normal(size=(12, 30))
    t = t_of(data, group_design(cohort(), GROUPS, "groups"))
    expected = stats.ttest_ind(data[1::2], data[::2]).statistic
    np.testing.assert_allclose(t, expected, rtol=2e-6)


def test_a_difference_between_groups_is_no_residual_of_the_mean(rng):
    data = rng.normal(size=(12, 30))
    design = group_design(cohort(), GROUPS, "mean")
    within = data - data.reshape(6, 2, 30).mean(0)[np.arange(12) % 2]
    variance = np.square(within).sum(0) / (12 - 2)
    expected = data.mean(0) / np.sqrt(variance / 12)
    np.testing.assert_allclose(t_of(data, design), expected, rtol=2e-6)
    data[1::2] += 100
    data[::2] -= 100
    # Betas near 100 keep 4e-6 in float32.
    np.testing.assert_allclose(t_of(data, design), expected, atol=1e-4)


def test_the_mean_is_everybodys_where_groups_differ_in_size(rng):
    data, groups = rng.normal(size=(12, 30)), ["control"] * 8 + ["patient"] * 4
    design = group_design(cohort(group=groups), GROUPS, "mean")
    _, effect = t_contrast(fit(data, design.matrix), design.contrast)
    np.testing.assert_allclose(effect, data.mean(0), atol=1e-6)


def test_a_covariate_gives_the_partial_correlation(rng):
    data, rows = rng.normal(size=(12, 30)), cohort()
    design = group_design(rows, GROUPS, "groups", ["age"])
    t, ages = t_of(data, design), [float(row["age"]) for row in rows]
    nuisance = np.column_stack([np.ones(12), ages])
    left = [
        y - nuisance @ np.linalg.pinv(nuisance) @ y for y in (data, np.arange(12) % 2)
    ]
    r = [np.corrcoef(column, left[1])[0, 1] for column in left[0].T]
    np.testing.assert_allclose(t, r * np.sqrt(9 / (1 - np.square(r))), rtol=2e-6)


def test_covariates_are_centred_so_the_mean_is_the_average(rng):
    data, sexes = rng.normal(size=(12, 30)), list("MMMFFFFFFFFF")
    design = group_design(cohort(sex=sexes), GROUPS, "mean", ["age", "sex"])
    _, effect = t_contrast(fit(data, design.matrix), design.contrast)
    np.testing.assert_allclose(effect, data.mean(0), atol=1e-6)
    np.testing.assert_allclose(design.matrix[:, 2:].mean(0), 0, atol=1e-12)


def test_categories_become_one_column_per_level_but_the_first():
    rows = cohort(site=list("112233") * 2)
    design = group_design(rows, GROUPS, "groups", ["age", "site"])
    assert design.columns == [*GROUPS, "age", "site=2", "site=3"]
    assert fit(np.ones((12, 1)), design.matrix).df == 12 - 5


def test_sessions_of_a_participant_become_one_row(rng):
    rows = [
        {"participant_id": p, "group": g, "age": a}
        for p, g, a in (
            ("b", "control", "30"),
            ("a", "patient", "40"),
            ("b", "control", "32"),
            ("c", "control", "50"),
        )
    ]
    design = group_design(rows, GROUPS, "groups")
    assert design.participants == ["b", "a", "c"]
    assert design.group_sizes == {"control": 2, "patient": 1}
    data = rng.normal(size=(4, 3))
    averaged = average_participants(data, rows)
    np.testing.assert_allclose(averaged, [(data[0] + data[2]) / 2, data[1], data[3]])


@pytest.mark.parametrize(
    ("columns", "covariates", "sentence"),
    [
        ({"iq": ["100"] * 11 + [""]}, ["iq"], "'iq' is missing for participant p11"),
        ({"iq": ["100"] * 12}, ["iq"], "'iq' is the same for all 12"),
        ({}, ["iq"], "'iq' is no column"),
        ({"site": list("ab") * 6}, ["site"], "control, patient, site=b; drop"),
        ({"group": ["control"] * 12}, [], "'patient' has no participant"),
        ({"group": ["other"] * 12}, [], "'other' is neither"),
    ],
)
def test_a_design_that_cannot_answer_says_why(columns, covariates, sentence):
    with pytest.raises(ValueError, match=sentence):
        group_design(cohort(**columns), GROUPS, "groups", covariates)


def test_a_participant_in_two_groups_is_an_error():
    rows = cohort()
    rows[1]["participant_id"] = "p0"
    with pytest.raises(ValueError, match="p0 has more than one group"):
        group_design(rows, GROUPS, "groups")


def test_redundant_covariates_cost_one_degree_of_freedom_and_keep_the_contrast(rng):
    data, rows = rng.normal(size=(12, 30)), cohort()
    for row in rows:
        row["months"] = str(float(row["age"]) * 12)
    once = group_design(rows, GROUPS, "groups", ["age"])
    twice = group_design(rows, GROUPS, "groups", ["age", "months"])
    np.testing.assert_allclose(t_of(data, twice), t_of(data, once), rtol=1e-6)
    assert fit(data, twice.matrix).df == 9


def test_dependent_columns_are_named_only_if_the_contrast_needs_them():
    design = np.column_stack([np.eye(2).repeat(3, 0), *2 * [np.arange(6.0)]])
    assert dependent_columns(design, [-1, 1, 0, 0]) == []
    assert dependent_columns(design, [0, 0, 1, 0]) == [2, 3]


def test_too_few_participants_for_the_covariates_is_an_error():
    with pytest.raises(ValueError, match="no degree of freedom"):
        fit(np.ones((3, 5)), np.eye(3))


def test_data_and_design_of_different_length_are_an_error():
    with pytest.raises(ValueError, match="3 maps do not fit a design of 4 rows"):
        fit(np.ones((3, 5)), np.ones((4, 1)))


def test_t_is_zero_where_nothing_varies():
    t, effect = t_contrast(fit(np.full((4, 2), 3.0), np.ones((4, 1))), [1])
    assert np.isfinite(t).all() and effect.tolist() == pytest.approx([3, 3])


def test_bonferroni_leaves_half_of_alpha_to_each_side():
    threshold = bonferroni(0.05, df=20, n_tests=1000)
    assert 2 * 1000 * stats.t.sf(threshold, 20) == pytest.approx(0.05)


@pytest.mark.parametrize("alpha", [0, 1, 5])
def test_an_alpha_that_is_no_probability_is_an_error(alpha):
    with pytest.raises(ValueError, match=f"alpha should be .* {alpha} was provided"):
        bonferroni(alpha, df=20, n_tests=1000)


CASES = {
    "a_ttest2_equal": [1, -1],
    "b_ttest2_cov": [1, -1, 0, 0],
    "d_ttest1": [1],
    "j_smooth14_ttest2_cov": [1, -1, 0, 0],
}


@pytest.mark.parametrize("case", CASES)
def test_t_and_residual_variance_are_those_of_spm(shared_data, case):
    folder = shared_data / "spm12"
    facts = json.loads((folder / "cases" / f"{case}.json").read_text())
    maps = folder / "maps" / case
    mask = nib.load(maps / "mask.nii.gz").get_fdata() > 0
    inputs = (nib.load(folder / "input" / name) for name in facts["images"])
    data = np.stack([image.get_fdata()[mask] for image in inputs])
    model = fit(data, np.reshape(facts["X"], (len(data), -1)))
    t, _ = t_contrast(model, CASES[case])
    spm = {
        f: nib.load(maps / f"{f}.nii.gz").get_fdata()[mask]
        for f in ("spmT_0001", "ResMS")
    }
    np.testing.assert_allclose(t, spm["spmT_0001"], atol=1e-5)  # stored as float32
    np.testing.assert_allclose(model.variance, spm["ResMS"], rtol=1e-7)  # likewise
    threshold = bonferroni(0.05, model.df, mask.sum(), two_sided=False)
    assert threshold == pytest.approx(
        facts["contrasts"][0]["u_Bonf"]["p0_05"], abs=1e-6
    )


def test_centring_is_that_of_spm(shared_data):
    folder = shared_data / "spm12"
    facts = json.loads((folder / "cases" / "b_ttest2_cov.json").read_text())
    header, *lines = (folder / "input" / "design.csv").read_text().split()
    rows = [dict(zip(header.split(","), x.split(","), strict=True)) for x in lines]
    rows = [row | {"participant_id": row["id"]} for row in rows]
    design = group_design(rows, ("1", "2"), "groups", ["age", "sex"])
    np.testing.assert_allclose(design.matrix, facts["X"], atol=1e-12)
