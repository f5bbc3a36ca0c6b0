"""What the methods text says of the checks of maps."""

from scan2map.methods.words import sentences
from scan2map.sanity.verdicts import UNCHANGED


def describe_sanity(sanity, experiments, phantom):
    """How it was checked that maps show what networks have learnt.

    Parameters
    ----------
    sanity : dict
        Block of the resolved configuration.
    experiments : list of dict
        All of them.
    phantom : bool
        Whether it is known where effects are.

    Returns
    -------
    str
    """
    repeated = any(e["folds"]["repeats"] > 1 for e in experiments)
    return sentences(
        "Each network lost what it had learnt, layer by layer from the logit to the "
        "input, by new weights from the layers' own initialisers [adebayo2018]; of up "
        f"to {sanity['sessions']} held-out sessions per fold, the maps were compared "
        "with those of the trained network by the structural similarity index, in "
        "three dimensions and in the mask [wang2004], and by Spearman's correlation of "
        "values and of absolute values.",
        "A map whose median correlation with that of the random network was at least "
        f"{UNCHANGED:g} counts as one that does not show what was learnt.",
        "In one fold of each experiment a network was also trained on labels that were "
        "permuted among the training participants."
        if sanity["permuted"]
        else "",
        "The agreement of maps over retrainings is the intraclass correlation ICC(2,1) "
        "[shrout1979], with voxels as targets and networks as raters, the median over "
        "sessions."
        if repeated
        else "",
        "The share of a map's absolute values in the planted regions was compared with "
        "these regions' share of the brain (bootstrap over participants)."
        if phantom
        else "",
    )
