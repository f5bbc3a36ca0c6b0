# Scores: what stands beside them, of papers, of replicas and of single runs.


def protocols():
    """What the table of honest and published scores says of each experiment."""
    return [
        {key: experiment[key] for key in ("configured_label", "run_as")}
        | {"published": published_scores(experiment)}
        for experiment in config["experiments"].values()
    ]


def published_scores(experiment):
    """What a paper prints of all its predictions; of single runs is another table."""
    of_runs = ("test_accuracy", "validation_accuracy")
    return {
        key: one for key, one in experiment["published"].items() if key not in of_runs
    }


def has_published():
    """Whether there are published scores, or replicas, to compare with."""
    return bool(pairs()) or any(map(published_scores, config["experiments"].values()))


def repeated():
    """Names of the experiments that have several runs to compare."""
    return [
        name
        for name, experiment in config["experiments"].items()
        if experiment["folds"]["repeats"] > 1
    ]


def repeated_experiments():
    """What the comparison of runs says of each experiment."""
    return [
        {key: config["experiments"][name][key] for key in ("label", "published")}
        for name in repeated()
    ]
