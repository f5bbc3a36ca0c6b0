"""The table of scores: every experiment beside what chance would give."""

from html import escape

import pandas as pd

from scan2map.html import html_page

SCORES = {
    "auc": "AUC",
    "accuracy": "accuracy",
    "precision": "precision",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "f1": "F1",
}
"""Scores in the table's order, and how their columns are called."""


def score_rows(scores, networks):
    """Lay out the pooled scores of each experiment in words and numbers.

    Parameters
    ----------
    scores : dict of str to pandas.DataFrame
        Label of the experiment to its scores: `score`, `pooling`, `value`, `ci_low`,
        `ci_high`, `trivial`, `permutation_mean`, `permutation_p`, `n_participants`,
        `n_sessions`.
    networks : dict of str to dict
        Label of the experiment to the description of its network; ``parameters`` is
        what training fitted.

    Returns
    -------
    pandas.DataFrame
        Three rows per experiment: out-of-fold scores with their intervals, the
        majority class, permuted labels with their p values; the first column holds
        the label, and below it the numbers of participants and parameters.

    Raises
    ------
    ValueError
        An experiment has no pooled scores.
    """
    rows = []
    for label, table in scores.items():
        pooled = table[table["pooling"] == "pooled"].set_index("score")
        absent = [score for score in SCORES if score not in pooled.index]
        if absent:
            raise ValueError(
                f"the scores of experiment '{label}' lack pooled {', '.join(absent)}"
            )
        first = pooled.iloc[0]
        about = (
            label,
            f"{first['n_participants']} participants, {first['n_sessions']} sessions",
            f"{networks[label]['parameters']:,} parameters",
        )
        for name, (kind, write) in zip(about, CELLS.items(), strict=True):
            cells = {SCORES[s]: write(pooled.loc[s]) for s in SCORES}
            rows.append({"experiment": name, "scores": kind} | cells)
    return pd.DataFrame(rows)


def write_score(value, low=None, high=None):
    """Write a score, with its interval where there is one.

    Precision does not exist where nobody is called positive: a dash then.
    """
    if pd.isna(value):
        return "\N{EN DASH}"
    return f"{value:.2f}" if pd.isna(low) else f"{value:.2f} [{low:.2f}, {high:.2f}]"


CELLS = {
    "out of fold": lambda r: write_score(r["value"], r["ci_low"], r["ci_high"]),
    "majority class": lambda r: write_score(r["trivial"]),
    "permuted labels": lambda r: (
        f"{write_score(r['permutation_mean'])} (p = {r['permutation_p']:.2g})"
        if pd.notna(r["value"])
        else write_score(r["value"])
    ),
}
"""Row of the table to what stands in its cells."""


def html_table(rows, leads, title, note):
    """Set a table as a page that needs no other file.

    Parameters
    ----------
    rows : pandas.DataFrame
        All cells are text.
    leads : sequence of bool
        Whether a row is the first of a group, and set in bold under a line.
    title, note : str
        Above and below the table.

    Returns
    -------
    str
    """
    return html_page(title, f"{table_element(rows, leads)}\n<p>{escape(note)}</p>")


def table_element(rows, leads):
    """Set a table as HTML; parameters as in `html_table`."""
    head = "".join(f"<th>{escape(column)}</th>" for column in rows.columns)
    lines = []
    for row, lead in zip(rows.itertuples(index=False), leads, strict=True):
        cells = "".join(f"<td>{escape(value)}</td>" for value in row)
        lines.append(f"<tr{' class=first' if lead else ''}>{cells}</tr>")
    body = "\n".join([f"<thead><tr>{head}</tr></thead>", "<tbody>", *lines, "</tbody>"])
    return f"<table>\n{body}\n</table>"
