"""The page of what each session's DICOM held, and what became of it."""

from collections import Counter
from html import escape

import pandas as pd

from scan2map.dicom.findings import KINDS
from scan2map.dicom.inventory import LET_THROUGH
from scan2map.figures.tables import table_element
from scan2map.html import html_page


def inventory_page(inventories, study):
    """Set the inventories of all sessions as a page.

    Parameters
    ----------
    inventories : dict of str to list of dict of str
        Name of the session to the rows of its inventory, see
        `scan2map.dicom.inventory.take_inventory`.
    study : str

    Returns
    -------
    str
        What was let through comes first; then each session, those with the same
        inventory together.
    """
    body = [_let_through(inventories)]
    alike = {}
    for session, rows in inventories.items():
        key = tuple(tuple(row.values()) for row in rows)
        alike.setdefault(key, []).append(session)
    for sessions in alike.values():
        rows = pd.DataFrame(inventories[sessions[0]]).replace("", "\N{EN DASH}")
        leads = [row["output"] != "" for row in inventories[sessions[0]]]
        body.append(f"<h2>{escape(_named(sessions))}</h2>")
        body.append(table_element(rows, leads))
    body.append(
        "<p>Words of a series' description that are not known from protocols are "
        "masked (…): they could be names.</p>"
    )
    return html_page(f"DICOM: {study}", "\n".join(body))


def _named(sessions):
    """Name sessions that have the same inventory, at most a dozen of them."""
    shown = ", ".join(sessions[:12])
    return shown if len(sessions) < 13 else f"{shown} and {len(sessions) - 12} more"


def _let_through(inventories):
    """List the findings that were let through, and in which sessions."""
    where = {}
    for session, rows in inventories.items():
        for row in rows:
            if row["verdict"].startswith(LET_THROUGH):
                for kind in row["verdict"].removeprefix(LET_THROUGH).split(", "):
                    where.setdefault(kind, Counter())[session] += 1
    if not where:
        return "<p>Nothing was wrong with the files of any session.</p>"
    rows = pd.DataFrame(
        {
            "let through": [f"{kind}: {KINDS[kind]}" for kind in where],
            "sessions": [f"{len(sessions)}" for sessions in where.values()],
            "which": [_named(list(sessions)) for sessions in where.values()],
        }
    )
    return table_element(rows, [True] * len(rows))
