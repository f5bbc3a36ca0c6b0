"""The cohort table: one row per imaging session; standard library only."""

import csv
import difflib
import os
import random
import re
from pathlib import Path

from scan2map.splits import derive_seed

REQUIRED = ("participant_id", "session_id", "group", "age", "sex", "site")
"""Columns every cohort table has; `dicom` joins them where DICOM is the source."""

OPTIONAL = ("family", "onset_side", "exclude")
"""Columns with a meaning of their own; any other column is a covariate."""

OLDEST = 120
"""Years; more is a slip, or a year of birth."""

MISSING = ("", "n/a", "na", "nan", "null", "none")
"""What stands for a missing value, in any case."""

LABEL = re.compile(r"[A-Za-z0-9]{1,40}")
"""What participant, session and group labels consist of, as in BIDS entities; names of
files hold several."""


def read_cohort(path, groups, source, covariates=None, look=True):
    """Read and check a cohort table.

    Parameters
    ----------
    path : str or Path
        Tab-separated table with a header line and one row per imaging session.
    groups : list of str
        The groups that the study compares.
    source : {"dicom", "bids"}
        Where images come from; DICOM needs the column ``dicom``, whose relative paths
        start at the table's folder.
    covariates : dict of str to str, optional
        Columns that the statistics need, and what to say where one is missing, '' for
        nothing; values may be missing of people who take part in no analysis that uses
        them.
    look : bool
        Whether DICOM paths must lead to something. A job need not look for those of all
        sessions once more.

    Returns
    -------
    list of dict of str
        All sessions in the order of their labels, left-out ones too: in which order a
        table has them changes nothing. ``sub-`` and ``ses-`` are taken off labels;
        `family`, `onset_side`, `exclude` are '' where absent. Paths of `dicom` in the
        working directory are relative to it, so that all of it can be moved.

    Raises
    ------
    ValueError
        Every problem of the table, a sentence each: which row, which value, what to do.
    """
    columns, numbered = _read_table(path)
    misspelt = [f"{path} {problem}" for problem in _misspelt(columns)]
    if misspelt:
        raise ValueError("\n".join(misspelt))
    required = REQUIRED + (("dicom",) if source == "dicom" else ())
    covariates = covariates or {}
    wanted = dict.fromkeys([*required, *covariates])
    absent = [column for column in wanted if column not in columns]
    if absent:
        said = [covariates[column] for column in absent if covariates.get(column)]
        lacking = (
            f"{path} has no column {', '.join(absent)}; its columns are "
            f"{', '.join(columns)}{_other_separator(columns)}"
        )
        raise ValueError("\n".join([lacking, *said]))
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise ValueError(f"{path} has the column {', '.join(twice)} more than once")
    problems, folder = [], Path(path).resolve().parent
    for number, row in numbered:
        where = f"{path}, line {number}"
        if "_too_many" in row or None in row.values():
            problems.append(f"{where}: needs {len(columns)} values separated by tabs")
            continue
        _tidy(row)
        if not row["exclude"]:
            problems += [f"{where}: {p}" for p in _problems(row, required, groups)]
            if source == "dicom" and row["dicom"]:
                given, row["dicom"] = row["dicom"], _located(row["dicom"], folder)
                if "{" in row["dicom"] or "}" in row["dicom"]:
                    problems.append(
                        f"{where}: the DICOM path '{given}' has braces, which would be "
                        "taken for a wildcard; rename the folder"
                    )
                elif look and not os.path.exists(row["dicom"]):
                    problems.append(
                        f"{where}: the DICOM path '{given}' does not exist (looked for "
                        f"{os.path.abspath(row['dicom'])}); relative paths start at "
                        "the table's folder"
                    )
    if not problems:
        problems = [f"{path}{p}" for p in _contradictions(numbered)]
    if not numbered:
        problems.append(f"{path} has a header but no rows")
    if problems:
        raise ValueError("\n".join(problems))
    rows = [row for _, row in numbered]
    return sorted(rows, key=lambda row: (row["participant_id"], row["session_id"]))


def _read_table(path):
    """Return a table's columns, and its rows with the numbers of their lines."""
    if not path:
        raise ValueError(
            "'cohort' is not set in the configuration: it names a tab-separated table "
            "with one row per imaging session"
        )
    if not Path(path).is_file():
        raise ValueError(
            f"the cohort table {Path(path).absolute()} is no file: set 'cohort' in the "
            "configuration to a tab-separated table with one row per imaging session"
        )
    with open(path, newline="", encoding="utf-8-sig") as file:
        # A quotation mark is a character like others: unclosed, it would swallow lines.
        reader = csv.DictReader(
            file, delimiter="\t", restkey="_too_many", quoting=csv.QUOTE_NONE
        )
        try:
            columns = reader.fieldnames = [
                _unquoted(name) for name in reader.fieldnames or []
            ]
            numbered = [(reader.line_num, row) for row in reader]
        except UnicodeDecodeError as error:
            byte = error.object[error.start]
            raise ValueError(
                f"{path} is not UTF-8 (byte {byte:#x}): save it as 'text, UTF-8', or "
                "write names without accents"
            ) from None
    if not columns:
        raise ValueError(f"{path} is empty: the first line names the columns")
    return columns, numbered


def _unquoted(text):
    """Strip blanks, and the quotation marks that some programs put around values."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"').strip()
    return text


def _misspelt(columns):
    """Yield a sentence for each column that looks like one with a meaning."""
    known = (*REQUIRED, "dicom", *OPTIONAL)
    for column in columns:
        meant = difflib.get_close_matches(column.lower(), known, n=1, cutoff=0.9)
        if column not in known and meant:
            yield (
                f"has the column '{column}', which looks like '{meant[0]}': correct "
                "its name, or choose one that cannot be mistaken"
            )


def _other_separator(columns):
    """Return a hint where the columns seem to be separated by something else."""
    for separator in ",;":
        if len(columns) == 1 and separator in columns[0]:
            return f" (separated by '{separator}'; save the table with tabs instead)"
    return " (columns are separated by tabs)"


def _tidy(row):
    """Strip values, take BIDS prefixes off labels, make optional columns exist."""
    for column, value in row.items():
        value = _unquoted(value)
        row[column] = "" if value.lower() in MISSING else value
    row["participant_id"] = row["participant_id"].removeprefix("sub-")
    row["session_id"] = row["session_id"].removeprefix("ses-")
    for column in OPTIONAL:
        row.setdefault(column, "")
    if row["exclude"].lower() in ("0", "n", "no", "false"):
        row["exclude"] = ""


def _problems(row, required, groups):
    """Yield a sentence for each thing that is wrong with one row."""
    for column in required:
        if not row[column]:
            yield (
                f"'{column}' is missing; fill it in, or leave the session out by "
                "writing the reason in the column 'exclude'"
            )
    for column in ("participant_id", "session_id", "group"):
        if row[column] and not LABEL.fullmatch(row[column]):
            yield (
                f"{column} '{row[column]}' may consist of letters and digits only, at "
                "most 40 of them; rename it"
            )
    if row["group"] and row["group"] not in groups:
        yield (
            f"group '{row['group']}' is unknown; the configuration compares "
            f"{' and '.join(groups)}: correct the row or 'groups', or exclude it"
        )
    if row["onset_side"] not in ("", "left", "right"):
        yield f"onset_side '{row['onset_side']}' must be left, right or empty"
    if row["age"] and not _is_number(row["age"]):
        yield f"age '{row['age']}' is not a number of years (decimals have a point)"
    elif row["age"] and float(row["age"]) > OLDEST:
        yield f"age '{row['age']}' is more than {OLDEST} years: correct it"


def _is_number(text):
    """Tell whether a text is a finite decimal number, not negative."""
    return re.fullmatch(r"\+?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


def _located(path, folder):
    """Return a path of a table that lies in a folder, without ``..`` and ``~``.

    It is relative to the working directory where it leads into it.
    """
    path = os.path.normpath(os.path.join(folder, os.path.expanduser(path)))
    here = os.getcwd()
    return os.path.relpath(path) if path.startswith(here + os.sep) else path


def _contradictions(numbered):
    """Yield a sentence for each pair of rows that cannot both be true."""
    first, facts, spelling, scanned = {}, {}, {}, {}
    for number, row in numbered:
        who = row["participant_id"]
        key = (who.lower(), row["session_id"].lower())
        known = spelling.setdefault(who.lower(), (number, who))
        if known[1] != who:
            yield (
                f", lines {known[0]} and {number}: participants '{known[1]}' and "
                f"'{who}' differ only in case: is it one person? Write the same label, "
                "or one that differs in more"
            )
        if key in first:
            yield (
                f", lines {first[key]} and {number}: participant '{who}', session "
                f"'{row['session_id']}' appears twice (labels that differ only in case "
                "count as the same); every imaging session has one row"
            )
        first.setdefault(key, number)
        if row["exclude"]:
            continue
        if row.get("dicom"):
            before = scanned.setdefault(os.path.realpath(row["dicom"]), number)
            if before != number:
                yield (
                    f", lines {before} and {number}: both have the DICOM path "
                    f"{row['dicom']}: the same scan would count for two sessions; "
                    "correct one"
                )
        for column in ("group", "sex", "family"):
            known = facts.setdefault((who, column), (number, row))
            if known[1][column] != row[column]:
                yield (
                    f", lines {known[0]} and {number}: participant '{who}' has "
                    f"{column} '{known[1][column]}' and '{row[column]}'; it belongs to "
                    "the participant, not the session"
                )


def phantom_cohort(groups, seed):
    """Invent the participants of the phantom study.

    Parameters
    ----------
    groups : dict of str to int
        Participants per group.
    seed : int
        The same seed gives the same people; a larger group keeps those it had.

    Returns
    -------
    list of dict of str
        Rows as from `read_cohort`, one session each; ages 45 to 75 years.
    """
    rows = []
    for group, size in groups.items():
        for number in range(1, size + 1):
            participant = f"{group}{number:03d}"
            rng = random.Random(derive_seed(seed, "participant", participant))
            row = dict.fromkeys(REQUIRED + OPTIONAL, "")
            row |= {"participant_id": participant, "session_id": "1", "group": group}
            row |= {"age": f"{rng.uniform(45, 75):.1f}", "sex": rng.choice("FM")}
            rows.append(row | {"site": "phantom"})
    return rows


def leave_out(rows, participants):
    """Return the rows of a cohort but those of some participants."""
    return [row for row in rows if row["participant_id"] not in participants]


def write_cohort(rows, path):
    """Write sessions as a tab-separated table, without where their DICOM lies.

    A missing value is ``n/a``, as in BIDS.
    """
    columns = list(dict.fromkeys(column for row in rows for column in row))
    columns = [column for column in columns if column != "dicom"]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([row.get(column, "") or "n/a" for column in columns])
