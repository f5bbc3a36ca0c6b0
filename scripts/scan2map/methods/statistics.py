"""What the methods text says of voxel-wise statistics."""

from scan2map.analyses import has_sign
from scan2map.designs import design_covariates, global_column
from scan2map.measured import MEASURED
from scan2map.methods.words import listed, sentences

CORRECTIONS = {
    "rft-peak": "family-wise error of peaks by random field theory [worsley1996]",
    "rft-cluster": "family-wise error of clusters by random field theory "
    "[friston1994], formed at an uncorrected p < {forming:g}",
    "bonferroni": "family-wise error by Bonferroni",
    "fdr-voxel": "false discovery rate over voxels [genovese2002]",
    "fdr-peak": "false discovery rate over peaks [chumbley2010]",
    "fdr-cluster": "false discovery rate over clusters [chumbley2010], formed at an "
    "uncorrected p < {forming:g}",
    "permutation-max-t": "family-wise error by permutation of the largest statistic "
    "[winkler2014], {permutations} permutations",
    "permutation-cluster": "family-wise error by permutation of the largest cluster "
    "[winkler2014], formed at an uncorrected p < {forming:g}, {permutations} "
    "permutations",
    "permutation-tfce": "family-wise error by permutation of threshold-free cluster "
    "enhancement [smith2009] (E = {extent:g}, H = {height:g}), {permutations} "
    "permutations",
}
"""Corrections in words."""


def statistics_paragraphs(analyses, groups, columns):
    """Describe voxel-wise analyses, those with the same settings together.

    Parameters
    ----------
    analyses : dict of str to dict
        From `analyses.study_analyses`.
    groups : dict
        ``reference`` and ``affected``.
    columns : iterable of str
        Of the cohort table.

    Returns
    -------
    list of (str, str)
        Heading and paragraph.
    """
    alike = {}
    for analysis in analyses.values():
        alike.setdefault(repr(analysis["statistics"]), []).append(analysis)
    paragraphs = []
    for same in alike.values():
        labels = listed([one["label"] for one in same])
        heading = "Statistics" if len(alike) == 1 else f"Statistics: {labels}"
        kinds = {one["kind"] for one in same}
        asked = same[0]["statistics"]
        signed = any(has_sign(one) for one in same)
        text = describe_statistics(asked, kinds, groups, signed)
        text = sentences(text, _volumes(asked, columns))
        paragraphs.append((heading, text))
    return paragraphs


def describe_statistics(asked, kinds, groups, signed):
    """Describe one set of settings.

    Parameters
    ----------
    asked : dict
        Section `statistics` of an analysis.
    kinds : set of str
        Of the maps tested.
    groups : dict
    signed : bool
        Some of the maps have a sign, so that their mean is tested.

    Returns
    -------
    str
    """
    return sentences(
        f"{_maps(kinds)} were "
        + (
            f"smoothed with a Gaussian kernel of {asked['fwhm']:g} mm full width at "
            "half maximum."
            if asked["fwhm"]
            else "not smoothed."
        ),
        "Maps of a participant with several sessions were averaged."
        if asked["sessions"] == "average" and asked["design"] != "paired"
        else "",
        _global(asked["global"]),
        _mask(asked["mask"]),
        _model(asked, signed, groups),
        "Unequal variances of the groups were estimated by restricted maximum "
        "likelihood as in SPM12 [friston2002]."
        if asked["variance"] == "unequal"
        else "",
        _corrections(asked, kinds),
    )


def _maps(kinds):
    """Say which maps were tested."""
    named = {
        "sensitivity": "sensitivity maps",
        "diffusion": "for the traditional analysis the diffusion maps themselves",
        "components": "gradient maps",
        "volumes": "gradient maps",
        "activation": "maps of activation and of its gradients",
        "tissue": "for voxel-based morphometry [ashburner2000] the tissue maps "
        "themselves",
        "column": "the images given",
    }
    said = listed(list(dict.fromkeys(named[k] for k in named if k in kinds)))
    return f"{said[0].upper()}{said[1:]}"


def _volumes(asked, columns):
    """Say where volumes in the model come from that the cohort table does not have."""
    used = [covariate["name"] for covariate in design_covariates(asked)]
    used = dict.fromkeys([*used, global_column(asked)])
    names = {
        "gm": "grey matter (gm)",
        "wm": "white matter (wm)",
        "csf": "cerebrospinal fluid (csf)",
        "tiv": "all three tissues together (tiv)",
    }
    here = [names[name] for name in MEASURED if name in used and name not in columns]
    if not here:
        return ""
    return f"The volume of {listed(here)} was measured in the T1-weighted image."


def _global(scaled):
    """Say what was done with values of whole maps."""
    value = "global mean" if scaled["value"] == "mean" else f"'{scaled['value']}'"
    said = {
        "none": "",
        "proportional": f"Each map was divided by its {value}.",
        "ancova": f"The {value} of each map was a covariate.",
    }[scaled["normalisation"]]
    if scaled["grand_mean"] is None:
        return said
    scale = f"Maps were scaled to a mean {value} of {scaled['grand_mean']:g}."
    return sentences(said, scale)


def _mask(mask):
    """Say where maps were tested."""
    explicit = "Maps were tested within a given mask." if mask["explicit"] else ""
    for kind, value in (mask["threshold"] or {}).items():
        of = " of its global value" if kind == "relative" else ""
        return sentences(explicit, f"Every map had to exceed {value:g}{of}.")
    return explicit


def _model(asked, signed, groups):
    """Say which model was fitted, to whom, and what was tested."""
    alone = asked["groups"] if len(asked["groups"]) == 1 else []
    people = f" in '{alone[0]}'" if alone else ""
    covariates = [_in_words(c) for c in asked["covariates"]]
    if asked["contrasts"]:
        tested = listed(
            [f"{name} ({_weights(one)})" for name, one in asked["contrasts"].items()]
        )
        held = f" with the covariates {listed(covariates)}" if covariates else ""
        return (
            f"At each voxel a linear model ({asked['design']}){held} was fitted"
            f"{people}, and the contrasts {tested} were tested."
        )
    held = f", holding {listed(covariates)} constant." if covariates else "."
    if asked["design"] == "two-sample":
        first, second = asked["groups"] or (groups["reference"], groups["affected"])
        return (
            f"At each voxel a t test compared '{second}' with '{first}'"
            + (", and the mean of gradients with zero" if signed else "")
            + held
        )
    return {
        "one-sample": "At each voxel a t test compared the mean with zero",
        "paired": "At each voxel a paired t test compared two sessions of each "
        "participant",
        "regression": f"At each voxel the slope of {_in_words(asked['regressor'])} was "
        "tested",
    }[asked["design"]] + f"{people}{held}"


def _in_words(covariate):
    """Name a covariate, with how it was centred where that is not usual."""
    if not isinstance(covariate, dict):
        return str(covariate)
    usual = covariate["centring"] == "overall"
    about = [
        *([] if usual else [f"centred: {covariate['centring']}"]),
        *(["a slope for each group"] if covariate["interaction"] else []),
    ]
    return covariate["name"] + (f" ({', '.join(about)})" if about else "")


def _weights(contrast):
    """Write a contrast's weights."""
    ((kind, asked),) = contrast.items()
    rows = asked if kind == "f" and isinstance(asked, list) else [asked]
    told = [
        " ".join(f"{column} {weight:+g}" for column, weight in row.items())
        if isinstance(row, dict)
        else str(row)
        for row in rows
    ]
    return f"{kind}: {'; '.join(told)}"


def _corrections(asked, kinds):
    """Say how multiple testing was allowed for."""
    told = listed(
        [
            CORRECTIONS[name].format(
                forming=asked["cluster_forming_p"],
                permutations=asked["permutations"],
                **{key: asked["tfce"][key] for key in ("extent", "height")},
            )
            for name in asked["corrections"]
        ]
    )
    over = "voxels and components" if "components" in kinds else "voxels"
    tails = {
        "two": "both signs together",
        "positive": "positive effects only",
        "negative": "negative effects only",
    }[asked["tails"]]
    return (
        f"Results were corrected over the {over} that all maps share, at "
        f"{asked['alpha']:g} for {tails}: {told}."
    )
