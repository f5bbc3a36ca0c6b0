"""Voxel-wise analyses of a study: of which maps, by which model.

Standard library only.
"""

import os
import random
import re
from pathlib import Path

from scan2map.arrangements import count_alike
from scan2map.bids_layout import refuse_shared
from scan2map.cohort import OPTIONAL, REQUIRED, leave_out
from scan2map.contrasts import contrast_weights, default_contrasts
from scan2map.covariates import covariate_name
from scan2map.designs import (
    FEWEST_DF,
    arrangements,
    cohort_design,
    exchange_of,
    global_values,
    images_of,
)
from scan2map.measured import MEASURED
from scan2map.region_names import read_names
from scan2map.splits import is_shuffle

TISSUES = ("GM", "WM", "CSF")
"""What maps of voxel-based morphometry are called."""

LEAST_TISSUE = 0.1
"""What a tissue map must exceed in everybody, unless an analysis says otherwise: what
CAT12 recommends."""

MOST_ALIKE = 24
"""Arrangements that may have one statistic whatever the images; with more of them than
this over alpha none are looked for."""

NESTED = ("mask", "global", "tfce", "atlas")
"""Keys of `statistics` of which an experiment may change a part."""


def spread_statistics(config):
    """Return a configuration in which each analysis has a section `statistics`.

    What an experiment or an analysis does not set is as in the study's own section.
    """
    usual = config.get("statistics", {})
    spread = dict(config)
    for part in ("experiments", "analyses"):
        if isinstance(config.get(part), dict):
            spread[part] = {
                name: {**one, "statistics": _merged(usual, one.get("statistics", {}))}
                if isinstance(one, dict)
                else one
                for name, one in config[part].items()
            }
    return spread


def _merged(usual, own):
    """Return settings with those of one's own over the usual ones."""
    if not isinstance(usual, dict) or not isinstance(own, dict):
        return own
    merged = {**usual, **own}
    for key in NESTED:
        if isinstance(usual.get(key), dict) and isinstance(own.get(key), dict):
            merged[key] = {**usual[key], **own[key]}
    return merged


def study_analyses(config):
    """Return the analyses of a study, by name.

    Parameters
    ----------
    config : dict
        A valid configuration, experiments expanded.

    Returns
    -------
    dict of str to dict
        ``label``; ``maps``, an experiment, ``traditional``, ``vbm`` or a column of the
        cohort; ``kind``, ``sensitivity``, ``diffusion``, ``components``, ``volumes``,
        ``activation``, ``tissue`` or ``column``; ``statistics``; ``explain``, what
        maps of activation are called. A replica beside its honest twin has none.
    """
    experiments = config["experiments"]
    twins = {f"{name}_replica" for name in experiments}
    given = {
        name: {
            "label": one["label"],
            "maps": name,
            "statistics": one["statistics"],
        }
        for name, one in experiments.items()
        if name not in twins
    }
    tensors = any(
        kind_of_maps(name, experiments) == "sensitivity" for name in experiments
    )
    if tensors:
        given["traditional"] = {
            "label": "traditional",
            "maps": "traditional",
            "statistics": config["statistics"] | {"null": "maps"},
        }
    if tissues_of(experiments):
        given["vbm"] = {
            "label": "VBM",
            "maps": "vbm",
            "statistics": config["statistics"] | {"null": "maps"},
        }
    given |= config["analyses"]
    kinds = {
        name: kind_of_maps(one["maps"], experiments) for name, one in given.items()
    }
    shuffled = [n for n, one in experiments.items() if is_shuffle(one["folds"])]
    return {
        name: {
            **one,
            "kind": kinds[name],
            "statistics": _usual(one["statistics"], kinds[name]),
            "is_tensor_study": tensors,
            "is_shuffled": one["maps"] in shuffled,
            "explain": experiments.get(one["maps"], {}).get("explain", []),
        }
        for name, one in given.items()
    }


def _usual(statistics, kind):
    """Return settings with a threshold for tissue that keeps its scale and has none."""
    mask, scaled = statistics["mask"], statistics["global"]
    rescaled = scaled["normalisation"] == "proportional" or scaled["grand_mean"]
    if kind != "tissue" or mask["threshold"] or rescaled:
        return statistics
    return statistics | {"mask": mask | {"threshold": {"absolute": LEAST_TISSUE}}}


def tissues_of(experiments):
    """Return the tissues that networks see, which voxel-based morphometry tests."""
    seen = {one["feature"].get("tissue") for one in experiments.values()}
    return [tissue for tissue in TISSUES if tissue in seen]


def kind_of_maps(maps, experiments):
    """Return what maps are, by the name that an analysis calls them."""
    if maps == "traditional":
        return "diffusion"
    if maps == "vbm" and tissues_of(experiments):
        return "tissue"
    if maps not in experiments:
        return "column"
    return {
        "tensor": "sensitivity",
        "ica": "components",
        "bold": "volumes",
        "tissue": "activation",
    }[experiments[maps]["feature"]["kind"]]


COLUMN = re.compile(r"[A-Za-z0-9_-]+")

NULL_NAME = re.compile(r"(.+)_null([0-9]+)")


def base_and_number(name):
    """Return an experiment's name, and the number of its permuted labels or None."""
    permuted = NULL_NAME.fullmatch(name)
    return (permuted[1], int(permuted[2])) if permuted else (name, None)


def permuted_cohort(rows, seed):
    """Return a cohort in which participants have exchanged their groups.

    Parameters
    ----------
    rows : list of dict of str
        One per session.
    seed : int

    Returns
    -------
    list of dict of str
        All sessions of a participant have the same group; groups keep their sizes in
        participants.
    """
    groups = {row["participant_id"]: row["group"] for row in rows}
    shuffled = list(groups.values())
    random.Random(seed).shuffle(shuffled)
    dealt = dict(zip(groups, shuffled, strict=True))
    return [row | {"group": dealt[row["participant_id"]]} for row in rows]


def contrasts_of(analysis, groups, maps=None):
    """Return the contrasts of some maps of an analysis, or of all of them.

    As configured, or those of its design.
    """
    asked = analysis["statistics"]
    magnitudes = not has_sign(analysis, maps)
    return asked["contrasts"] or default_contrasts(asked, groups, magnitudes)


def has_sign(analysis, maps=None):
    """Tell whether some maps of an analysis, or any, are not positive everywhere."""
    if analysis["kind"] == "activation":
        return (analysis["explain"] if maps is None else [maps]) != ["cam"]
    return analysis["kind"] in ("sensitivity", "components")


def columns_needed(analyses, measured=()):
    """Return the columns of the cohort that analyses need, but for those measured.

    Parameters
    ----------
    analyses : dict
        From `study_analyses`.
    measured : sequence of str
        Columns that the study measures itself.

    Returns
    -------
    dict of str to str
        By column, what to say where the cohort lacks it; '' where its name says all.
    """
    known = dict.fromkeys(a["maps"] for a in analyses.values() if a["kind"] != "column")
    needed = {}
    for name, analysis in analyses.items():
        asked = analysis["statistics"]
        given = [asked["regressor"], *asked["covariates"]]
        columns = [covariate_name(covariate) for covariate in given if covariate]
        for column in [*columns, asked["global"]["value"]]:
            needed.setdefault(column, _about_volume(column, measured))
        if analysis["kind"] == "column":
            others = f"one of {', '.join(known)}, or " if known else ""
            needed[analysis["maps"]] = (
                f"analysis '{name}' has 'maps: {analysis['maps']}': it should be "
                f"{others}a column of the cohort that names images"
            )
    return {c: said for c, said in needed.items() if c not in ("mean", *measured)}


def _about_volume(column, measured):
    """Say what to do where a column that is missing is called like a volume, or ''."""
    volume = column.lower()
    if volume not in MEASURED:
        return ""
    if measured:
        return f"'{column}': did you mean {volume}, which the study measures?"
    return (
        f"'{column}': volumes are measured in T1w images, which this study does not "
        "process: add the column to the cohort, or drop it from 'statistics'"
    )


def plan_designs(analyses, rows, groups, unmapped=None):
    """Return the design of each analysis, once it is sure that it can be answered.

    Parameters
    ----------
    analyses : dict
        From `study_analyses`.
    rows : list of dict of str
        Sessions of the cohort that take part.
    groups : sequence of str
        Reference and affected group.
    unmapped : dict of str to collection of str, optional
        Participants who have no maps, by analysis.

    Returns
    -------
    dict of str to designs.Design
        Of the rows of everybody else.

    Raises
    ------
    ValueError
        Every problem, a sentence each: which analysis, what to do.
    """
    designs, problems = {}, []
    for name, analysis in analyses.items():
        try:
            chosen = leave_out(rows, (unmapped or {}).get(name, ()))
            designs[name] = _planned(analysis, chosen, groups)
        except ValueError as problem:
            problems.append(f"analysis '{name}': {problem}")
    # Most analyses share their model, and its problem.
    seen = {problem.split(": ", 1)[1]: problem for problem in reversed(problems)}
    if seen:
        raise ValueError("\n".join(reversed(seen.values())))
    return designs


def _planned(analysis, rows, groups):
    """Return the design of an analysis; ValueError says what is wrong with it."""
    asked = analysis["statistics"]
    if analysis["kind"] == "column" and not COLUMN.fullmatch(analysis["maps"]):
        raise ValueError(
            f"'maps' is '{analysis['maps']}': a column of images may have letters, "
            "digits, - and _ only, since files are named after it; rename it"
        )
    if analysis["kind"] == "diffusion" and not analysis["is_tensor_study"]:
        raise ValueError(
            "'maps: traditional' needs diffusion images, which this study has none of"
        )
    names = [covariate_name(covariate) for covariate in asked["covariates"]]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"'covariates' has '{name}' twice: delete one")
    if "group" in names:
        raise ValueError("'covariates' has 'group', which is compared: delete it")
    for group in asked["groups"]:
        if group not in groups:
            raise ValueError(
                f"'groups' has '{group}', but the study's groups are "
                f"{' and '.join(groups)}"
            )
    if asked["design"] == "two-sample" and len(asked["groups"]) == 1:
        raise ValueError("two samples need two 'groups': leave it empty for both")
    for key in ("image", "labels"):
        _check_file(asked["atlas"][key], f"'atlas: {key}'")
    if bool(asked["atlas"]["image"]) != bool(asked["atlas"]["labels"]):
        raise ValueError("'atlas' needs an image and its labels, or neither")
    if asked["atlas"]["labels"]:
        read_names(asked["atlas"]["labels"])
    _check_file(asked["mask"]["explicit"], "'mask: explicit'")
    parametric = [c for c in asked["corrections"] if not c.startswith("permutation")]
    smooth = [c for c in parametric if c not in ("bonferroni", "fdr-voxel")]
    if isinstance(asked["sessions"], list) and asked["design"] != "paired":
        named = ", ".join(map(str, asked["sessions"]))
        raise ValueError(
            f"'sessions: [{named}]' names two to compare, as 'design: paired' does, "
            f"and the design is {asked['design']}: write average or each, and exclude "
            "other sessions in the cohort table"
        )
    if asked["sessions"] == "each" and asked["design"] != "paired" and parametric:
        raise ValueError(
            f"'sessions: each' gives a participant several images, which are not "
            f"independent, as {', '.join(parametric)} assume: take permutation, or "
            "'sessions: average'"
        )
    _check_null(analysis)
    design = cohort_design(rows, asked, groups)
    global_values(images_of(design, rows), asked)
    if smooth and design.df < FEWEST_DF:
        raise ValueError(
            f"{len(design.labels)} images leave {design.df} degrees of freedom, from "
            f"which no smoothness can be estimated, as {', '.join(smooth)} needs: take "
            "another correction, or scan more participants"
        )
    if analysis["kind"] == "column":
        taking_part = [rows[i] for members in design.members for i in members]
        _check_images(analysis["maps"], taking_part, asked["sessions"] == "average")
    if asked["variance"] == "unequal" and asked["design"] != "two-sample":
        raise ValueError("'variance: unequal' is for two samples: delete it")
    for contrast, wanted in contrasts_of(analysis, groups).items():
        weighed = contrast_weights(design, contrast, wanted)
        if len(parametric) == len(asked["corrections"]):
            continue
        if asked["null"] != "maps":
            continue
        if 1 / (asked["permutations"] + 1) > asked["alpha"]:
            raise ValueError(
                f"'permutations: {asked['permutations']}' has no p below "
                f"{1 / (asked['permutations'] + 1):.2g}, and none can be significant "
                f"at {asked['alpha']:g}: take more"
            )
        _check_arrangements(design, contrast, weighed, asked)
    return design


def _check_arrangements(design, name, contrast, asked):
    """Raise ValueError where no p of a permutation can be small enough."""
    kind = exchange_of(design, contrast.weights, asked["variance"])
    scaled = asked["global"]
    if scaled["normalisation"] == "ancova" and scaled["value"] == "mean":
        # The maps' own global values differ from each other; which they are is unknown.
        rows = [[*row, random.Random(n).gauss()] for n, row in enumerate(design.matrix)]
        design = design._replace(matrix=rows)
        contrast = contrast._replace(weights=[[*row, 0.0] for row in contrast.weights])
    total, alpha = arrangements(design, kind), asked["alpha"]
    alike = 1
    if total < MOST_ALIKE / alpha:
        both, unequal = asked["tails"] == "two", asked["variance"] == "unequal"
        alike = count_alike(design, contrast, kind, both, unequal)
    if alike / total <= alpha:
        return
    same = f", of which {alike} always have the same statistic" if alike > 1 else ""
    raise ValueError(
        f"contrast '{name}': {len(design.labels)} images have only {total} "
        f"arrangements{same}, so that no p is smaller than {alike / total:.2g}, and "
        f"none can be significant at {alpha:g}: scan more participants or take another "
        "correction"
    )


def locate_images(rows, analyses, table):
    """Make paths of images absolute; relative ones start at the table's folder.

    Parameters
    ----------
    rows : list of dict of str
        The cohort; changed in place.
    analyses : dict
        From `study_analyses`.
    table : str or Path
        The cohort's file.

    Raises
    ------
    ValueError
        A column of images has another meaning as well.
    """
    for name, analysis in analyses.items():
        if analysis["kind"] == "column":
            _check_meaning(name, analysis)
    columns = {a["maps"] for a in analyses.values() if a["kind"] == "column"}
    for row in rows:
        for column in columns & set(row):
            if row[column]:
                path = Path(row[column]).expanduser()
                row[column] = str(Path(table).resolve().parent / path)


def _check_meaning(name, analysis):
    """Raise ValueError where a column of images is used for something else."""
    column, asked = analysis["maps"], analysis["statistics"]
    given = [asked["regressor"], *asked["covariates"]]
    if column in (*REQUIRED, "dicom", *OPTIONAL):
        use = "a column with a meaning of its own"
    elif column in [covariate_name(covariate) for covariate in given if covariate]:
        use = "which is a covariate, too"
    elif column == asked["global"]["value"]:
        use = "which is 'global: value', too"
    else:
        return
    raise ValueError(
        f"analysis '{name}' has 'maps: {column}', {use}: it cannot name images. Give "
        "them a column of the cohort that has a path in each row, and nothing else"
    )


def _check_null(analysis):
    """Raise ValueError where networks cannot be trained on permuted labels."""
    asked = analysis["statistics"]
    if asked["null"] == "maps":
        return
    if analysis["is_shuffled"]:
        raise ValueError(
            f"'null: {asked['null']}' compares maps of the same people, and shuffles "
            "of permuted labels test others: take 'folds: scheme: kfold', or 'null: "
            "maps'"
        )
    if analysis["kind"] not in ("sensitivity", "volumes", "activation"):
        raise ValueError(
            f"'null: {asked['null']}' trains networks on permuted labels, which maps "
            f"of kind '{analysis['kind']}' do not have or not without a new group ICA "
            "for each: take 'null: maps'"
        )
    if not any(name.startswith("permutation") for name in asked["corrections"]):
        raise ValueError(
            f"'null: {asked['null']}' needs a correction by permutation, such as "
            "permutation-max-t"
        )
    if asked["global"]["normalisation"] == "proportional":
        raise ValueError("maps of networks have no global value to be divided by")
    smallest = 1 / (asked["retrainings"] + 1)
    if asked["null"] == "retrain" and smallest > asked["alpha"]:
        raise ValueError(
            f"'retrainings: {asked['retrainings']}' has no p below {smallest:.2g}, and "
            f"none can be significant at {asked['alpha']:g}: take more, or 'null: "
            "models'"
        )


def _check_images(column, rows, averaged):
    """Raise ValueError where a row names no image, or one that others have, too.

    Where sessions are averaged, a participant may have one image for all of them.
    """
    images, seen = {}, set()
    for row in rows:
        path, who = row.get(column, ""), row["participant_id"]
        if not path or not Path(path).is_file():
            raise ValueError(
                f"the cohort's column '{column}' names '{path}' for participant "
                f"{who}, which is no file: an image (NIfTI) of each session was "
                "expected"
            )
        real = who, os.path.realpath(path)
        if not averaged or real not in seen:
            images[who, row["session_id"]] = [path]
        seen.add(real)
    refuse_shared(
        images,
        f"the cohort's column '{column}' should name an image of each. Correct it",
    )


def _check_file(path, where):
    if path and not Path(path).is_file():
        raise ValueError(f"{where} names {Path(path).absolute()}, which is no file")


def tidy_statistics(statistics):
    """Return settings with the home folder for ``~``, and sessions as text."""
    mask, atlas, sessions = (statistics[key] for key in ("mask", "atlas", "sessions"))
    expand = os.path.expanduser
    if isinstance(sessions, list):
        sessions = [str(label).removeprefix("ses-") for label in sessions]
    return {
        **statistics,
        "sessions": sessions,
        "mask": {**mask, "explicit": expand(mask["explicit"])},
        "atlas": {key: expand(path) for key, path in atlas.items()},
    }
