"""Tables of one row per volume, as fMRIPrep writes them."""

import csv
import math

import numpy as np

MISSING = "n/a"


def read_table(path):
    """Return the columns of a TSV file as dict of float arrays; n/a becomes NaN.

    Raises
    ------
    ValueError
        No header and rows, rows of different length, or a value that is no number.
    """
    with open(path, newline="") as file:
        lines = list(csv.reader(file, delimiter="\t")) or [[]]
    header, *rows = [[field.strip() for field in line] for line in lines]
    if not rows or any(len(row) != len(header) for row in rows):
        raise ValueError(
            f"{path} should have a header and, per volume, a row of as many fields, "
            "separated by tabs"
        )
    try:
        values = [[math.nan if v == MISSING else float(v) for v in r] for r in rows]
    except ValueError as error:
        raise ValueError(f"{path} should hold numbers or {MISSING}: {error}") from None
    return dict(zip(header, np.array(values).T, strict=True))


def write_table(table, path):
    """Write a dict of columns as TSV; NaN becomes n/a.

    Nine digits are kept: what float32 images can tell, and not the last bits of sums.
    """
    lines = ["\t".join(table)]
    for row in zip(*table.values(), strict=True):
        lines.append("\t".join(_text(value) for value in row))
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def _text(value):
    return MISSING if math.isnan(value) else f"{value + 0.0:.9g}"
