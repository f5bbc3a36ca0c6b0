# Experiments: what each network sees, in which scope, and whom it is tested on.

from scan2map.analyses import base_and_number, permuted_cohort

GRID_MASK = "<template>/grid_brain_mask.nii.gz"


def experiment_of(wildcards):
    return experiment_named(wildcards.experiment)


def experiment_named(name):
    """Settings of an experiment, or of one whose labels are permuted."""
    base, number = base_and_number(name)
    experiment = config["experiments"][base]
    # Networks of permuted labels start from weights of their own.
    return experiment if number is None else experiment | {"base": name}


@cache
def people(name):
    """Sessions of the cohort as an experiment sees them: permuted labels or given ones."""
    number = base_and_number(name)[1]
    if number is None:
        return cohort
    return permuted_cohort(cohort, derive_seed(config["seed"], "null", number))


@cache
def folds_of(name):
    """Fold of each repeat and participant; permuted labels are dealt anew."""
    base, number = base_and_number(name)
    if number is None:
        return folds[base]
    asked = config["experiments"][base]["folds"]
    return split(people(name), **asked, seed=config["seed"])


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


def seed_of_fold(rule):
    """One seed per fold, the same for an experiment and its replica."""

    def derive(wildcards):
        base = experiment_of(wildcards)["base"]
        fold = (wildcards.repeat, wildcards.fold)
        return derive_seed(config["seed"], rule, base, *fold)

    return derive


def held_out(wildcards):
    """Sessions of the participants that one fold tests."""
    name, fold_of = wildcards.experiment, folds_of(wildcards.experiment)
    repeat, fold = int(wildcards.repeat), int(wildcards.fold)
    return [
        row for row in people(name) if fold_of[repeat, row["participant_id"]] == fold
    ]


def training(wildcards):
    """Sessions of the participants that one fold may learn from."""
    tested = {row["participant_id"] for row in held_out(wildcards)}
    everyone = people(wildcards.experiment)
    return [row for row in everyone if row["participant_id"] not in tested]


def numbered_folds(name):
    """Repeat and fold of each network of an experiment."""
    asked = experiment_named(name)["folds"]
    return [
        (repeat, fold)
        for repeat in range(1, asked["repeats"] + 1)
        for fold in range(1, asked["k"] + 1)
    ]


# Experiments on ICA maps have the same folds, as far as each has repeats: the plan of
# the one with the most of them says who is in each scope.
most_repeats = max(
    experiments_of_kind("ica"),
    key=lambda name: config["experiments"][name]["folds"]["repeats"],
    default=None,
)


def fold_scopes():
    """Scopes of the folds in which group ICA is fitted."""
    honest = [
        name
        for name in experiments_of_kind("ica")
        if config["experiments"][name]["run_as"] == "honest"
    ]
    numbered = {fold for name in honest for fold in numbered_folds(name)}
    return [f"repeat-{repeat}_fold-{fold}" for repeat, fold in sorted(numbered)]


SCOPES = ["all", *fold_scopes()]


def in_scope(wildcards):
    """Sessions that what is fitted in a scope may learn from."""
    if wildcards.scope == "all":
        return cohort
    repeat, fold = (int(part.split("-")[1]) for part in wildcards.scope.split("_"))
    fold_of = folds[most_repeats]
    return [row for row in cohort if fold_of[repeat, row["participant_id"]] != fold]


def scope_of(wildcards):
    """Where a network's components come from: its fold, or everybody as published."""
    if experiment_of(wildcards)["run_as"] == "replica":
        return "all"
    return f"repeat-{wildcards.repeat}_fold-{wildcards.fold}"


def of_scope(pattern):
    """Fill a path pattern with the scope of a network."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: pattern.format(scope=scope_of(wildcards))


def each_scope(pattern, scopes=SCOPES):
    """Fill a path pattern for each scope; other wildcards stay."""
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.replace("{scope}", scope) for scope in scopes]


def sessions_in_scope(pattern):
    """Fill a path pattern for each session that a scope may learn from."""

    def fill(wildcards):
        rows = in_scope(wildcards)
        return each_session(pattern, rows, scope=wildcards.scope)

    return fill


def group_decompositions():
    """What GICA1 needs of each scope beside its maps."""
    if config["ica"]["back_projection"] == "dual_regression":
        return []
    return each_scope("<ica>/{scope}/group.npz")


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


def features(rows_of):
    """Feature arrays of the sessions that a function of the wildcards chooses."""

    def find(wildcards):
        feature, rows = experiment_of(wildcards)["feature"], rows_of(wildcards)
        if feature["kind"] == "tensor":
            return each_session("<tensors>.npy", rows, space=feature["space"])
        if feature["kind"] == "ica":
            scope = scope_of(wildcards)
            return each_session("<component_maps>.npy", rows, scope=scope)
        return each_session("<volumes>.npy", rows, volumes=feature["volumes"])

    return find


def network_inputs(rows_of):
    """What a network reads of the sessions that a function chooses, by name."""
    features_of = features(rows_of)

    def find(wildcards):
        feature = experiment_of(wildcards)["feature"]
        given = {"features": features_of(wildcards)}
        if feature["kind"] != "tensor":
            given["mask"] = workflow.pathvars.apply(GRID_MASK)
        if feature.get("components") == "selected":
            selection = (
                f"<ica>/{scope_of(wildcards)}/selection_p-{feature['alpha']}.json"
            )
            given["selection"] = workflow.pathvars.apply(selection)
        return given

    return find


def watched(wildcards):
    """Sessions that a replica's early stopping looks at: those of the fold it tests."""
    experiment = experiment_of(wildcards)
    if experiment["run_as"] == "replica" and experiment["training"]["early_stopping"]:
        return held_out(wildcards)
    return []


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

    And 2,000 for sessions that it keeps in memory.
    """
    x, y, z = config["grid"]["shape"]
    return (
        4000
        + 600 * x * y * z * experiment_of(wildcards)["training"]["batch_size"] // 2**20
    )


def each_fold(pattern):
    """Fill a path pattern for each repeat and fold of an experiment."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(experiment=wildcards.experiment, repeat=repeat, fold=fold)
        for repeat, fold in numbered_folds(wildcards.experiment)
    ]


def tested_in_folds(wildcards):
    """Participants that each fold tests, fold by fold."""
    tested = {fold: [] for fold in numbered_folds(wildcards.experiment)}
    for (repeat, who), fold in folds[wildcards.experiment].items():
        tested[repeat, fold].append(who)
    return [sorted(people) for people in tested.values()]


def folds_testing(pattern):
    """Fill a path pattern for the folds in which a session was held out."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        name, subject = wildcards.experiment, wildcards.subject
        return [
            pattern.format(experiment=name, repeat=repeat, fold=fold)
            for (repeat, participant), fold in folds_of(name).items()
            if participant == subject
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
