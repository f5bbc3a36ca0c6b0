"""What the methods text says of networks, their maps and statistics."""

from scan2map.methods.words import listed, sentences


def describe_experiment(experiment, groups, parameters):
    """What one experiment's network saw and how it was trained and tested."""
    space = "the T1-weighted image's space"
    if experiment["space"].startswith("MNI"):
        space = "MNI space"
    folds = experiment["folds"]
    repeats = (
        f", repeated {folds['repeats']} times with new folds"
        if folds["repeats"] > 1
        else ""
    )
    return sentences(
        f"Tensors in {space} were classified as '{groups['affected']}' or "
        f"'{groups['reference']}' with a three-dimensional convolutional network "
        "[estudillo2022] in Keras [chollet2015, abadi2016].",
        _network(experiment.get("network", {}), parameters),
        _training(experiment.get("training", {})),
        "Input channels were scaled by mean and standard deviation of the training "
        "participants.",
        f"Networks were tested by {folds['k']}-fold cross-validation{repeats}: folds "
        "were stratified by group, and all sessions of a participant, or of a family, "
        "lay in the same fold. Nothing was chosen or fitted on held-out participants.",
    )


def _network(network, parameters):
    """Architecture, as far as the configuration states it."""
    dense = network.get("dense")
    parts = [
        f"{len(network['filters'])} convolutions with {listed(network['filters'])} "
        "filters"
        if network.get("filters")
        else "",
        f"kernels of {network['kernel']} voxels" if network.get("kernel") else "",
        f"pooling of 2×2×2 voxels after convolutions {listed(network['pool_after'])}"
        if network.get("pool_after")
        else "",
        f"{len(dense) + 1} dense layers with {listed([*dense, 1])} units"
        if dense
        else "",
        f"{network['activation']} activations" if network.get("activation") else "",
        f"a dropout of {network['dropout']:g}" if network.get("dropout") else "",
        f"an L2 penalty of {network['l2']:g}" if network.get("l2") else "",
        f"{parameters:,} parameters" if parameters else "",
    ]
    parts = [part for part in parts if part]
    return f"It has {listed(parts)}." if parts else ""


def _training(training):
    """Optimiser and augmentation."""
    if not training:
        return ""
    decay = training.get("decay", 1)
    rate = f"at a learning rate of {training['learning_rate']:g}"
    if decay != 1:
        rate += f", multiplied by {decay:g} every {training['decay_every']} epochs,"
    augmentation = training.get("augmentation", {})
    who = {
        "control": "left-right flips of the reference group",
        "both": "left-right flips of both groups",
    }
    kinds = [
        who.get(augmentation.get("flip"), ""),
        f"axial rotations of up to {augmentation['rotation_degrees']:g} degrees"
        if augmentation.get("rotation_degrees")
        else "",
        f"axial translations of up to {augmentation['translation_voxels']} voxels"
        if augmentation.get("translation_voxels")
        else "",
    ]
    kinds = [kind for kind in kinds if kind]
    return sentences(
        f"It was trained with Adam [kingma2015] {rate} for {training['epochs']} epochs "
        f"in batches of {training['batch_size']}.",
        "Sessions were weighted inversely to the size of their group."
        if training.get("class_weight") == "balanced"
        else "",
        f"Training images, tensors included, were augmented by {listed(kinds)}."
        if kinds
        else "Training images were not augmented.",
    )


def describe_scores(scores):
    """How predictions were scored."""
    draws = scores.get("bootstrap_samples")
    orders = scores.get("permutations")
    return sentences(
        "The area under the ROC curve, accuracy, sensitivity, specificity and F1 score "
        "were computed from out-of-fold predictions.",
        "Confidence intervals (95 %) are percentiles of a bootstrap over participants"
        + (f" ({draws} samples)." if draws else "."),
        "Scores are compared with those of always naming the larger group and with "
        "those after permuting the labels of participants"
        + (f" ({orders} permutations)." if orders else "."),
    )


def describe_maps(experiments):
    """How sensitivity maps were made."""
    native = any(not e["space"].startswith("MNI") for e in experiments.values())
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


def describe_statistics(statistics, groups):
    """How maps were tested."""
    covariates = statistics["covariates"]
    return sentences(
        "Sensitivity maps, and for the traditional analysis the diffusion maps "
        "themselves, were smoothed with a Gaussian kernel of "
        f"{statistics['fwhm']:g} mm full width at half maximum.",
        "Maps of several sessions of a participant were averaged.",
        f"At each voxel a t test compared '{groups['affected']}' with "
        f"'{groups['reference']}', and for sensitivity maps the mean with zero"
        + (f", holding {listed(covariates)} constant." if covariates else "."),
        f"The family-wise error was held at {statistics['alpha']:g} over the voxels "
        "that all sessions share (Bonferroni, two-sided); clusters of at least "
        f"{statistics['extent_mm3']:g} mm³ are listed.",
    )
