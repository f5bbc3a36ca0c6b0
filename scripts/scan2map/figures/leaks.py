"""The table of the leak audit: had any network seen the people it tests?"""

import pandas as pd


def leak_rows(audits):
    """Lay out in words what the audit of each experiment found.

    Parameters
    ----------
    audits : dict of str to pandas.DataFrame
        Label of the experiment to its audit, a row per network: `run_as`, `files` and
        `people` upstream, and the number of `test_people` among them.

    Returns
    -------
    pandas.DataFrame
        Text, a row per experiment: what was walked, what was found, the verdict.
    """
    rows = []
    for label, audit in audits.items():
        rows.append(
            {
                "experiment": label,
                "networks": f"{len(audit)}",
                "files upstream": _range(audit["files"]),
                "people upstream": _range(audit["people"]),
                "test participants upstream": _range(audit["test_people"]),
                "verdict": verdict(audit),
            }
        )
    return pd.DataFrame(rows)


def verdict(audit):
    """Say in a sentence what the audit of one experiment means.

    Parameters
    ----------
    audit : pandas.DataFrame
        A row per network: `run_as`, `test_people`.

    Returns
    -------
    str
    """
    leaking = int((audit["test_people"] > 0).sum())
    if not leaking:
        return f"no test participant upstream of any of {len(audit)} networks"
    many = (
        "every network"
        if leaking == len(audit)
        else f"{leaking} of {len(audit)} networks"
    )
    as_published = ", as published" if (audit["run_as"] == "replica").all() else ""
    return f"test participants upstream of {many}{as_published}"


def _range(numbers):
    """Write the lowest and the highest of some numbers, once where they agree."""
    low, high = numbers.min(), numbers.max()
    return f"{low}" if low == high else f"{low}\N{EN DASH}{high}"
