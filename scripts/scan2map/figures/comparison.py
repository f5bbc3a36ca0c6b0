"""Table 2 of Teh et al. (2023): each input under each protocol, and the paper's own."""

import pandas as pd

from scan2map.figures.tables import write_score

SCORES = {
    "accuracy": "accuracy",
    "precision": "precision",
    "sensitivity": "recall",
    "f1": "F1",
    "auc": "AUC",
}
"""Scores in the paper's order, and what the paper calls them."""

PROTOCOLS = ("honest", "replica", "published", "majority class")
"""Rows of an input, from top to bottom."""


def comparison_table(experiments, scores):
    """Lay out the scores of each input under each protocol.

    Parameters
    ----------
    experiments : list of dict
        ``configured_label``, ``run_as`` (``honest`` or ``replica``), and
        ``published``: the paper's ``accuracy``, ``precision``,
        ``recall``, ``f1`` and ``auc``, some of them or none.
    scores : list of pandas.DataFrame
        Of each experiment: `score`, `pooling`, `value`, `ci_low`, `ci_high`,
        `trivial`.

    Returns
    -------
    pandas.DataFrame
        A row per input, protocol and score: `input` (the label), `protocol` (of
        `PROTOCOLS`), `score` (the paper's name), `value`, `ci_low` and
        `ci_high` (NaN for published scores and the majority class).

    Raises
    ------
    ValueError
        An experiment lacks pooled scores.
    """
    rows = []
    for experiment, table in zip(experiments, scores, strict=True):
        protocol = experiment["run_as"]
        about = {"input": experiment["configured_label"]}
        pooled = _pooled(table, experiment["configured_label"])
        rows += _rows(about | {"protocol": protocol}, pooled)
        trivial = pooled[["trivial"]].rename(columns={"trivial": "value"})
        rows += _rows(about | {"protocol": "majority class"}, trivial)
        published = pd.DataFrame({"value": experiment["published"]}, dtype=float)
        published = published.rename(index={"recall": "sensitivity"})
        rows += _rows(about | {"protocol": "published"}, published)
    return _ordered(pd.DataFrame(rows).drop_duplicates(["input", "protocol", "score"]))


def _pooled(table, label):
    """Return the pooled scores of an experiment, by score."""
    pooled = table[table["pooling"] == "pooled"].set_index("score")
    absent = [score for score in SCORES if score not in pooled.index]
    if absent:
        raise ValueError(
            f"the scores of experiment '{label}' lack pooled {', '.join(absent)}: "
            "remove its scores.tsv and run Snakemake again"
        )
    return pooled


def _rows(about, table):
    """Return one protocol's scores as rows of the table."""
    return [
        about
        | {"score": name}
        | {c: table.at[s, c] for c in ("value", "ci_low", "ci_high") if c in table}
        for s, name in SCORES.items()
        if s in table.index
    ]


def _ordered(table):
    """Keep the order of inputs; within each, follow `PROTOCOLS`."""
    inputs = list(table["input"].unique())
    place = table["input"].map(inputs.index), table["protocol"].map(PROTOCOLS.index)
    table = table.assign(first=place[0], second=place[1])
    table = table.sort_values(["first", "second"], kind="stable", ignore_index=True)
    return table.drop(columns=["first", "second"])


def comparison_rows(table):
    """Lay out the comparison with a line per input and protocol.

    Parameters
    ----------
    table : pandas.DataFrame
        From `comparison_table`.

    Returns
    -------
    pandas.DataFrame
        Text: `input`, in the first of its lines only, `protocol`, and the scores.
    """
    lines = []
    for about, rows in table.groupby(["input", "protocol"], sort=False):
        found = {
            row.score: write_score(row.value, row.ci_low, row.ci_high)
            for row in rows.itertuples()
        }
        cells = {name: found.get(name, "\N{EN DASH}") for name in SCORES.values()}
        lines.append(dict(zip(("input", "protocol"), about, strict=True)) | cells)
    lines = pd.DataFrame(lines)
    lines.loc[lines["input"].duplicated(), "input"] = ""
    return lines
