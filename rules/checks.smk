# Checks of maps: whose maps are checked, against what.

CHECK_JOBS = [job for job in MAP_JOBS if not job.is_null]
PERMUTED_JOB = FoldJob((), config["experiments"], suffix="")
PERMUTED_FOLD = ("1", "1")
"""Repeat and fold in which a network is trained on permuted labels, too."""


def checked_experiments():
    """Names of the experiments whose maps are checked."""
    asked = config["sanity"]
    return explained("tensor", "ica", "bold", "tissue") if asked else []


def with_permuted_labels(wildcards):
    """Sessions that a fold may learn from, whose participants exchange their groups."""
    base = experiment_of(wildcards)["base"]
    fold = (wildcards.repeat, wildcards.fold)
    seed = derive_seed(config["seed"], "permuted_labels", base, *fold)
    return permuted_cohort(training(wildcards), seed)


def check_inputs(wildcards):
    """What checks of a fold's maps need beside its network."""
    given, fold = network_inputs(held_out)(wildcards), (
        wildcards.repeat,
        wildcards.fold,
    )
    if config["sanity"]["permuted"] and fold == PERMUTED_FOLD:
        stem = "<maps>/repeat-{repeat}_fold-{fold}/permuted"
        stem = workflow.pathvars.apply(stem).format(**dict(wildcards.items()))
        given["permuted"] = f"{stem}.keras"
        given["permuted_scaling"] = f"{stem}_scaling.json"
    return given


def names_of_maps(name):
    """What the maps of an experiment are called."""
    kind = config["experiments"][name]["feature"]["kind"]
    known = {"tensor": METRICS, "ica": ["components"], "bold": ["volumes"]}
    return known[kind] if kind in known else kinds_of(name)


def stacks_of_repeats(suffix):
    """Maps of each fold, where more than one network has not seen a session."""

    def fill(wildcards):
        experiment = experiment_of(wildcards)
        if experiment["folds"]["repeats"] == 1:
            return []
        stems = {"tensor": "sensitivity", "tissue": "activation"}
        stem = stems.get(experiment["feature"]["kind"], "gradients")
        pattern = f"<maps>/repeat-{{repeat}}_fold-{{fold}}/{stem}{suffix}"
        return each_fold(pattern)(wildcards)

    return fill


def located_maps(wildcards):
    """Maps of each session in MNI, one kind after the other, where a truth is known."""
    if not effects_seen(wildcards):
        return []
    name, kind = wildcards.experiment, experiment_of(wildcards)["feature"]["kind"]
    patterns = {"tensor": "<sensitivity>", "tissue": "<activation>"}
    pattern = patterns.get(kind, "<gradients>")
    return [
        path
        for one in names_of_maps(name)
        for path in each_session(pattern, mapped(name), experiment=name, kind=one)
    ]


def checked_map(wildcards):
    """What checks call the maps that an analysis tests."""
    kind = kind_of_analysis(wildcards)
    return kind if kind in ("components", "volumes") else wildcards.maps


def checks_of_analysis(wildcards):
    """What checks say of the maps that an analysis tests, where networks made them."""
    maps = analysis_of(wildcards)["maps"]
    return each_experiment("<maps>/sanity.json", {maps} & set(checked_experiments()))
