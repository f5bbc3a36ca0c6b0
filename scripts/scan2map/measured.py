"""Volumes that a study measures in its T1w images, as columns of its cohort.

Standard library only: the plan checks designs before anything is measured.
"""

import csv
import random

MEASURED = ("gm", "wm", "csf", "tiv")
"""Volumes in mL: grey matter, white matter, fluid, and the three together."""


def with_places(rows, columns):
    """Return rows in which columns that are yet to be measured hold their place.

    Parameters
    ----------
    rows : list of dict of str
        Sessions of the cohort.
    columns : sequence of str
        Of `MEASURED`, those that the study measures.

    Returns
    -------
    list of dict of str
        What the cohort has stays. Places hold volumes at random, positive and different
        from session to session, ``tiv`` the sum of the others where all are measured:
        what a design of them cannot answer, it cannot answer with any volumes.
    """
    draw = random.Random(0).uniform
    places = [{column: draw(100, 2000) for column in columns} for _ in rows]
    for place in places:
        if set(place) == set(MEASURED):
            place["tiv"] = place["gm"] + place["wm"] + place["csf"]
    return [
        {column: f"{volume:.6f}" for column, volume in place.items()} | row
        for place, row in zip(places, rows, strict=True)
    ]


def read_volumes(path):
    """Return {(participant, session): {column: volume as text}} of a table.

    Parameters
    ----------
    path : str or Path
        Tab-separated, with ``participant_id``, ``session_id`` and `MEASURED`.
    """
    with open(path, newline="", encoding="utf-8") as file:
        return {
            (row["participant_id"], row["session_id"]): {c: row[c] for c in MEASURED}
            for row in csv.DictReader(file, delimiter="\t")
        }


def with_volumes(rows, volumes):
    """Return rows with the volumes that were measured.

    Parameters
    ----------
    rows : list of dict of str
        Sessions of the cohort.
    volumes : dict
        From `read_volumes`.

    Returns
    -------
    list of dict of str
        What the cohort has stays.
    """
    return [volumes[row["participant_id"], row["session_id"]] | row for row in rows]
