# Experiments: what each network sees, in which scope, and whom it is tested on.

from scan2map.analyses import base_and_number
from scan2map.networks.pooling import first_dense_weights
from scan2map.splits import (
    VALIDATION,
    is_shuffle,
    never_tested,
    tested_folds,
    training_folds,
)

GRID_MASK = "<template>/grid_brain_mask.nii.gz"


def experiment_of(wildcards):
    return experiment_named(wildcards.experiment)


def experiment_named(name):
    """Settings of an experiment, or of one whose labels are permuted."""
    base, number = base_and_number(name)
    experiment = config["experiments"][base]
    # Networks of permuted labels start from weights of their own.
    return experiment if number is None else experiment | {"base": name}


def people(name):
    """Sessions of the cohort as an experiment sees them: permuted labels or given ones."""
    return labelled(base_and_number(name)[1])


def dealing_of(name):
    """Name of the way in which participants are dealt to an experiment's folds.

    Experiments with as many folds share it; permuted labels are dealt anew.
    """
    number, base = base_and_number(name)[1], name_dealing(
        experiment_named(name)["folds"]
    )
    return base if number is None else f"{base}_null-{number}"


DEALINGS = "(k-[0-9]+|shuffle-[0-9.e-]+)"
"""What `name_dealing` returns."""


def name_dealing(asked):
    """Name of a way to deal participants, given labels."""
    if is_shuffle(asked):
        return f"shuffle-{asked['validation']}-{asked['test']}"
    return f"k-{asked['k']}"


def dealt_rows():
    """What splits depend on of each session, so that no covariate makes them anew."""
    keys = ("participant_id", "session_id", "group", "family")
    return [{key: row[key] for key in keys} for row in cohort]


@cache
def dealt(name):
    """Sessions by repeat and fold, in the cohort's order; and fold by participant."""
    base, _, number = name.partition("_null-")
    number = int(number) if number else None
    asked = [experiment["folds"] for experiment in config["experiments"].values()]
    alike = [one for one in asked if name_dealing(one) == base]
    most = max(alike, key=lambda one: one["repeats"])
    fold_of = deal(number, **most)
    tested = {}
    for row in labelled(number):
        for repeat in range(1, most["repeats"] + 1):
            fold = fold_of[repeat, row["participant_id"]]
            tested.setdefault((repeat, fold), []).append(row)
    return tested, fold_of


@cache
def folds_of(name):
    """Fold of each repeat and participant; permuted labels are dealt anew."""
    return deal(base_and_number(name)[1], **experiment_named(name)["folds"])


def setting_of_experiment(key):
    """A block of an experiment's configuration."""
    return lambda wildcards: experiment_of(wildcards)[key]


def experiments_of_kind(*kinds):
    """Names of the experiments whose networks see a kind of feature."""
    return [
        name
        for name, experiment in config["experiments"].items()
        if experiment["feature"]["kind"] in kinds
    ]


def pairs():
    """Names of the experiments that run both honest and as published."""
    return [name for name in config["experiments"] if f"{name}_replica" in folds]


def explained(*kinds):
    """Names of the experiments of a kind whose networks are asked what they look at.

    A replica beside its honest twin is there for its scores.
    """
    twins = {f"{name}_replica" for name in pairs()}
    return [name for name in experiments_of_kind(*kinds) if name not in twins]


def kinds_of(name):
    """Kinds of maps that explain an experiment on tissue, in the order of figures."""
    return [one for one in ACTIVATIONS if one in experiment_named(name)["explain"]]


def kinds_of_experiment(wildcards):
    return kinds_of(wildcards.experiment)


def explained_alike():
    """Names of the experiments on tissues by the kinds of maps that explain them."""
    alike = {}
    for name in explained("tissue"):
        alike.setdefault(tuple(kinds_of(name)), []).append(name)
    return alike


def name_by_kinds(rule, kinds):
    """Name of a rule that makes some kinds of activation maps; all go without saying."""
    return "_".join([rule, *kinds]) if len(kinds) < len(ACTIVATIONS) else rule


def mapped(name):
    """Sessions of the cohort that a network of an experiment tests: these have maps."""
    unseen = never_tested(experiment_named(name)["folds"], folds_of(name))
    return [row for row in cohort if row["participant_id"] not in unseen]


def column_of_mapped(column):
    """One column of the cohort for the sessions that have maps."""
    return lambda wildcards: [row[column] for row in mapped(wildcards.experiment)]


def each_mapped(pattern):
    """Fill a path pattern for each session of an experiment that has maps."""
    return lambda wildcards: each_session(
        pattern, mapped(wildcards.experiment), **dict(wildcards.items())
    )


def each_mapped_kind(pattern):
    """Fill a path pattern for each kind of an experiment's maps, and each session."""
    return lambda wildcards: [
        path
        for kind in kinds_of(wildcards.experiment)
        for path in each_session(
            pattern,
            mapped(wildcards.experiment),
            experiment=wildcards.experiment,
            kind=kind,
        )
    ]


def each_kind(pattern):
    """Fill a path pattern of a session for each kind of its experiment's maps."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(**dict(wildcards.items()), kind=kind)
        for kind in kinds_of(wildcards.experiment)
    ]


GROUP_MAPS = [
    f"<maps>/{what}_space-{MAP_SPACE}_desc-{{kind}}_map.nii.gz"
    for what in (f"group-{GROUPS[0]}", f"group-{GROUPS[1]}", "contrast-groups")
]
"""Mean of each group's maps, and the affected group's minus the reference group's."""


def seed_of_fold(rule):
    """One seed per fold, the same for an experiment and its replica."""

    def derive(wildcards):
        base = experiment_of(wildcards)["base"]
        fold = (wildcards.repeat, wildcards.fold)
        return derive_seed(config["seed"], rule, base, *fold)

    return derive


def tested_in(dealing, repeat, numbers):
    """Sessions of the participants in some folds, fold by fold."""
    tested, _ = dealt(dealing)
    return [row for fold in numbers for row in tested[int(repeat), int(fold)]]


def held_out(wildcards):
    """Sessions of the participants that one fold tests."""
    dealing = dealing_of(wildcards.experiment)
    return tested_in(dealing, wildcards.repeat, [wildcards.fold])


def training(wildcards):
    """Sessions of the participants that one fold may learn from, fold by fold."""
    others = training_folds(experiment_of(wildcards)["folds"], wildcards.fold)
    return tested_in(dealing_of(wildcards.experiment), wildcards.repeat, others)


def validating(wildcards):
    """Sessions of the participants that a shuffle neither learns from nor tests."""
    dealing = dealing_of(wildcards.experiment)
    return tested_in(dealing, wildcards.repeat, [VALIDATION])


def numbered_folds(name):
    """Repeat and fold of each network of an experiment."""
    asked = experiment_named(name)["folds"]
    return [
        (repeat, fold)
        for repeat in range(1, asked["repeats"] + 1)
        for fold in tested_folds(asked)
    ]


def shuffled():
    """Names of the experiments that are tested in shuffles."""
    return [
        name for name, one in config["experiments"].items() if is_shuffle(one["folds"])
    ]


# Experiments on ICA maps have the same folds, as far as each has repeats.
ICA_FOLDS = max(
    (config["experiments"][name]["folds"] for name in experiments_of_kind("ica")),
    key=lambda asked: asked["repeats"],
    default={"scheme": "kfold", "k": 0, "repeats": 0},
)
ICA_DEALING = name_dealing(ICA_FOLDS)


def fold_scopes():
    """Scopes of the folds in which group ICA is fitted."""
    honest = [
        name
        for name in experiments_of_kind("ica")
        if config["experiments"][name]["run_as"] == "honest"
    ]
    numbered = {fold for name in honest for fold in numbered_folds(name)}
    return [f"repeat-{repeat}_fold-{fold}" for repeat, fold in sorted(numbered)]


def folds_in_scope(scope):
    """Repeat, and folds whose people a scope may learn from; not for everybody."""
    repeat, fold = (int(part.split("-")[1]) for part in scope.split("_"))
    return repeat, training_folds(ICA_FOLDS, fold)


def in_scope(wildcards):
    """Sessions that what is fitted in a scope may learn from, fold by fold."""
    if wildcards.scope == "all":
        return cohort
    return tested_in(ICA_DEALING, *folds_in_scope(wildcards.scope))


def scope_of(wildcards):
    """Where a network's components come from: its fold, or everybody as published."""
    if experiment_of(wildcards)["run_as"] == "replica":
        return "all"
    return f"repeat-{wildcards.repeat}_fold-{wildcards.fold}"


def of_scope(pattern):
    """Fill a path pattern with the scope of a network."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: pattern.format(scope=scope_of(wildcards))


def each_scope(pattern, scopes):
    """Fill a path pattern for each scope; other wildcards stay."""
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.replace("{scope}", scope) for scope in scopes]


def scopes_of_repeat(pattern):
    """Fill a path pattern for the scopes of a repeat, whose number stays open."""
    scopes = [f"repeat-{{repeat}}_fold-{fold}" for fold in tested_folds(ICA_FOLDS)]
    return each_scope(pattern, scopes)


def reduced_in_scope(wildcards):
    """Reduced BOLD of whom a scope may learn from: of sessions, or lists of a fold's."""
    if wildcards.scope == "all":
        return each_session("<ica>/reduced/sub-{subject}_ses-{session}.npy")
    repeat, others = folds_in_scope(wildcards.scope)
    return lists_of_folds("ica/reduced", ICA_DEALING, repeat, others)


def descriptions_in_scope(wildcards):
    """What is known of the components of whom a scope may learn from."""
    if wildcards.scope == "all":
        return each_session("<component_maps>.json", scope="all")
    _, others = folds_in_scope(wildcards.scope)
    pattern = workflow.pathvars.apply(
        f"<ica>/{wildcards.scope}/fold-{{fold}}_maps.json"
    )
    return [pattern.format(fold=fold) for fold in others]


def tested_bold(wildcards):
    """Denoised BOLD of the sessions that one fold of networks on components tests."""
    return each_session("<bold>_desc-denoised_bold.nii.gz", tested_sessions(wildcards))


def tested_sessions(wildcards):
    """Sessions that one fold of networks on components tests."""
    return tested_in(ICA_DEALING, wildcards.repeat, [wildcards.fold])


def group_decompositions(*paths):
    """What GICA1 needs of each scope beside its maps."""
    return paths if config["ica"]["back_projection"] == "gica1" else []


def minutes_of_regression(wildcards):
    """Time to read each session of a fold once, and see it through a repeat's scopes."""
    scopes = len(tested_folds(ICA_FOLDS))
    return 30 + len(tested_sessions(wildcards)) * (5 + scopes) // 10


def ica_settings(*keys):
    """What a rule uses of the section `ica`, so that nothing else makes it run again."""
    return {key: config["ica"][key] for key in keys}


def templates():
    """The image of known networks, where the study has one."""
    return config["ica"]["templates"] or []


def labels_of(rows_of):
    """1 for the affected group, 0 for the reference group, session by session."""
    return lambda wildcards: [
        int(row["group"] == GROUPS[1]) for row in rows_of(wildcards)
    ]


def column_of(column, rows_of):
    """One column of the cohort for the sessions that a function chooses."""
    return lambda wildcards: [row[column] for row in rows_of(wildcards)]


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
            pattern = f"<ica>/{scope_of(wildcards)}/fold-{{fold}}_maps.npy"
            pattern = workflow.pathvars.apply(pattern)
            return [pattern.format(fold=fold) for fold in numbers]
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


def watched(wildcards):
    """Sessions that early stopping looks at, where they are not training people's.

    A replica's are those of the fold it tests, a shuffle's those that validate.
    """
    experiment = experiment_of(wildcards)
    if not experiment["training"]["early_stopping"]:
        return []
    if experiment["run_as"] == "replica":
        return held_out(wildcards)
    return validating(wildcards) if is_shuffle(experiment["folds"]) else []


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


def each_fold(pattern):
    """Fill a path pattern for each repeat and fold of an experiment."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(experiment=wildcards.experiment, repeat=repeat, fold=fold)
        for repeat, fold in numbered_folds(wildcards.experiment)
    ]


def validation_predictions(wildcards):
    """Predictions of whom each shuffle neither learns from nor tests."""
    if wildcards.experiment not in shuffled():
        return []
    return each_fold("<fold>/validation.tsv")(wildcards)


def tested_in_folds(wildcards):
    """Participants that each fold tests, fold by fold."""
    tested = {fold: [] for fold in numbered_folds(wildcards.experiment)}
    for (repeat, who), fold in folds[wildcards.experiment].items():
        if (repeat, fold) in tested:
            tested[repeat, fold].append(who)
    return [sorted(people) for people in tested.values()]


def predicted_sessions(wildcards):
    """Participant and session of each prediction, network by network."""
    dealing = dealing_of(wildcards.experiment)
    return [
        sorted(
            (row["participant_id"], row["session_id"])
            for row in tested_in(dealing, repeat, [fold])
        )
        for repeat, fold in numbered_folds(wildcards.experiment)
    ]


def folds_testing(pattern):
    """Fill a path pattern for the folds in which a session was held out."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        name, subject = wildcards.experiment, wildcards.subject
        fold_of = folds_of(name)
        return [
            pattern.format(experiment=name, repeat=repeat, fold=fold)
            for repeat, fold in numbered_folds(name)
            if fold_of[repeat, subject] == fold
        ]

    return fill


def warp_of_experiment(wildcards):
    """The field that takes an experiment's maps to MNI."""
    return warp_from(experiment_of(wildcards)["feature"]["space"])


def grid_of_experiment(wildcards):
    """An image on the grid of an experiment's maps."""
    space = experiment_of(wildcards)["feature"]["space"]
    return workflow.pathvars.apply(f"<dwi>_space-{space}_desc-tensor_mask.nii.gz")


def masks_of_sessions(wildcards):
    """Where each session has data in MNI space."""
    if wildcards.modality == "dwi":
        return each_session(f"<dwi>_space-{MNI}_desc-tensor_mask.nii.gz")
    return each_session("<bold>_desc-brain_mask.nii.gz")


def each_experiment(pattern, names=None):
    """Fill a path pattern for each experiment, or for those named."""
    pattern = workflow.pathvars.apply(pattern)
    names = config["experiments"] if names is None else names
    return [pattern.format(experiment=name) for name in names]
