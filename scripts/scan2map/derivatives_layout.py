"""Find a session's preprocessed BOLD in fMRIPrep's output; standard library only."""

from pathlib import Path

from scan2map.bids_layout import (
    check_dataset,
    entities_of,
    has_entities,
    inherited,
    refuse_shared,
    session_folder,
    tell_images,
)

IMAGE = "_desc-preproc_bold.nii.gz"
"""Ending of a preprocessed image."""

OF_THE_GRID = ("space", "cohort", "res", "den", "desc")
"""Entities of an image that the table of its confounds does not have."""

TABLES = ("timeseries", "regressors")
"""Suffix of the confounds since fMRIPrep 20.2, and before."""


def find_derivatives(dataset, rows, entities=None):
    """Find the preprocessed BOLD of all sessions of a cohort.

    Parameters
    ----------
    dataset : str
        Folder of fMRIPrep's output that holds ``sub-*``; '' where the configuration
        does not say.
    rows : list of dict
        Sessions with ``participant_id`` and ``session_id``.
    entities : dict, optional
        Entities that the image's name must have, such as ``{"task": "rest"}``; None as
        value: must not have this one. Images in a space other than MNI's are never
        taken.

    Returns
    -------
    dict of (str, str) to dict
        By participant and session: ``bold``, ``bold_json`` (list, from the dataset's
        level down), ``mask`` and ``confounds``.

    Raises
    ------
    ValueError
        The dataset, a session, its image, mask or confounds are not there, several
        images match, or two sessions would get the same ones; the message lists what is
        there.
    """
    check_dataset(dataset, "derivatives")
    found = {}
    for row in rows:
        key = row["participant_id"], row["session_id"]
        folder = session_folder(Path(dataset), *key, "derivatives") / "func"
        image = _one_image(folder, entities or {})
        mask = image.with_name(image.name.replace(IMAGE, "_desc-brain_mask.nii.gz"))
        if not mask.exists():
            raise ValueError(
                f"{image} has no brain mask beside it, {mask.name}: copy it from the "
                "output of the same run of fMRIPrep"
            )
        found[key] = {
            "bold": str(image),
            "bold_json": inherited(image, ".json", dataset),
            "mask": str(mask),
            "confounds": str(_confounds_of(image)),
        }
    refuse_shared({key: files["bold"] for key, files in found.items()})
    return found


def _one_image(folder, asked):
    """Return the only preprocessed image in MNI space that has the asked entities."""
    there = sorted(folder.glob(f"*{IMAGE}"))
    hits = [
        path
        for path in there
        if entities_of(path).get("space", "").startswith("MNI")
        and has_entities(path, asked)
    ]
    if len(hits) == 1:
        return hits[0]
    if not there:
        raise ValueError(
            f"{folder} has no image *{IMAGE}: run fMRIPrep with an output space of "
            "MNI, or leave the session out by writing the reason in the cohort's "
            "column 'exclude'"
        )
    number, said, listing = tell_images(there, hits, asked)
    raise ValueError(
        f"{number} the wanted BOLD (entities {said}, a space of MNI) in "
        f"{folder}; exactly one must, as only one run of a session is used:{listing}"
        "\nSay under 'derivatives: entities' in the configuration which one is meant, "
        "for instance task: rest, run: 1, space: MNI152NLin2009cAsym or res: 2; "
        "'res: null' leaves out images with that entity"
    )


def _confounds_of(image):
    """Return the table of confounds that belongs to a preprocessed image."""
    own = entities_of(image)
    wanted = {key: own[key] for key in own if key not in OF_THE_GRID}
    wanted |= {"desc": "confounds"}
    there = sorted(image.parent.glob("*_desc-confounds_*.tsv"))
    tables = [
        path
        for suffix in TABLES
        for path in there
        if path.name.endswith(f"_{suffix}.tsv") and entities_of(path) == wanted
    ]
    if not tables:
        listing = "".join(f"\n  {path.name}" for path in there) or " none"
        name = "_".join(f"{key}-{value}" for key, value in wanted.items())
        raise ValueError(
            f"{image} has no table of confounds beside it: {name}_{TABLES[0]}.tsv is "
            f"needed. There are:{listing}\nCopy it there, or say under 'derivatives: "
            "entities' in the configuration that another image is meant"
        )
    return tables[0]
