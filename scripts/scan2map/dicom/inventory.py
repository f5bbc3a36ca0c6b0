"""List what is in the folder of a session, and what became of it."""

import csv
from collections import Counter

from scan2map.dicom.deidentification import plain_words

COLUMNS = ("series", "description", "images", "verdict", "output")
"""Of the inventory of a session."""

LET_THROUGH = "let through: "
"""How the verdict on what is wrong, and wanted all the same, begins."""


def take_inventory(series, passed_over, chosen, failed, findings):
    """Return a row for each series and for each kind of file beside them.

    Parameters
    ----------
    series : dict of str to list of scan2map.dicom.headers.Image
        As from `scan2map.dicom.series.by_series`.
    passed_over : list of (str, str)
        Names of files that are no images, and what they are.
    chosen : dict of str to str
        UID of each series that is wanted, and the name of the image it became.
    failed : dict of str to str
        UID of each series that could not be converted, and why.
    findings : list of scan2map.dicom.findings.Finding
        What was let through.

    Returns
    -------
    list of dict
        With the keys of `COLUMNS`.
    """
    rows, told = [], set()
    for uid, images in series.items():
        names = {image.name for image in images}
        verdict = "converted" if uid in chosen else "not asked for"
        if uid in failed:
            verdict = "not asked for, could not be converted"
        kinds = [f.kind for f in findings if f.series == uid or f.where in names]
        if uid in chosen and kinds:
            told.update(kinds)
            verdict = LET_THROUGH + ", ".join(dict.fromkeys(kinds))
        number, description = _number(images[0]), _describe(images[0])
        output = chosen.get(uid, "")
        rows.append(_row(number, description, len(images), verdict, output))
    rows.sort(key=lambda row: int(row["series"] or 0))
    for kind in dict.fromkeys(f.kind for f in findings if f.kind not in told):
        rows.append(_row("", "the whole folder", "", LET_THROUGH + kind, ""))
    copies = "copy of another file"
    beside = Counter(
        copies if why.startswith("the same file") else why for _, why in passed_over
    )
    return rows + [_row("", why, n, "passed over", "") for why, n in beside.items()]


def let_through_in(path):
    """Return the kinds of findings that a written inventory says were let through.

    Parameters
    ----------
    path : str or Path
        Table with the columns `COLUMNS`.

    Returns
    -------
    list of str
        Sorted.
    """
    with open(path, newline="") as file:
        verdicts = [row["verdict"] for row in csv.DictReader(file, delimiter="\t")]
    return sorted(
        {
            kind
            for verdict in verdicts
            if verdict.startswith(LET_THROUGH)
            for kind in verdict.removeprefix(LET_THROUGH).split(", ")
        }
    )


def _number(image):
    """Return the number of a series as text; none where its header has no number."""
    number = image.numbers["SeriesNumber"]
    return "" if number is None else f"{number:.0f}"


def _describe(image):
    return plain_words(image.texts["SeriesDescription"])


def _row(*values):
    return dict(zip(COLUMNS, values, strict=True))
