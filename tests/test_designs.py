"""Designs of group analyses are those of SPM, and impossible ones are refused."""

import json

import numpy as np
import pytest

from scan2map.contrasts import contrast_weights
from scan2map.designs import arrangements, cohort_design, exchange_of

GROUPS = ("control", "patient")


def asked(**changes):
    """Return the statistics' settings that a design depends on."""
    usual = {
        "design": "two-sample",
        "groups": [],
        "sessions": "average",
        "regressor": None,
        "covariates": [],
        "variance": "equal",
        "global": {"value": "mean", "normalisation": "none", "grand_mean": None},
    }
    return usual | changes


def cohort(n=12, **columns):
    """Return a session per participant, groups taking turns."""
    rows = [
        {
            "participant_id": f"p{i}",
            "session_id": "1",
            "group": GROUPS[i % 2],
            "age": str(40 + i * i % 17),
        }
        for i in range(n)
    ]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return rows


def pairs(n=5):
    """Return two sessions per participant."""
    return [
        row | {"session_id": session, "score": str(row_number * 3 % 7 + k)}
        for row_number, row in enumerate(cohort(n))
        for k, session in enumerate(("before", "after"))
    ]


def test_two_samples_have_a_column_per_group_and_centred_covariates():
    design = cohort_design(cohort(), asked(covariates=["age"]), GROUPS)
    assert design.columns == ["control", "patient", "age"]
    matrix = np.array(design.matrix)
    np.testing.assert_array_equal(matrix[:, 1], np.arange(12) % 2)
    assert matrix[:, 2].mean() == pytest.approx(0, abs=1e-12)
    assert design.intercept == [0, 1] and design.effects == [0, 1, 2]


def test_centring_is_that_of_spm(shared_data):
    folder = shared_data / "spm12"
    facts = json.loads((folder / "cases" / "b_ttest2_cov.json").read_text())
    header, *lines = (folder / "input" / "design.csv").read_text().split()
    rows = [dict(zip(header.split(","), x.split(","), strict=True)) for x in lines]
    rows = [row | {"participant_id": row["id"]} for row in rows]
    design = cohort_design(rows, asked(covariates=["age", "sex"]), ("1", "2"))
    np.testing.assert_allclose(design.matrix, facts["X"], atol=1e-12)


@pytest.mark.parametrize(
    ("centring", "means"), [("group", [0, 0]), ("none", None), (40, None)]
)
def test_covariates_are_centred_as_asked(centring, means):
    ages = np.array([float(row["age"]) for row in cohort()])
    covariate = {"name": "age", "centring": centring}
    column = np.array(
        cohort_design(cohort(), asked(covariates=[covariate]), GROUPS).matrix
    )[:, 2]
    if means:
        assert [column[::2].mean(), column[1::2].mean()] == pytest.approx(means)
    else:
        np.testing.assert_allclose(column, ages - (40 if centring == 40 else 0))


def test_an_interaction_has_a_slope_for_each_group():
    covariate = {"name": "age", "interaction": True}
    design = cohort_design(cohort(), asked(covariates=[covariate]), GROUPS)
    assert design.columns[2:] == ["age:control", "age:patient"]
    matrix = np.array(design.matrix)
    ages = np.array([float(row["age"]) for row in cohort()])
    np.testing.assert_allclose(matrix[:, 2] + matrix[:, 3], ages - ages.mean())
    assert not matrix[::2, 3].any()


def test_pairs_have_a_column_per_session_and_per_participant():
    wanted = asked(design="paired", sessions=["before", "after"])
    design = cohort_design(pairs(), wanted, GROUPS)
    assert design.columns[:3] == ["before", "after", "sub-p0"]
    matrix = np.array(design.matrix)
    assert np.linalg.matrix_rank(matrix) == 6 and matrix.shape == (10, 7)
    assert design.effects == [0, 1] and len(set(design.participants)) == 5


def test_a_regression_has_a_mean_and_a_slope():
    wanted = asked(design="regression", regressor="age", covariates=["iq"])
    rows = cohort(iq=[str(100 + i % 5) for i in range(12)])
    design = cohort_design(rows, wanted, GROUPS)
    assert design.columns == ["mean", "age", "iq"] and design.intercept == [0]


def test_one_group_alone_can_be_analysed():
    wanted = asked(design="one-sample", groups=["patient"])
    design = cohort_design(cohort(), wanted, GROUPS)
    assert set(design.groups) == {"patient"} and len(design.matrix) == 6
    assert design.members == [[i] for i in range(1, 12, 2)]


def test_sessions_are_averaged_or_kept():
    assert cohort_design(pairs(), asked(), GROUPS).members[0] == [0, 1]
    each = cohort_design(pairs(), asked(sessions="each"), GROUPS)
    assert len(each.matrix) == 10 and each.participants[:3] == ["p0", "p0", "p1"]


def test_a_global_value_of_the_cohort_is_a_covariate_but_no_effect_of_interest():
    rows = cohort(tiv=[str(1400 + 7 * i % 90) for i in range(12)])
    scaled = {"value": "tiv", "normalisation": "ancova", "grand_mean": None}
    design = cohort_design(rows, asked(**{"global": scaled}), GROUPS)
    assert design.columns[-1] == "tiv" and design.effects == [0, 1]


@pytest.mark.parametrize(
    ("columns", "changes", "sentence"),
    [
        ({"iq": ["1"] * 11 + [""]}, {"covariates": ["iq"]}, "missing for .* p11"),
        ({"iq": ["100"] * 12}, {"covariates": ["iq"]}, "'iq' is the same for all 12"),
        ({}, {"covariates": ["iq"]}, "'iq' is no column"),
        (
            {"site": list("ab") * 6},
            {"covariates": ["age", "site"]},
            "column 'site=b' of the design follows from groups:",
        ),
        (
            {"months": [str(12 * (40 + i * i % 17)) for i in range(12)]},
            {"covariates": ["age", "months"]},
            "column 'months' of the design follows from age:",
        ),
        ({"group": ["control"] * 12}, {}, "group 'patient' has no participant"),
        ({"site": "abcdefghijkl"}, {"covariates": ["site"]}, "follows from|too few"),
        ({}, {"design": "regression"}, "a regression needs 'regressor'"),
        ({}, {"design": "paired"}, "name them, such as"),
        ({}, {"design": "paired", "sessions": ["1", "2"]}, "p0 has no session '2'"),
    ],
)
def test_a_design_that_cannot_answer_says_why(columns, changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        cohort_design(cohort(**columns), asked(**changes), GROUPS)


@pytest.mark.parametrize("name", ["mean", "control", "effects", "groups"])
def test_a_covariate_that_contrasts_would_take_for_something_else_is_refused(name):
    rows = cohort(**{name: list("134276829551")})
    with pytest.raises(ValueError, match=f"'{name}' cannot be a covariate, .* rename"):
        cohort_design(rows, asked(covariates=["age", name]), GROUPS)


def test_a_sum_that_was_rounded_still_follows_from_its_parts(rng):
    parts = rng.normal([600, 500, 400], 50, size=(12, 3))
    volumes = np.column_stack([parts, parts.sum(1)]).round(3)
    names = ["gm", "wm", "csf", "tiv"]
    columns = dict(zip(names, volumes.T.astype(str), strict=True))
    with pytest.raises(ValueError, match="'tiv' .* follows from gm, wm, csf:"):
        cohort_design(cohort(**columns), asked(covariates=names), GROUPS)


@pytest.mark.parametrize("centring", ["overall", "none"])
def test_large_numbers_of_small_spread_are_covariates_like_others(centring):
    days = [str(20_240_000 + i * i % 17) for i in range(12)]
    wanted = asked(covariates=[{"name": "day", "centring": centring}])
    assert cohort_design(cohort(day=days), wanted, GROUPS).df == 9


def test_age_and_its_square_are_told_apart():
    squares = [str(float(row["age"]) ** 2) for row in cohort()]
    wanted = asked(covariates=["age", "square"])
    assert cohort_design(cohort(square=squares), wanted, GROUPS).df == 8


def test_a_covariate_of_the_participant_cannot_be_told_from_the_participants():
    wanted = asked(design="paired", sessions=["before", "after"], covariates=["age"])
    with pytest.raises(ValueError, match="'age' .* follows from participants"):
        cohort_design(pairs(), wanted, GROUPS)
    wanted["covariates"] = ["score"]
    rows = pairs()
    rows[0]["score"] = "9"
    assert "score" in cohort_design(rows, wanted, GROUPS).columns


def test_fewer_images_than_columns_is_refused():
    rows = cohort(4, iq=list("1342"))
    with pytest.raises(ValueError, match="4 images are too few for a two-sample"):
        cohort_design(rows, asked(covariates=["age", "iq"]), GROUPS)


def test_what_may_change_places_follows_from_the_contrast():
    design = cohort_design(cohort(4), asked(), GROUPS)
    assert exchange_of(design, [[-1, 1]]) == "labels"
    assert exchange_of(design, [[0.5, 0.5]]) == "signs"
    assert exchange_of(design, [[-1, 1]], "unequal") == "signs"
    assert arrangements(design, "labels") == 6 and arrangements(design, "signs") == 16


def test_pairs_flip_as_a_whole():
    wanted = asked(design="paired", sessions=["before", "after"])
    design = cohort_design(pairs(), wanted, GROUPS)
    assert exchange_of(design, [[-1, 1, 0, 0, 0, 0, 0]]) == "signs"
    assert arrangements(design, "signs") == 2**5


def weights(contrast, **changes):
    design = cohort_design(cohort(), asked(**changes), GROUPS)
    return contrast_weights(design, "c", contrast)


@pytest.mark.parametrize(
    ("contrast", "expected"),
    [
        ({"t": "age"}, [[0, 0, 1]]),
        ({"t": {"patient": 1, "control": -1}}, [[-1, 1, 0]]),
        ({"t": [-1, 1]}, [[-1, 1, 0]]),
        ({"t": "mean"}, [[0.5, 0.5, 0]]),
        ({"f": "groups"}, [[-1, 1, 0]]),
        ({"f": "age"}, [[0, 0, 1]]),
        ({"f": "effects"}, np.eye(3).tolist()),
        ({"f": ["age", {"patient": 1}, [1]]}, [[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
    ],
)
def test_contrasts_are_named_or_given_as_vectors(contrast, expected):
    found = weights(contrast, covariates=["age"])
    assert found.weights == expected
    assert found.statistic == next(iter(contrast)).upper()


@pytest.mark.parametrize(
    ("contrast", "sentence"),
    [
        ({"t": "agee"}, "contrast 'c': 'agee' is no column of the design, .* patient"),
        ({"t": [1, 2, 3]}, "3 weights do not fit the 2 columns control, patient"),
        ({"t": [0, 0]}, "all its weights are 0"),
    ],
)
def test_a_contrast_of_nothing_is_refused(contrast, sentence):
    with pytest.raises(ValueError, match=sentence):
        weights(contrast)


def test_a_mean_is_not_estimated_within_participants():
    wanted = asked(design="paired", sessions=["before", "after"])
    design = cohort_design(pairs(), wanted, GROUPS)
    with pytest.raises(ValueError, match="differences between before and after"):
        contrast_weights(design, "c", {"t": "before"})
    found = contrast_weights(design, "c", {"t": {"after": 1, "before": -1}})
    assert found.weights == [[-1, 1, 0, 0, 0, 0, 0]]
