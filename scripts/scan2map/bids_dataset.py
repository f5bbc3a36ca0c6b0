"""What makes a folder of converted images a BIDS dataset; standard library only."""

import csv
from pathlib import Path

from scan2map import __version__

BIDS_VERSION = "1.10.0"

PER_SESSION = ("session_id", "dicom", "exclude")
"""Columns of the cohort that say nothing about a participant."""

COLUMNS = {
    "participant_id": {"Description": "Participant, as in the folder's name."},
    "age": {"Description": "Age at the imaging session.", "Units": "year"},
    "sex": {"Description": "Sex, as written in the cohort table."},
    "group": {"Description": "Group of the study's comparison."},
    "site": {"Description": "Where the participant was scanned."},
    "family": {"Description": "Participants with the same label belong together."},
    "onset_side": {"Description": "Body side on which a lateralised disease began."},
}
"""Descriptions of the columns that mean the same in every study."""

NOT_BIDS = ("cohort.tsv", "*_inventory.tsv")
"""Files of the folder that the validator is told to skip."""


def read_table(path):
    """Return the rows of a tab-separated table as a list of dict of str."""
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write_table(rows, path):
    """Write rows (list of dict with equal keys) as tab-separated table."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def participants(cohort):
    """Return the rows of participants.tsv: one per participant.

    Parameters
    ----------
    cohort : list of dict of str
        One row per imaging session, labels without ``sub-``.

    Returns
    -------
    list of dict of str
        Columns with values that are the same in all sessions of every participant; one
        that differs, such as age in a longitudinal study, is left out, and so are empty
        ones. A missing value is ``n/a``.
    """
    sessions = {}
    for row in cohort:
        sessions.setdefault(row["participant_id"], []).append(row)
    columns = [
        column
        for column in cohort[0]
        if column not in (*PER_SESSION, "participant_id")
        and all(len({row[column] for row in own}) == 1 for own in sessions.values())
        and any(row[column] not in ("", "n/a") for row in cohort)
    ]
    return [
        {"participant_id": f"sub-{label}"}
        | {column: own[0][column] or "n/a" for column in columns}
        for label, own in sorted(sessions.items())
    ]


def with_left_over(rows, folder):
    """Add participants who were converted once and are no longer in the study.

    Parameters
    ----------
    rows : list of dict of str
        From `participants`.
    folder : str or Path
        Of the dataset, in which nothing is deleted when the study shrinks.

    Returns
    -------
    list of dict of str
        `rows`, and one without values for each other ``sub-…`` folder: BIDS asks for
        every participant whose images are there.
    """
    known = {row["participant_id"] for row in rows}
    left = {path.name for path in Path(folder).glob("sub-*/")} - known
    empty = dict.fromkeys(rows[0], "n/a")
    return rows + [empty | {"participant_id": name} for name in sorted(left)]


def describe_columns(rows):
    """Return participants.json for the rows of participants.tsv."""
    other = {"Description": "Covariate, as written in the cohort table."}
    return {column: COLUMNS.get(column, other) for column in rows[0]}


def describe_dataset(study, source):
    """Return dataset_description.json.

    Parameters
    ----------
    study : str
        Name of the study.
    source : {"phantom", "dicom", "bids"}
        Where the images come from.
    """
    return {
        "Name": study,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [
            {
                "Name": "scan2map",
                "Version": __version__,
                "Description": {
                    "phantom": "Simulated DICOM, converted with dcm2niix",
                    "dicom": "DICOM, converted with dcm2niix",
                    "bids": "Images copied from an existing BIDS dataset",
                }[source],
            }
        ],
    }


def readme(study, rows):
    """Return the text of the dataset's README.

    Parameters
    ----------
    study : str
        Name of the study.
    rows : list of dict of str
        Rows of participants.tsv.
    """
    return (
        f"# {study}\n\n"
        f"Magnetic resonance images of {len(rows)} participants, as scan2map uses "
        "them. One folder per participant and imaging session; sessions that the "
        "study leaves out are not here, unless they were converted before: "
        "participants without values in participants.tsv are left out. Values that "
        "differ between a participant's sessions are in cohort.tsv only.\n"
    )


def bidsignore():
    """Return the text of .bidsignore."""
    return "".join(f"{name}\n" for name in NOT_BIDS)
