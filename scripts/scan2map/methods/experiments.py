"""What the methods text says of networks: what they see, how they learn, are tested."""

from scan2map.methods.words import listed, sentences
from scan2map.splits import is_shuffle

ADAM_EPSILON = 1e-7
"""Keras's, which goes without saying."""

TISSUES = {"WM": "white matter", "GM": "grey matter", "CSF": "cerebrospinal fluid"}
"""What a network may see a map of."""


def describe_experiment(experiment, groups, parameters):
    """What one experiment's network saw and how it was trained and tested.

    Parameters
    ----------
    experiment : dict
        Its block of the resolved configuration.
    groups : dict
        Names of the ``reference`` and the ``affected`` group.
    parameters : int
        What training fitted.

    Returns
    -------
    str
    """
    architecture = {
        "vbd": "[estudillo2022]",
        "voxnet": "[maturana2015, teh2023]",
        "ng2018": "[ng2018]",
    }
    builders = {"vbd": _vbd, "voxnet": _voxnet, "ng2018": _ng2018}
    network = builders[experiment["network"]["name"]]
    return sentences(
        f"{_input(experiment)} were classified as '{groups['affected']}' or "
        f"'{groups['reference']}' with a three-dimensional convolutional network "
        f"{architecture[experiment['network']['name']]} in Keras "
        "[chollet2015, abadi2016].",
        _selection(experiment),
        f"It has {listed([*network(experiment), f'{parameters:,} parameters'])}.",
        _training(experiment),
        _early_stopping(experiment),
        _tuning(experiment["tune"]),
        _scaling(experiment["training"]["centre"]),
        _folds(experiment["folds"]),
        _honesty(experiment),
    )


def _scaling(centre):
    """Say what was done with the input's values."""
    if centre:
        return (
            "Input channels were scaled by mean and standard deviation of the training "
            "participants."
        )
    return (
        "The input was divided by its standard deviation in the training participants, "
        "and not centred."
    )


def describe_replica(experiment):
    """How a replica of a published protocol differs from the honest experiment.

    Parameters
    ----------
    experiment : dict
        Its block of the resolved configuration.

    Returns
    -------
    str
    """
    feature = experiment["feature"]
    return sentences(
        "Folds, networks, training and seeds are those of the honest experiment.",
        "Group ICA was fitted to all participants, held-out ones included."
        if feature["kind"] == "ica"
        else "",
        _selection(experiment),
        _early_stopping(experiment),
        _honesty(experiment),
    )


def _input(experiment):
    """What a network sees."""
    feature = experiment["feature"]
    if feature["kind"] == "tensor":
        native = "the T1-weighted image's space"
        return f"Tensors in {native if feature['space'] == 'T1w' else 'MNI space'}"
    if feature["kind"] == "bold":
        return (
            f"{feature['volumes']} volumes of denoised BOLD, spaced evenly through the "
            "run, as channels,"
        )
    if feature["kind"] == "tissue":
        return f"Maps of {TISSUES[feature['tissue']]} in MNI space"
    components = f"{feature['components']} independent components"
    return f"Each session's maps of {components}, as channels,"


def _folds(folds):
    """How participants were dealt to those learnt from and those tested."""
    if is_shuffle(folds):
        times = f"{folds['repeats']} times" if folds["repeats"] > 1 else "once"
        return (
            f"Participants were shuffled {times}, stratified by group, all sessions of "
            "a participant, or of a family, on the same side: "
            f"{100 * folds['test']:g} % were tested, {100 * folds['validation']:g} % "
            "validated, and the network was fitted to the others. A participant may "
            "have been tested several times or never."
        )
    repeats = (
        f", repeated {folds['repeats']} times with new folds"
        if folds["repeats"] > 1
        else ""
    )
    return (
        f"Networks were tested by {folds['k']}-fold cross-validation{repeats}: folds "
        "were stratified by group, and all sessions of a participant, or of a family, "
        "lay in the same fold."
    )


def _selection(experiment):
    """How components were selected."""
    feature = experiment["feature"]
    if feature.get("components") != "selected":
        return ""
    who = {"honest": "the training", "replica": "all"}[experiment["run_as"]]
    return (
        "Components were selected whose activity, the standard deviation of their time "
        f"course, differed between the groups among {who} participants (Welch's t "
        f"test, p < {feature['alpha']:g}, uncorrected)."
    )


def _vbd(experiment):
    """Parts of the network of voxel-based diktiometry."""
    network = experiment["network"]
    parts = [
        f"{len(network['filters'])} convolutions with {listed(network['filters'])} "
        "filters",
        f"kernels of {network['kernel']} voxels",
        f"{network['pooling']} pooling of 2×2×2 voxels after convolutions "
        f"{listed(network['pool_after'])}"
        if network["pool_after"]
        else "",
        *_head(experiment),
        f"an L2 penalty of {network['l2']:g}" if network["l2"] else "",
    ]
    return [part for part in parts if part]


def _ng2018(experiment):
    """Parts of the network of Ng et al. (2018)."""
    network = experiment["network"]
    parts = [
        f"{len(network['filters'])} convolutions of 3×3×3 voxels with "
        f"{listed(network['filters'])} filters",
        "max pooling of 2×2×2 voxels after convolutions "
        f"{listed(network['pool_after'])}"
        if network["pool_after"]
        else "",
        *_head(experiment),
        "weights initialised uniformly [glorot2010]",
    ]
    return [part for part in parts if part]


def _voxnet(experiment):
    """Parts of VoxNet."""
    network = experiment["network"]
    first, *others = network["filters"]
    edge = network["shrink"]
    parts = [
        f"an input averaged over {edge}×{edge}×{edge} voxels" if edge > 1 else "",
        f"a convolution of 5×5×5 voxels with stride 2 and {first} filters",
        *(f"a convolution of 3×3×3 voxels with {n} filters" for n in others),
        "batch normalisation [ioffe2015] after each convolution"
        if network["batch_normalisation"]
        else "",
        "max pooling of 2×2×2 voxels",
        *_head(experiment),
    ]
    return [part for part in parts if part]


def _head(experiment):
    """Dense layers, activation and dropout, which all networks have."""
    network, tuned = experiment["network"], experiment["tune"] != "off"
    dropout = "dropout" if tuned else f"a dropout of {network['dropout']:g}"
    return [
        f"{len(network['dense']) + 1} dense layers with "
        f"{listed([*network['dense'], 1])} units",
        f"{network['activation'].replace('_', ' ')} activations",
        dropout if tuned or network["dropout"] else "",
    ]


def _training(experiment):
    """Optimiser and augmentation."""
    training = experiment["training"]
    augmentation = training["augmentation"]
    who = {
        "none": "",
        "control": "left-right flips of the reference group",
        "both": "left-right flips of both groups",
    }
    kinds = [
        who[augmentation["flip"]],
        f"axial rotations of up to {augmentation['rotation_degrees']:g} degrees"
        if augmentation["rotation_degrees"]
        else "",
        f"shifts of up to {augmentation['translation_voxels']} voxels along each axis"
        if augmentation["translation_voxels"]
        else "",
    ]
    kinds = [kind for kind in kinds if kind]
    return sentences(
        f"It was trained with Adam [kingma2015]{_rate(experiment)} in batches of "
        f"{training['batch_size']}.",
        "Sessions were weighted inversely to the size of their group."
        if training["class_weight"] == "balanced"
        else "",
        f"Training images, tensors included, were augmented by {listed(kinds)}."
        if kinds
        else "Training images were not augmented.",
    )


def _rate(experiment):
    """Learning rate, epsilon and epochs; in numbers where they were not tuned."""
    training = experiment["training"]
    decay = (
        f", multiplied by {training['decay']:g} every {training['decay_every']} epochs,"
        if training["decay"] != 1
        else ""
    )
    if experiment["tune"] != "off":
        return f" at a tuned learning rate{decay}"
    epsilon = (
        f" and an epsilon of {training['epsilon']:g}"
        if training["epsilon"] != ADAM_EPSILON
        else ""
    )
    most = "at most " if training["early_stopping"] else ""
    return (
        f" at a learning rate of {training['learning_rate']:g}{decay}{epsilon} for "
        f"{most}{training['epochs']} epochs"
    )


def _early_stopping(experiment):
    """Who decided when training stopped."""
    stopping = experiment["training"]["early_stopping"]
    if not stopping:
        return ""
    who = {
        "honest": "the validation participants"
        if is_shuffle(experiment["folds"])
        else f"{100 * stopping['share']:g} % of the training participants, held "
        "back from the fit,",
        "replica": "the held-out participants",
    }
    return (
        f"Training stopped when the cross-entropy of {who[experiment['run_as']]} had "
        f"not fallen for {stopping['patience']} epochs, and the weights of the best "
        "epoch were kept."
    )


def _tuning(tune):
    """How hyper-parameters were chosen."""
    if tune == "off":
        return ""
    # Keras and Optuna take seconds to import, and few studies are tuned.
    from scan2map.tuning import BUDGETS

    plan = BUDGETS[tune]
    return (
        "Learning rate, epsilon, dropout and number of epochs were tuned for each fold "
        f"with Optuna [akiba2019]: {plan['trials']} trials of a tree-structured Parzen "
        "estimator with pruning, judged by their cross-entropy in "
        f"{plan['folds']}-fold cross-validation within the training participants."
    )


def _honesty(experiment):
    """Whether anything saw the people who are tested."""
    if experiment["run_as"] == "honest":
        return "Nothing was chosen or fitted on held-out participants."
    feature, fitted = experiment["feature"], []
    if feature["kind"] == "ica":
        fitted.append("group ICA")
    if feature.get("components") == "selected":
        fitted.append("the selection of components")
    if experiment["training"]["early_stopping"]:
        fitted.append("early stopping")
    return (
        "This is a replica of the published protocol, in which "
        f"{listed(fitted)} saw the held-out participants: its scores are optimistic."
    )
