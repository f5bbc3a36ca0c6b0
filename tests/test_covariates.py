"""What the statistics cannot answer is said before anything runs."""

import pytest

from scan2map.covariates import centred, covariate_columns

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


@pytest.mark.parametrize(
    ("columns", "covariate", "complaint"),
    [
        ({"site": "AAAAAAAA"}, "site", "'site' is the same for all 8"),
        ({"sex": "FMfMFMFM"}, "sex", "'sex' is 'F' for some and 'f' for others"),
        (
            {"years": ["1", "2", "12,5", "3", "4", "5", "6", "7"]},
            "years",
            "'years' of participant P2 is '12,5', others have numbers",
        ),
        ({"years": ["1_0", *"1234567"]}, "years", "P0 is '1_0', others have numbers"),
        ({"education": ["1", ""] * 4}, "education", "missing for participant P1"),
        ({"years": ["10,5", "12,0"] * 4}, "years", "'10,5': decimals have a point"),
        ({}, "educaton", "'educaton' is no column of the cohort, which has part"),
    ],
)
def test_a_covariate_that_cannot_be_used_is_named(columns, covariate, complaint):
    rows = {row["participant_id"]: [row] for row in people(**columns)}
    with pytest.raises(ValueError, match=complaint):
        covariate_columns(rows, covariate)


def test_numbers_are_averaged_over_sessions():
    first, second = people()[:2]
    rows = {"P0": [first, first | {"age": "56"}], "P1": [second]}
    assert covariate_columns(rows, "age") == [("age", [53.0, 51.0])]  # 50, 56 and 51


def test_columns_are_centred_overall_by_group_on_a_number_or_not():
    values, groups = [1.0, 3.0, 10.0, 20.0], ["a", "a", "b", "b"]
    assert centred(values, "overall", groups) == [-7.5, -5.5, 1.5, 11.5]
    assert centred(values, "group", groups) == [-1, 1, -5, 5]
    assert centred(values, 3, groups) == [-2, 0, 7, 17]
    assert centred(values, "none", groups) == values
