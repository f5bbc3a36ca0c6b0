"""What the statistics cannot answer is said before anything runs."""

import pytest

from scan2map.covariates import check_design, covariate_columns, sessions_of

GROUPS = ["control", "patient"]


def people(**columns):
    """Eight participants, four in each group, with further columns."""
    rows = [
        {"participant_id": f"P{n}", "group": GROUPS[n // 4], "age": str(50 + n % 4)}
        for n in range(8)
    ]
    for name, values in columns.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    return rows


def test_a_usable_design_passes():
    check_design(people(sex="FMFMFMFM"), GROUPS, ["age", "sex"])


@pytest.mark.parametrize(
    ("columns", "covariates", "complaint"),
    [
        ({"site": "AAAAAAAA"}, ["site"], "'site' is the same for all 8"),
        ({"site": "AAAABBBB"}, ["age", "site"], "age, site separate the groups"),
        ({"sex": "FMfMFMFM"}, ["sex"], "'sex' is 'F' for some and 'f' for others"),
        (
            {"years": ["1", "2", "12,5", "3", "4", "5", "6", "7"]},
            ["years"],
            "'years' of participant P2 is '12,5', others have numbers",
        ),
        ({"education": ["1", ""] * 4}, ["education"], "missing for participant P1"),
        ({"years": ["10,5", "12,0"] * 4}, ["years"], "'10,5': decimals have a point"),
        ({}, ["educaton"], "'educaton' is no column of the cohort, which has part"),
        ({"site": "ABCDEFGA"}, ["site"], "too few for two groups"),
    ],
)
def test_a_covariate_that_cannot_be_used_is_named(columns, covariates, complaint):
    with pytest.raises(ValueError, match=complaint):
        check_design(people(**columns), GROUPS, covariates)


def test_a_group_without_anybody_is_named():
    with pytest.raises(ValueError, match="group 'patient' has no participant"):
        check_design(people()[:4], GROUPS, [])


def test_numbers_are_averaged_over_sessions_and_centred():
    rows = people()[:2] + [people()[0] | {"age": "56"}]
    ((name, values),) = covariate_columns(sessions_of(rows), "age")
    assert name == "age"
    assert values == [1.0, -1.0]  # (50 + 56) / 2 and 51
