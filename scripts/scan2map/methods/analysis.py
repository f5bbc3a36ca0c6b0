"""What the methods text says of scores, maps of tensors, statistics and the audit."""

from scan2map.methods.words import listed, sentences


def describe_scores(scores, experiments):
    """How predictions were scored.

    Parameters
    ----------
    scores : dict
        Block of the resolved configuration.
    experiments : dict
        All of them.

    Returns
    -------
    str
    """
    draws, orders = scores["bootstrap_samples"], scores["permutations"]
    replicas = any(e["run_as"] == "replica" for e in experiments.values())
    return sentences(
        "The area under the ROC curve, accuracy, precision, sensitivity, specificity "
        "and F1 score were computed from out-of-fold predictions.",
        "Confidence intervals (95 %) are percentiles of a bootstrap over participants "
        f"({draws} samples).",
        "Scores are compared with those of always naming the larger group and with "
        f"those after permuting the labels of participants ({orders} permutations).",
        "Networks were not trained anew for either; since networks of cross-validation "
        "share their training participants, deviations of both from the score and from "
        "the mean of permutations were multiplied by the square root of two "
        "[nadeau2003].",
        "The optimism of a published protocol is the difference between the scores of "
        "its replica and of the honest experiment with the same folds, its confidence "
        "interval from a bootstrap that draws participants with their predictions of "
        "both."
        if replicas
        else "",
    )


def describe_audit(experiments):
    """How it was made sure that honest networks are honest."""
    replicas = any(e["run_as"] == "replica" for e in experiments.values())
    return sentences(
        "From each network, the records that Snakemake keeps of the files which each "
        "job read were followed back to the images. No test participant was upstream "
        "of an honest network, or the workflow would have stopped.",
        "Of replicas, test participants upstream are reported." if replicas else "",
    )


def describe_maps(experiments):
    """How sensitivity maps of tensors were made.

    Parameters
    ----------
    experiments : list of dict
        Those whose networks see tensors.

    Returns
    -------
    str
    """
    native = any(e["feature"]["space"] == "T1w" for e in experiments)
    return sentences(
        "For each held-out session the gradient of the network's logit with respect "
        "to the tensor was propagated, eigenvectors held fixed, to MD, A, FA and "
        "planarity [estudillo2022]. For FA the sum of the two partial chain rules was "
        "used, (3μ² + σ²) / (3 FA) · (σ/μ² · ∂N/∂σ − 1/μ · ∂N/∂μ).",
        "Maps were averaged over repeats.",
        "Maps in the T1-weighted image's space were then warped to MNI space."
        if native
        else "",
    )


def describe_statistics(statistics, groups, kinds):
    """How maps were tested.

    Parameters
    ----------
    statistics, groups : dict
        Blocks of the resolved configuration.
    kinds : set of str
        Of the features that networks see.

    Returns
    -------
    str
    """
    covariates = statistics["covariates"]
    tested = [
        "sensitivity maps, and for the traditional analysis the diffusion maps "
        "themselves,"
        if "tensor" in kinds
        else "",
        "gradient maps" if kinds & {"ica", "bold"} else "",
    ]
    tested = " and ".join(maps for maps in tested if maps)
    over = "over voxels and components" if "ica" in kinds else "over voxels"
    return sentences(
        f"{tested[0].upper()}{tested[1:]} were smoothed with a Gaussian kernel of "
        f"{statistics['fwhm']:g} mm full width at half maximum."
        if statistics["fwhm"]
        else f"{tested[0].upper()}{tested[1:]} were not smoothed.",
        "Maps of several sessions of a participant were averaged.",
        f"At each voxel a t test compared '{groups['affected']}' with "
        f"'{groups['reference']}'"
        + (", and the mean of gradients with zero" if kinds != {"bold"} else "")
        + (f", holding {listed(covariates)} constant." if covariates else "."),
        f"The family-wise error was held at {statistics['alpha']:g} {over} "
        "(Bonferroni, two-sided), in the voxels that all sessions share; clusters of "
        f"at least {statistics['extent_mm3']:g} mm³ are listed.",
    )
