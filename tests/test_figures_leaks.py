import pandas as pd
import pytest

from scan2map.figures.leaks import leak_rows, verdict


def audit(run_as, test_people):
    """Return the audit of one network per number of test participants upstream."""
    return pd.DataFrame(
        {
            "run_as": run_as,
            "files": range(900, 900 + len(test_people)),
            "people": 39,
            "test_people": test_people,
        }
    )


@pytest.mark.parametrize(
    ("run_as", "test_people", "sentence"),
    [
        ("honest", [0, 0], "no test participant upstream of any of 2 networks"),
        ("replica", [0, 0], "no test participant upstream of any of 2 networks"),
        (
            "replica",
            [4, 5],
            "test participants upstream of every network, as published",
        ),
        (
            "replica",
            [4, 0],
            "test participants upstream of 1 of 2 networks, as published",
        ),
        ("honest", [0, 1], "test participants upstream of 1 of 2 networks"),
    ],
)
def test_the_verdict_says_whether_networks_knew_whom_they_test(
    run_as, test_people, sentence
):
    assert verdict(audit(run_as, test_people)) == sentence


def test_numbers_are_ranges_over_networks():
    row = leak_rows({"ASC": audit("replica", [4, 5])}).iloc[0]
    dash = "\N{EN DASH}"
    assert row["files upstream"] == f"900{dash}901" and row["people upstream"] == "39"
    assert row["test participants upstream"] == f"4{dash}5"
