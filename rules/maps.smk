# Maps of networks: which experiments have them, of which kinds, and of whom.

from scan2map.splits import never_tested


def explained(*kinds):
    """Names of the experiments of a kind whose networks are asked what they look at.

    A replica beside its honest twin is there for its scores.
    """
    twins = {f"{name}_replica" for name in pairs()}
    return [name for name in experiments_of_kind(*kinds) if name not in twins]


def kinds_of(name):
    """Kinds of maps that explain an experiment on tissue, in the order of figures."""
    return [one for one in ACTIVATION if one in experiment_named(name)["explain"]]


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
    return "_".join([rule, *kinds]) if len(kinds) < len(ACTIVATION) else rule


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


def each_of_kinds(pattern, kinds):
    """Fill a path pattern for some kinds of maps; other wildcards stay."""
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.replace("{kind}", kind) for kind in kinds]


GROUP_MAPS = [
    f"<maps>/{what}_space-{MAP_SPACE}_desc-{{kind}}_map.nii.gz"
    for what in (f"group-{GROUPS[0]}", f"group-{GROUPS[1]}", "contrast-groups")
]
"""Mean of each group's maps, and the affected group's minus the reference group's."""


def activation_title(wildcards):
    """Whose activation a figure shows, in which experiment."""
    row = session_row(wildcards)
    return (
        f"{label_of_experiment(wildcards)}: {row['participant_id']}, session "
        f"{row['session_id']} ({row['group']})"
    )


def warp_of_experiment(wildcards):
    """The field that takes an experiment's maps to MNI."""
    return warp_from(experiment_of(wildcards)["feature"]["space"])


def grid_of_experiment(wildcards):
    """An image on the grid of an experiment's maps."""
    space = experiment_of(wildcards)["feature"]["space"]
    return workflow.pathvars.apply(f"<dwi>_space-{space}_desc-tensor_mask.nii.gz")


def atlas_of_experiment(wildcards):
    """Image and table of the atlas of an experiment's statistics; empty without one."""
    return atlas_in(experiment_of(wildcards)["statistics"])


def checked_atlas_of_experiment(wildcards):
    """Word that the atlas of an experiment's statistics fits the brain."""
    statistics = experiment_of(wildcards)["statistics"]
    return word_of_atlas(statistics, wildcards.experiment)
