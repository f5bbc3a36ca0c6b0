"""What the methods text says of group ICA and of gradients by component."""

from scan2map.methods.words import sentences


def describe_group_ica(ica, experiments):
    """How components were found, and each session's maps of them.

    Parameters
    ----------
    ica : dict
        Block of the resolved configuration.
    experiments : list of dict
        Those whose networks see components.

    Returns
    -------
    str
    """
    algorithm = {
        "fastica": "FastICA (symmetric, logcosh) [hyvarinen1999]",
        "infomax": "Infomax [bell1995] by Picard [ablin2018]",
    }
    again = (
        f"It was repeated {ica['repeats']} times from random starts; the estimates "
        "were clustered as in ICASSO [himberg2004], whose index Iq says how stable a "
        "component is, and a last run started from the clusters' centres."
    )
    back = {"dual_regression": _dual_regression(ica), "gica1": GICA1}
    return sentences(
        "Group independent component analysis [calhoun2001] used the voxels of the "
        "template's brain, whoever took part.",
        "Time courses were brought to unit variance and reduced to "
        f"{ica['reduce_to']} principal components per session; the group's "
        f"{ica['components']} principal components were gathered session by session, "
        "in one pass over the data [smith2014].",
        f"Spatially independent maps were found by {algorithm[ica['algorithm']]}.",
        again if ica["repeats"] > 1 else "",
        back[ica["back_projection"]],
        _labels(ica),
        _scopes(experiments),
    )


GICA1 = (
    "Each session's maps were reconstructed by back-projection (GICA1) "
    "[calhoun2001, erhardt2011]."
)
"""Back-projection in words."""


def _dual_regression(ica):
    """Dual regression in words."""
    courses = (
        "brought to unit variance, so that maps hold the amplitude of a network as "
        "well as its shape"
        if ica["normalise_courses"]
        else "which keep the amplitude"
    )
    return (
        "Each session's maps came from dual regression "
        "[beckmann2009, nickerson2017]: the session was regressed on the group's maps, "
        f"and then on the resulting time courses, {courses}."
    )


def _labels(ica):
    """How components got their names."""
    if not ica["templates"]:
        return ""
    return (
        "Components were labelled after the most similar of "
        f"{len(ica['template_labels'])} templates, by spatial correlation."
    )


def _scopes(experiments):
    """To whom the decomposition was fitted."""
    protocols = {experiment["run_as"] for experiment in experiments}
    return sentences(
        "All of this was fitted in each fold anew, to its training participants, and "
        "the maps of held-out participants were derived from theirs. For reporting "
        "alone, components of folds were identified with those of a decomposition of "
        "everybody, one to one, by the correlation of their maps."
        if "honest" in protocols
        else "",
        "For replicas of the published protocol it was fitted once, to everybody."
        if "replica" in protocols
        else "",
    )


def describe_component_maps(experiments):
    """How maps of what networks are sensitive to were made of components.

    Parameters
    ----------
    experiments : list of dict
        Those whose networks see components or BOLD itself.

    Returns
    -------
    str
    """
    kinds = {experiment["feature"]["kind"] for experiment in experiments}
    return sentences(
        "For each held-out session the gradient of the network's logit with respect to "
        "its scaled input was computed and averaged over repeats.",
        "Gradients by a fold's components took the place, and the sign, of the "
        "components of everybody that these were identified with. Components were "
        "ranked by the mean over voxels and held-out sessions of the gradient's "
        "absolute value, averaged over networks."
        if "ica" in kinds
        else "",
        "Of BOLD itself the absolute value of the gradient was averaged over volumes."
        if "bold" in kinds
        else "",
    )
