# Features: what networks read, and how much memory that takes.

from scan2map.networks.pooling import first_dense_weights

GRID_MASK = "<template>/grid_brain_mask.nii.gz"


def lists_of_folds(feature, dealing, repeat, numbers):
    """Lists of the features of the people in some folds."""
    pattern = workflow.pathvars.apply("<list>")
    about = {"feature": feature, "dealing": dealing, "repeat": repeat}
    return [pattern.format(**about, fold=fold) for fold in numbers]


def listed_features(wildcards):
    """Feature arrays of the sessions in one fold."""
    rows = tested_in(wildcards.dealing, wildcards.repeat, [wildcards.fold])
    stem = f"<results>/5_features/{wildcards.feature}/sub-{{subject}}_ses-{{session}}"
    end = "_maps.npy" if wildcards.feature == "ica/all" else ".npy"
    return each_session(stem + end, rows)


def features(rows_of):
    """What holds the features of the sessions that a function chooses, by whole folds.

    Lists of the arrays of the sessions that a fold tests; or, of components of a scope,
    one array of all these sessions.
    """

    def find(wildcards):
        experiment, repeat = experiment_of(wildcards), int(wildcards.repeat)
        feature, dealing = experiment["feature"], dealing_of(wildcards.experiment)
        _, fold_of = dealt(dealing)
        numbers = dict.fromkeys(
            fold_of[repeat, row["participant_id"]] for row in rows_of(wildcards)
        )
        if feature["kind"] == "tensor":
            name = f"tensor_space-{feature['space']}"
        elif feature["kind"] == "bold":
            name = f"bold_volumes-{feature['volumes']}"
        elif feature["kind"] == "tissue":
            name = f"tissue-{feature['tissue']}"
        elif experiment["run_as"] == "replica":
            name = "ica/all"
        else:
            return files_of_folds(scope_of(wildcards), numbers, "maps.npy")
        return lists_of_folds(name, dealing, repeat, numbers)

    return find


def network_inputs(rows_of):
    """What a network reads of the sessions that a function chooses, by name."""
    features_of = features(rows_of)

    def find(wildcards):
        feature = experiment_of(wildcards)["feature"]
        given = {"features": features_of(wildcards)}
        if feature["kind"] in ("ica", "bold"):
            given["mask"] = workflow.pathvars.apply(GRID_MASK)
        if feature.get("components") == "selected":
            selection = (
                f"<ica>/{scope_of(wildcards)}/selection_p-{feature['alpha']}.json"
            )
            given["selection"] = workflow.pathvars.apply(selection)
        return given

    return find


def training_inputs(wildcards):
    """What training reads beside the training participants' features."""
    given = network_inputs(training)(wildcards)
    if watched(wildcards):
        given["validation"] = features(watched)(wildcards)
    if experiment_of(wildcards)["tune"] != "off":
        tuned = workflow.pathvars.apply("<fold>/tuned.json")
        given["tuned"] = tuned.format(**dict(wildcards.items()))
    return given


def explanation_inputs(wildcards):
    """What gradients by component need beside the network and its features."""
    given = network_inputs(held_out)(wildcards)
    if experiment_of(wildcards)["feature"]["kind"] == "ica":
        given["match"] = of_scope("<ica>/{scope}/match.tsv")(wildcards)
    return given


def training_memory(wildcards):
    """MB that training needs: about 600 bytes per voxel and session of a batch.

    And 2,000 for sessions that it keeps in memory, and 28 bytes a weight: with its
    gradient, Adam's moments, and the copies of a state that is written.
    """
    shape, experiment = config["grid"]["shape"], experiment_of(wildcards)
    x, y, z = shape
    batch = 600 * x * y * z * experiment["training"]["batch_size"]
    weights = 28 * first_dense_weights(shape, experiment["network"])
    return 4000 + (batch + weights) // 2**20
