# Experiments: which there are, what their networks see, and what they are called.

from scan2map.analyses import base_and_number
from scan2map.splits import is_shuffle


def experiment_of(wildcards):
    return experiment_named(wildcards.experiment)


def experiment_named(name):
    """Settings of an experiment, or of one whose labels are permuted."""
    base, number = base_and_number(name)
    experiment = config["experiments"][base]
    # Networks of permuted labels start from weights of their own.
    return experiment if number is None else experiment | {"base": name}


def setting_of_experiment(key):
    """A block of an experiment's configuration."""
    return lambda wildcards: experiment_of(wildcards)[key]


def label_of_experiment(wildcards):
    return experiment_of(wildcards)["label"]


def experiment_labels(names=None):
    """What figures and tables call the experiments."""
    names = config["experiments"] if names is None else names
    return [config["experiments"][name]["label"] for name in names]


def each_experiment(pattern, names=None):
    """Fill a path pattern for each experiment, or for those named."""
    pattern = workflow.pathvars.apply(pattern)
    names = config["experiments"] if names is None else names
    return [pattern.format(experiment=name) for name in names]


def experiments_of_kind(*kinds):
    """Names of the experiments whose networks see a kind of feature."""
    return [
        name
        for name, experiment in config["experiments"].items()
        if experiment["feature"]["kind"] in kinds
    ]


def shuffled():
    """Names of the experiments that are tested in shuffles."""
    return [
        name for name, one in config["experiments"].items() if is_shuffle(one["folds"])
    ]


def pairs():
    """Names of the experiments that run both honest and as published."""
    return [name for name in config["experiments"] if f"{name}_replica" in folds]
