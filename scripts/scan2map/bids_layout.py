"""Find a session's images in an existing BIDS dataset; standard library only."""

import os
import re
from pathlib import Path

FOLDERS = {"T1w": "anat", "dwi": "dwi", "bold": "func"}
"""Folder of each image that a session may need."""


def find_dataset_images(dataset, rows, *, wanted, entities=None):
    """Find the images of all sessions of a cohort.

    Parameters
    ----------
    dataset : str
        Folder that holds ``sub-*``; '' where the configuration does not say.
    rows : list of dict
        Sessions with ``participant_id`` and ``session_id``.
    wanted : list of {"T1w", "dwi", "bold"}
        Images needed.
    entities : dict of dict, optional
        As in `find_bids_images`.

    Returns
    -------
    dict of (str, str) to dict
        What `find_bids_images` returns, by participant and session.

    Raises
    ------
    ValueError
        The dataset is not there, a session's images are not, or two sessions would
        get the same ones.
    """
    check_dataset(dataset, "bids")
    found = {}
    for row in rows:
        key = row["participant_id"], row["session_id"]
        found[key] = find_bids_images(dataset, *key, wanted=wanted, entities=entities)
    check_found(
        {key: [files[one.lower()] for one in wanted] for key, files in found.items()}
    )
    return found


def check_dataset(dataset, source):
    """Raise ValueError where a source's dataset is not set, or no folder."""
    if not dataset:
        raise ValueError(
            f"'{source}: dataset' is not set: 'source: {source}' needs the folder of a "
            "dataset"
        )
    if not Path(dataset).is_dir():
        problem = "is no folder" if Path(dataset).exists() else "does not exist"
        raise ValueError(
            f"the dataset {Path(dataset).absolute()} {problem}: name the folder that "
            f"holds sub-* in '{source}: dataset' in the configuration"
        )


def check_found(images):
    """Check that images are there, and of whom they are taken for.

    Parameters
    ----------
    images : dict of (str, str) to list of str
        Paths by participant and session, as many for each.

    Raises
    ------
    ValueError
        An image is a link to nothing, its name says another participant or session
        than its folder, or what `refuse_shared` raises.
    """
    for (subject, session), paths in images.items():
        for path in map(Path, paths):
            if not path.exists():
                raise ValueError(
                    f"{path} is a link to {os.path.realpath(path)}, which is not "
                    "there: fetch its content (of a DataLad dataset, with 'datalad "
                    "get'), or correct the link"
                )
            _check_name(path, sub=subject, ses=session)
    refuse_shared(images)


def _check_name(path, **labels):
    """Refuse an image whose name says something else than its folder."""
    named = entities_of(path)
    for key, label in labels.items():
        folder = f"{key}-{label}"
        if folder in path.parts[:-1] and named.get(key, label) != label:
            raise ValueError(
                f"{path} lies in the folder of {folder}, and its name says "
                f"{key}-{named[key]}: find out whose image it is, and rename or move it"
            )


def refuse_shared(
    images,
    harm="a network could be tested on whom it has learnt from. Correct the dataset",
):
    """Refuse sessions that would be the same images, also by way of links.

    Parameters
    ----------
    images : dict of (str, str) to list of str
        Paths by participant and session, as many for each.
    harm : str
        What is wrong with one image of two participants, and what to correct.

    Raises
    ------
    ValueError
        Two participants share an image, or two sessions of one share them all.
    """
    owner, known = {}, {}
    for (subject, session), paths in images.items():
        real = tuple(os.path.realpath(path) for path in paths)
        other = known.setdefault((subject, real), session)
        if other != session:
            raise ValueError(
                f"the sessions {other} and {session} of participant {subject} are the "
                f"same images, {paths[0]}: there is one for both, so the participant "
                "has one row in the cohort table"
            )
        for path, place in zip(paths, real, strict=True):
            who, when, theirs = owner.setdefault(place, (subject, session, path))
            if who != subject:
                raise ValueError(
                    f"the participants {who} (session {when}) and {subject} (session "
                    f"{session}) have one image, {theirs} and {path} are both {place}: "
                    f"{harm}, or leave one of them out by writing the reason in the "
                    "cohort's column 'exclude'"
                )


def find_bids_images(dataset, subject, session, *, wanted, entities=None):
    """Find the images of one session, with the sidecars they inherit.

    Parameters
    ----------
    dataset : str or Path
        Folder that holds ``sub-*``.
    subject, session : str
        Labels without ``sub-`` and ``ses-``. In a participant's folder without any
        ``ses-*`` the session's label is the user's own and is not looked for.
    wanted : list of {"T1w", "dwi", "bold"}
        Images needed.
    entities : dict of dict, optional
        For each image, the entities that its file name must have, such as
        ``{"dwi": {"dir": "AP"}}``; None as value: must not have this one. Numbers
        are compared as numbers, so 1 finds ``run-01``.

    Returns
    -------
    dict of str to str or list of str
        ``t1w``, ``t1w_json``; ``dwi``, ``dwi_json``, ``bval``, ``bvec``; ``bold``,
        ``bold_json``. The JSON entries are lists, from the dataset's level down:
        later ones win.

    Raises
    ------
    ValueError
        No folder, no or several images match, or a DWI without bval or bvec; the
        message lists what is there.
    """
    folder = session_folder(Path(dataset), subject, session, "bids")
    found = {}
    for suffix in wanted:
        image = _one_image(folder, suffix, (entities or {}).get(suffix) or {})
        name = suffix.lower()
        found[name] = str(image)
        found[f"{name}_json"] = inherited(image, ".json", dataset)
        if suffix == "dwi":
            for extension in ("bval", "bvec"):
                files = inherited(image, f".{extension}", dataset)
                if not files:
                    raise ValueError(f"{image} has no .{extension} file beside it")
                found[extension] = files[-1]
    return found


def session_folder(dataset, subject, session, source):
    """Return the folder that holds a session's ``anat``, ``dwi`` and ``func``.

    Parameters
    ----------
    dataset : Path
        Folder that holds ``sub-*``.
    subject, session : str
        Labels without ``sub-`` and ``ses-``.
    source : {"bids", "derivatives"}
        Section of the configuration that names the dataset.

    Raises
    ------
    ValueError
        The participant is not there, or has other sessions.
    """
    folder = dataset / f"sub-{subject}"
    if not folder.is_dir():
        raise ValueError(
            f"the dataset {dataset} has no folder sub-{subject}: correct the cohort "
            f"table's participant_id or '{source}: dataset' in the configuration"
        )
    sessions = sorted(path.name for path in folder.glob("ses-*") if path.is_dir())
    if not sessions:
        return folder
    if f"ses-{session}" not in sessions:
        raise ValueError(
            f"{folder} has no session ses-{session}, only {', '.join(sessions)}: "
            "correct session_id in the cohort table"
        )
    return folder / f"ses-{session}"


def tell_images(folder, there, hits, asked):
    """Say how many images match, which entities were asked for, and what there is.

    Parameters
    ----------
    folder : Path
        Where they were looked for.
    there, hits : list of Path
        All images, and those that match; not exactly one.
    asked : dict
        Entities, as in the configuration.

    Returns
    -------
    number, said, listing : str
        The listing, a line per image and from the folder, is of those that match where
        some do.
    """
    number = f"{len(hits)} images match" if hits else "no image matches"
    said = ", ".join(f"{key}: {value or 'null'}" for key, value in asked.items())
    listing = "".join(f"\n  {path.relative_to(folder)}" for path in hits or there)
    return number, said or "any", listing


def _one_image(folder, suffix, asked):
    """Return the only image of a kind that has the asked entities."""
    there = sorted(
        path
        for path in (folder / FOLDERS[suffix]).glob(f"*_{suffix}.nii*")
        if path.name.endswith((".nii", ".nii.gz"))
    )
    hits = [path for path in there if has_entities(path, asked)]
    if len(hits) == 1:
        return hits[0]
    if not there:
        raise ValueError(
            f"{folder} has no image *_{suffix}.nii.gz under {FOLDERS[suffix]}: add it, "
            "or leave the session out by writing the reason in the cohort's column "
            "'exclude'"
        )
    number, said, listing = tell_images(folder / FOLDERS[suffix], there, hits, asked)
    way = (
        "No entity tells them apart: leave one of them there"
        if hits and are_alike(hits)
        else f"Say under 'bids: entities: {suffix}:' in the configuration which one is "
        "meant, for instance task: rest, dir: AP or run: 1; 'rec: null' leaves out "
        "images with that entity"
    )
    raise ValueError(
        f"{number} the wanted image {suffix} (entities {said}) in {folder}; "
        f"exactly one must:{listing}\n{way}"
    )


def are_alike(images):
    """Tell whether the names of all images have the same entities."""
    own = [entities_of(path.name[path.name.find("sub-") :]) for path in images]
    return all(entities == own[0] for entities in own)


def entities_of(path):
    """Return the entities of a BIDS file name, ``{"sub": "01", "run": "1"}``."""
    stem = Path(path).name.split(".")[0]
    return dict(part.split("-", 1) for part in stem.split("_") if "-" in part)


def has_entities(path, asked):
    """Tell whether a file name has the entities asked for; None: has it not."""
    present = entities_of(path)
    return all(
        _plain(present.get(key)) == _plain(value) for key, value in asked.items()
    )


def _plain(label):
    """Return a label for comparison: numbers without leading zeros."""
    if label is None:
        return None
    return re.sub(r"^0+(?=\d)", "", str(label)) if str(label).isdigit() else str(label)


def inherited(image, extension, dataset):
    """Return the files that describe an image, from the dataset's level down.

    A file applies when it lies in the image's folder or above, has the same suffix,
    and no entity that the image has not (BIDS' inheritance principle).

    Parameters
    ----------
    image, dataset : str or Path
        The image, and the folder of the dataset it belongs to.
    extension : str
        Such as ``.json``.
    """
    image, dataset = Path(image), Path(dataset)
    own = entities_of(image).items()
    suffix = image.name.split(".")[0].split("_")[-1]
    levels = [image.parent, *image.parent.parents]
    levels = levels[: levels.index(dataset) + 1] if dataset in levels else levels[:1]
    files = []
    for level in reversed(levels):
        here = [p for p in level.glob(f"*{suffix}{extension}") if _is_for(p, suffix)]
        applicable = [p for p in here if entities_of(p).items() <= own]
        files += sorted(applicable, key=lambda path: len(entities_of(path)))
    return [str(path) for path in files]


def _is_for(path, suffix):
    """Tell whether a file name ends in exactly this BIDS suffix."""
    return path.name.split(".")[0].split("_")[-1] == suffix
