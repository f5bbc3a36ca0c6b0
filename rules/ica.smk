# Group ICA: the scopes in which it is fitted, and on whose BOLD.

from scan2map.splits import tested_folds, training_folds

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
    return files_of_folds(wildcards.scope, others, "maps.json")


def files_of_folds(scope, numbers, name):
    """Files of a scope's components in the people of some folds."""
    pattern = workflow.pathvars.apply(f"<ica>/{scope}/fold-{{fold}}_{name}")
    return [pattern.format(fold=fold) for fold in numbers]


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
