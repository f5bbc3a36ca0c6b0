# What a run that failed says at its end.

from scan2map.logs import last_error


def say_missing():
    """Say at the end of a run that failed what failed, and that nothing did without it."""
    failed = set()
    for job in workflow.scheduler.failed:
        failed.update(job.jobs if job.is_group() else [job])
    if not failed:
        return
    told = sorted(
        f"- {job.rule.name} ({', '.join(map(' '.join, job.wildcards_dict.items()))}): "
        f"{told_by_log(job.log)}"
        for job in failed
    )
    waiting = len(set(workflow.dag.needrun_jobs()) - failed)
    print(
        f"{len(failed)} jobs failed:",
        *told,
        f"{waiting} jobs wait for them. Whatever gathers all sessions is among these: "
        "nothing is made of fewer people silently. Mend what failed, or leave sessions "
        "out with a reason in the cohort's column 'exclude', and run the same command "
        "again.",
        sep="\n",
        file=sys.stderr,
    )


def told_by_log(logs):
    """What the last error in the log of a job says, on one line."""
    text = "".join(
        Path(log).read_text(errors="replace") for log in logs if Path(log).exists()
    )
    return last_error(text) or (
        f"its process ended without a word in its log ({', '.join(logs)}): where nothing "
        "stands above either, it was killed, as a system does that runs out of memory; "
        "run fewer jobs at once then (--cores)"
    )
