"""Find what other programmes made of a session's images; standard library only."""

from pathlib import Path

from scan2map.bids_layout import (
    are_alike,
    check_dataset,
    check_found,
    entities_of,
    has_entities,
    inherited,
    session_folder,
    tell_images,
)

IMAGE = "_desc-preproc_bold.nii.gz"
"""Ending of a preprocessed image."""

OF_THE_GRID = ("space", "cohort", "res", "den", "desc")
"""Entities of an image that the table of its confounds does not have."""

TABLES = ("timeseries", "regressors")
"""Suffix of the confounds since fMRIPrep 20.2, and before."""

NUMBERS = {"GM": 1, "WM": 2, "CSF": 3}
"""What CAT12 and SPM12 call the tissues."""

PREFIXES = {True: ("mwp", "mwc"), False: ("wp", "wc")}
"""Of tissue maps in MNI space by CAT12 and SPM12, modulated and unmodulated."""

ALL_PREFIXES = [prefix for kind in PREFIXES.values() for prefix in kind]

FOLDERS = ("anat", "anat/mri", "mri", ".")
"""Where tissue maps may be: CAT12 makes a folder ``mri`` beside an image."""


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
    check_found({key: [files["bold"]] for key, files in found.items()})
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
    number, said, listing = tell_images(folder, there, hits, asked)
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


def find_tissue_maps(dataset, rows, tissues, modulated, entities=None):
    """Find the tissue maps of all sessions of a cohort, made by another programme.

    Parameters
    ----------
    dataset : str
        Folder that holds ``sub-*``; '' where the configuration does not say.
    rows : list of dict
        Sessions with ``participant_id`` and ``session_id``.
    tissues : sequence of {"GM", "WM", "CSF"}
        Which tissues are needed.
    modulated : bool
        Whether maps hold volumes (CAT12's ``mwp2``, SPM12's ``mwc2``, or
        ``label-WM_desc-modulated_probseg``) or probabilities (``wp2``, ``wc2``, or
        fMRIPrep's ``label-WM_probseg``).
    entities : dict, optional
        Entities that the image's name must have. ``space`` counts where the name has
        one, which those of CAT12 and SPM12 have not.

    Returns
    -------
    dict of (str, str) to dict
        By participant and session: the path of each tissue.

    Raises
    ------
    ValueError
        The dataset, a session or its map are not there, several maps match, two
        sessions would get the same, or maps are by different programmes; the message
        lists what is there.
    """
    check_dataset(dataset, "derivatives")
    if not any(Path(dataset).glob("sub-*")):
        raise ValueError(
            f"the dataset {dataset} has no folders sub-*: a map is looked for in "
            "sub-<participant_id> or its ses-<session_id>. Where all maps lie in one "
            "folder, make such folders with a link in each (docs/anat.md)"
        )
    found = {}
    for row in rows:
        key = row["participant_id"], row["session_id"]
        folder = _folder_of_maps(Path(dataset), *key)
        found[key] = {
            tissue: str(_one_map(folder, tissue, modulated, entities or {}))
            for tissue in tissues
        }
    check_found({key: list(files.values()) for key, files in found.items()})
    _refuse_mixed([path for files in found.values() for path in files.values()])
    return found


def _folder_of_maps(dataset, subject, session):
    """Return a session's folder; the participant's where that one alone has maps."""
    folder = session_folder(dataset, subject, session, "derivatives")
    whole = dataset / f"sub-{subject}"
    if folder == whole or _has_maps(folder) or not _has_maps(whole):
        return folder
    return whole


def _has_maps(folder):
    """Tell whether there is a map of any tissue, modulated or not."""
    return any(
        _maps_in(folder, tissue, modulated)
        for tissue in NUMBERS
        for modulated in PREFIXES
    )


def _refuse_mixed(paths):
    """Raise ValueError where maps have names by different programmes."""
    first = {}
    for path in paths:
        name = Path(path).name
        first.setdefault(
            next((p for p in ALL_PREFIXES if name.startswith(p)), ""), path
        )
    if len(first) > 1:
        listing = "".join(f"\n  {path}" for path in first.values())
        raise ValueError(
            "maps are by different programmes, and people would differ by how their "
            f"maps were made:{listing}\nTake maps by the same programme for everybody"
        )


def _one_map(folder, tissue, modulated, asked):
    """Return the only map of a tissue that has the asked entities."""
    there = _maps_in(folder, tissue, modulated)
    hits = [path for path in there if _is_asked(path, asked)]
    if len(hits) == 1:
        return hits[0]
    wanted = [f"{prefix}{NUMBERS[tissue]}*.nii" for prefix in PREFIXES[modulated]]
    wanted.append(f"*_label-{tissue}_{'desc-modulated_' * modulated}probseg.nii.gz")
    kind = "modulated" if modulated else "unmodulated"
    absent = f"{folder} has no {kind} map of {tissue} in MNI ({', '.join(wanted)})"
    others = _maps_in(folder, tissue, not modulated)
    if not there and others:
        is_set, other = str(modulated).lower(), str(not modulated).lower()
        raise ValueError(
            f"{absent}, but {others[0].name}, and the configuration has 'anat: "
            f"modulate: {is_set}': write {other} there, or add the map"
        )
    if not there:
        raise ValueError(
            f"{absent}: add it, or leave the session out by writing the reason in the "
            "cohort's column 'exclude'"
        )
    number, said, listing = tell_images(folder, there, hits, asked)
    raise ValueError(
        f"{number} the wanted {kind} map of {tissue} (entities {said}) in {folder}; "
        f"exactly one must:{listing}\n{_way_to_tell(hits)}"
    )


def _way_to_tell(hits):
    """Say how one of several maps can be chosen, or another one than asked for."""
    if hits and are_alike(hits):
        return (
            "Nothing in the names tells them apart: leave one there, or give as "
            "'derivatives: dataset' a folder with links to those that are meant"
        )
    return (
        "Say under 'derivatives: entities' in the configuration which one is meant, "
        "for instance run: 1, space: MNI152NLin2009cAsym or res: 2; 'res: null' leaves "
        "out images with that entity"
    )


def _maps_in(folder, tissue, modulated):
    """Return the maps of a tissue in MNI space, by CAT12, SPM12, or in BIDS's names."""
    starts = tuple(f"{prefix}{NUMBERS[tissue]}" for prefix in PREFIXES[modulated])
    files = {path for place in FOLDERS for path in (folder / place).glob("*.nii*")}

    def fits(path):
        if not path.name.endswith((".nii", ".nii.gz")):
            return False
        own = entities_of(path)
        in_mni = own.get("space", "").startswith("MNI")
        named = in_mni and path.name.split(".")[0].endswith("_probseg")
        kind = {True: "modulated", False: None}[modulated]
        return path.name.startswith(starts) or (
            named and own.get("label") == tissue and own.get("desc") == kind
        )

    return sorted(filter(fits, files))


def _is_asked(path, asked):
    """Tell whether a map has the entities asked for; a name may leave out the space."""
    if "space" not in entities_of(path):
        asked = {key: value for key, value in asked.items() if key != "space"}
    return has_entities(path, asked)
