"""What the methods text says of voxel-wise statistics."""

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


def statistics_paragraphs(analyses, groups):
    """Describe voxel-wise analyses, those with the same settings together.

    Parameters
    ----------
    analyses : dict of str to dict
        From `analyses.study_analyses`.
    groups : dict
        ``reference`` and ``affected``.

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
        text = describe_statistics(same[0]["statistics"], kinds, groups)
        paragraphs.append((heading, text))
    return paragraphs


def describe_statistics(asked, kinds, groups):
    """Describe one set of settings.

    Parameters
    ----------
    asked : dict
        Section `statistics` of an analysis.
    kinds : set of str
        Of the maps tested.
    groups : dict

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
        "Maps of several sessions of a participant were averaged."
        if asked["sessions"] == "average" and asked["design"] != "paired"
        else "",
        _global(asked["global"]),
        _model(asked, kinds, groups),
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
        "column": "the images given",
    }
    said = listed(list(dict.fromkeys(named[k] for k in named if k in kinds)))
    return f"{said[0].upper()}{said[1:]}"


def _global(scaled):
    """Say what was done with values of whole maps."""
    value = "global mean" if scaled["value"] == "mean" else f"'{scaled['value']}'"
    return {
        "none": "",
        "proportional": f"Each map was divided by its {value}.",
        "ancova": f"The {value} of each map was a covariate.",
    }[scaled["normalisation"]]


def _model(asked, kinds, groups):
    """Say which model was fitted."""
    names = [c["name"] if isinstance(c, dict) else c for c in asked["covariates"]]
    held = f", holding {listed(names)} constant." if names else "."
    if asked["contrasts"]:
        tested = listed([f"'{name}'" for name in asked["contrasts"]])
        return (
            f"At each voxel a linear model ({asked['design']}) was fitted and the "
            f"contrasts {tested} were tested{held}"
        )
    if asked["design"] == "two-sample":
        first, second = asked["groups"] or (groups["reference"], groups["affected"])
        mean = kinds & {"sensitivity", "components"}
        return (
            f"At each voxel a t test compared '{second}' with '{first}'"
            + (", and the mean of gradients with zero" if mean else "")
            + held
        )
    regressor = asked["regressor"]
    regressor = regressor["name"] if isinstance(regressor, dict) else regressor
    return {
        "one-sample": "At each voxel a t test compared the mean with zero",
        "paired": "At each voxel a paired t test compared two sessions of each "
        "participant",
        "regression": f"At each voxel the slope of '{regressor}' was tested",
    }[asked["design"]] + held


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
