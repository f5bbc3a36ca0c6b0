# The study as a whole: its settings in words, and what its jobs asked for.

from functools import cache
from types import SimpleNamespace


def settings_of_methods():
    """The configuration without what no result depends on."""
    kept = {key: value for key, value in config.items() if key not in ("keep", "gpu")}
    kept["experiments"] = {
        name: {key: one[key] for key in one if key != "folds_per_job"}
        for name, one in config["experiments"].items()
    }
    kept["anat"] = config["anat"] | {"deface": DEFACED}
    return kept


def asked_of_rules(wildcards, resources):
    """What one job of each rule asks for at its first attempt, and where it is observed.

    With `resources` among its arguments Snakemake takes what it returns for no reason to
    run: what a profile asks for today is not what finished jobs had asked for.
    """
    root = workflow.pathvars.apply("<benchmarks>")
    return [
        {"rule": rule.name, "benchmark": str(Path(rule.benchmark).relative_to(root))}
        | {name: first_ask(rule, resource) for name, resource in ASKED.items()}
        for rule in workflow.rules
        if rule.benchmark
    ]


ASKED = {"threads": "_cores", "mem_mb": "mem_mb", "runtime": "runtime", "gpu": "gpu"}
"""What is asked for: its name, and Snakemake's."""


def first_ask(rule, resource):
    """The most of a resource that any job of a rule asks for at its first attempt.

    None where nothing is asked for, or where only a job's input files say how much.
    """
    if resource not in rule.resources:
        return None
    asked, amounts = rule.resources[resource], []
    for wildcards in example_wildcards() if asked.is_evaluable() else [{}]:
        try:
            given = {"input": [], "attempt": 1, "threads": 1}
            amounts.append(asked.evaluate(wildcards, **given).value)
        except Exception:  # other wildcards than these jobs have, or their inputs
            continue
    return max((one for one in amounts if isinstance(one, (int, float))), default=None)


@cache
def example_wildcards():
    """Wildcards for a job of each experiment, and of each correction of an analysis."""
    shared = {"repeat": "1", "fold": "1", "scope": ["all", *fold_scopes()][-1]}
    return [
        *[SimpleNamespace(**shared, experiment=name) for name in config["experiments"]],
        *[
            SimpleNamespace(**shared, analysis=name, correction=correction)
            for name, one in analyses.items()
            for correction in one["statistics"]["corrections"]
        ],
    ]
