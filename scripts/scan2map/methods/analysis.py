"""What the methods text says of scores, maps of tensors and the audit."""

from scan2map.methods.words import sentences


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
    repeated = any(e["folds"]["repeats"] > 1 for e in experiments.values())
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
        "Mean and standard deviation over repeats are given beside the scores of all "
        "repeats together; the interval of the mean is that of a bootstrap over "
        "participants, since repeats share them."
        if repeated
        else "",
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


def describe_activation(experiments, groups):
    """How maps of what networks make of tissue were made.

    Parameters
    ----------
    experiments : list of dict
        Those whose networks see a tissue.
    groups : dict
        Names of the ``reference`` and the ``affected`` group.

    Returns
    -------
    str
    """
    kinds = {kind for experiment in experiments for kind in experiment["explain"]}
    return sentences(
        "Networks were asked about held-out sessions.",
        "Class-invariant activation maps are the sum over channels of the last "
        "convolution's activations, scaled from 0 to 1 in each network [ng2018]."
        if "cam" in kinds
        else "",
        "For Grad-CAM [selvaraju2017] the channels of the last convolution were "
        "weighted by the mean derivative of the logit by their activations; instead of "
        "setting negative sums to zero, they were kept as the Grad-CAM of the group "
        f"'{groups['reference']}'."
        if "gradcam" in kinds
        else "",
        "Both were interpolated linearly between the centres of the cells' receptive "
        "fields [araujo2019]."
        if kinds & {"cam", "gradcam"}
        else "",
        "Gradients are derivatives of the logit by the scaled input."
        if "gradient" in kinds
        else "",
        "Maps were averaged over the networks that had not seen the participant.",
    )
