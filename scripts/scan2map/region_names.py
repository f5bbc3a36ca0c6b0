"""The table beside an atlas; standard library only: the plan reads it, too."""

import csv

COLUMNS = ("index", "name")
"""Columns that an atlas's table must have, as in BIDS."""

EXPECTED = (
    f"expected are the columns {' and '.join(COLUMNS)}, separated by tabs, and a line "
    "per region"
)


def read_names(path):
    """Return the names of an atlas's regions.

    Parameters
    ----------
    path : str or Path
        Table with the columns `COLUMNS`, separated by tabs.

    Returns
    -------
    dict of int to str

    Raises
    ------
    ValueError
        The table is no text in UTF-8, lacks a column or has no lines; an index is no
        whole number, or there twice; a region has no name. Says which file.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file, delimiter="\t")
            rows = [(table.line_num, row) for row in table]
            columns = table.fieldnames or []
    except (UnicodeDecodeError, csv.Error) as problem:
        raise ValueError(
            f"the atlas's table {path} is no text in UTF-8 ({problem}): {EXPECTED}"
        ) from None
    for column in COLUMNS:
        if column not in columns:
            found = (
                f"its columns are {', '.join(columns)}" if columns else "it is empty"
            )
            raise ValueError(
                f"the atlas's table {path} has no column '{column}', {found}: "
                f"{EXPECTED}"
            )
    if not rows:
        raise ValueError(
            f"the atlas's table {path} has no line but its head: {EXPECTED}"
        )
    names = {}
    for line, row in rows:
        where = f"line {line} of the atlas's table {path}"
        try:
            index = int(row["index"] or "")
        except ValueError:
            raise ValueError(
                f"{where} has the index '{row['index']}': a whole number was expected, "
                "the region's value in the atlas's image"
            ) from None
        if not row["name"]:
            raise ValueError(f"{where} has no name for the region {index}: give it one")
        if index in names:
            raise ValueError(
                f"{where} has the index {index}, as a line before it: delete one"
            )
        names[index] = row["name"]
    return names
