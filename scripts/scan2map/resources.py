"""What a study's jobs used, against what their rules had asked for.

Snakemake leaves a table of one row for each job (its `benchmark`). It looks at the
job's processes every half second, after a quarter of a minute every 30 s, so a short
peak of memory can be missed, and the last seconds of processor time are.
"""

import csv
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

ASKED = ("threads", "mem_mb", "runtime", "gpu")
"""What rules ask for: threads, MB, minutes, GPUs."""

MEMORY_ROOM, RUNTIME_ROOM = 1.25, 1.5
"""Suggestions are this much above the most that was seen."""

SNAKEMAKE_MB = 250
"""What Snakemake itself takes in a job of a cluster, beside what it measures, in MB."""

MEMORY_STEP_MB, RUNTIME_STEP = 250, 5
"""Suggestions are multiples of these, in MB and minutes, and at least two of them."""


def read_benchmarks(folder):
    """Read what all jobs of a study used.

    Parameters
    ----------
    folder : str or Path
        Holds a folder per stage, and in it a folder per rule, or a file where the rule
        has one job.

    Returns
    -------
    pandas.DataFrame
        A row per job: `rule` (``stage/rule``), `seconds`, `cpu_seconds`, `memory_mb`
        (largest sum of its processes' resident memory); NaN where the job was over
        before it was looked at.

    Raises
    ------
    ValueError
        There is no table, or one that is not a benchmark.
    """
    rows = []
    for path in sorted(Path(folder).rglob("*.tsv")):
        with open(path, newline="") as file:
            jobs = list(csv.DictReader(file, delimiter="\t"))
        for job in jobs:
            try:
                used = [_number(job[key]) for key in ("s", "cpu_time", "max_rss")]
            except (KeyError, TypeError, ValueError) as problem:
                raise ValueError(
                    f"{path} is not a table of Snakemake's on what a job used "
                    f"({problem!r}): remove it"
                ) from None
            rows.append([rule_folder(path.relative_to(folder)), *used])
    if not rows:
        raise ValueError(f"no job has left what it used in {folder}")
    return pd.DataFrame(rows, columns=["rule", "seconds", "cpu_seconds", "memory_mb"])


def rule_folder(path):
    """Return the stage and rule of a benchmark, as ``stage/rule``.

    Parameters
    ----------
    path : str or Path
        From the folder of all benchmarks.
    """
    stage, rule = Path(path).parts[:2]
    return f"{stage}/{rule.removesuffix('.tsv')}"


def _number(text):
    return np.nan if text == "NA" else float(text)


def use_of_rules(jobs, rules):
    """Sum up what the jobs of each rule used, against what it had asked for.

    Parameters
    ----------
    jobs : pandas.DataFrame
        From `read_benchmarks`.
    rules : sequence of dict
        What one job of each rule asks for at its first attempt: `threads`, `mem_mb`
        (MB), `runtime` (minutes), `gpu`; None or absent where it is not known. And the
        name of the `rule` and the path of its `benchmark` in the folder of all of them.
        Of rules that share a folder the most is taken.

    Returns
    -------
    pandas.DataFrame
        A row per rule that has run, stage by stage in the order of `rules`; others come
        last: `stage`, `rule`, `names` (of all rules whose folder it is, separated by
        spaces), `jobs`, `core_hours` (processor time), `reserved_core_hours` (wall time
        by threads), `gpu_hours` (wall time by GPUs), `median_minutes`,
        `longest_minutes`, `memory_p95_mb`, `memory_mb` (the most of any job),
        `asked_threads`, `asked_mem_mb`, `asked_runtime`, `asked_gpu`, and for the next
        run `suggested_mem_mb` and `suggested_runtime`. NaN where it is not known.
    """
    asked = {}
    for rule in rules:
        asked.setdefault(rule_folder(rule["benchmark"]), []).append(rule)
    order = [key for key in asked if key in set(jobs["rule"])]
    order += sorted(set(jobs["rule"]) - set(order))
    order.sort(key=lambda key: key.split("/")[0])
    used = dict(list(jobs.groupby("rule")))
    return pd.DataFrame([_use_of_rule(k, used[k], asked.get(k, [])) for k in order])


def _use_of_rule(key, used, rules):
    """Return one row of `use_of_rules`."""
    stage, rule = key.split("/")
    asked = {name: _most(one.get(name) for one in rules) for name in ASKED}
    seconds, memory = used["seconds"], used["memory_mb"].dropna()
    return {
        "stage": stage,
        "rule": rule,
        "names": " ".join(one["rule"] for one in rules),
        "jobs": len(used),
        "core_hours": used["cpu_seconds"].sum() / 3600,
        "reserved_core_hours": seconds.sum() * asked["threads"] / 3600,
        "gpu_hours": seconds.sum() * np.nan_to_num(asked["gpu"]) / 3600,
        "median_minutes": seconds.median() / 60,
        "longest_minutes": seconds.max() / 60,
        "memory_p95_mb": memory.quantile(0.95),
        "memory_mb": memory.max(),
        **{f"asked_{name}": value for name, value in asked.items()},
        "suggested_mem_mb": suggest_memory(memory.max()),
        "suggested_runtime": suggest_runtime(seconds.max() / 60),
    }


def _most(values):
    return max((float(one) for one in values if one is not None), default=np.nan)


def suggest_memory(highest):
    """Return MB to ask for where the highest that was seen is `highest` MB."""
    if np.isnan(highest):
        return np.nan
    steps = ceil((highest * MEMORY_ROOM + SNAKEMAKE_MB) / MEMORY_STEP_MB)
    return max(steps, 2) * MEMORY_STEP_MB


def suggest_runtime(longest):
    """Return minutes to ask for where the longest job took `longest` minutes."""
    return max(ceil(longest * RUNTIME_ROOM / RUNTIME_STEP), 2) * RUNTIME_STEP


def profile_text(table):
    """Write the suggestions as a block for a profile of Snakemake's.

    Parameters
    ----------
    table : pandas.DataFrame
        From `use_of_rules`.

    Returns
    -------
    str
        YAML. Each further attempt of a job gets as much again. Rules that the workflow
        has no more are left out.
    """
    lines = ["set-resources:"]
    for row in table.itertuples():
        wanted = {"mem_mb": row.suggested_mem_mb, "runtime": row.suggested_runtime}
        for rule in row.names.split():
            lines.append(f"  {rule}:")
            lines += [
                f'    {name}: "{value:.0f} * attempt"'
                for name, value in wanted.items()
                if not np.isnan(value)
            ]
    return "\n".join(lines) + "\n"
