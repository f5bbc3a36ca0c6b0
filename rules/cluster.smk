# What jobs ask of a workstation or a cluster, and what a run sends to the cluster.

import atexit
import os
import platform
import shutil
import sys
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace

from snakemake.dag import DAG
from snakemake.persistence import PersistenceBase
from snakemake_interface_executor_plugins.settings import ExecMode

from scan2map.cluster import has_gpu, unfinished_jobs
from scan2map.locks import hold


def growing(amount):
    """A resource that doubles with every attempt; retries are for what was too little."""

    def grow(wildcards, attempt):
        needed = amount(wildcards) if callable(amount) else amount
        return needed * 2 ** (attempt - 1)

    return grow


def of_profile(name):
    """A value among the profile's default-resources; None without one."""
    given = (workflow.resource_settings.default_resources or {}).get(name)
    # Quotation marks keep Snakemake from taking 'all' and 'open' for Python's.
    return given and given.raw and given.raw.strip("'\"")


@cache
def gpu_at_hand():
    """Whether the cluster's GPU partition, or without a cluster this machine, has a GPU."""
    return has_gpu(of_profile("gpu_partition"))


def gpus(wildcards):
    """How many GPUs a job that trains or differentiates a network asks for."""
    if config["gpu"] == "prefer":
        return int(gpu_at_hand())
    return int(config["gpu"] == "require")


def partition(wildcards):
    """The partition of the profile that a job on a GPU, or without one, goes to."""
    return of_profile("gpu_partition" if gpus(wildcards) else "slurm_partition")


def gpu_model(wildcards):
    """The kind of GPU that the profile asks for."""
    return of_profile("gpu_type") if gpus(wildcards) else None


def say_submissions():
    """Say how many jobs a dry run's plan would send to a cluster."""
    if not (workflow.dryrun and workflow.dag):
        return
    planned = workflow.dag.needrun_jobs(exclude_finished=False)
    local = workflow._localrules
    jobs = [job for job in planned if not (job.rule.norun or job.rule.name in local)]
    sent = {workflow.dag.get_job_group(job) or job for job in jobs}
    print(
        f"On a cluster: {len(jobs)} jobs in {len(sent)} submissions (sbatch calls).",
        file=sys.stderr,
    )
    gpu_partition = of_profile("gpu_partition")
    if config["gpu"] == "prefer" and gpu_partition and not gpu_at_hand():
        print(
            f"The partition '{gpu_partition}' has no GPU, or is not there: networks are "
            "trained on processors.",
            file=sys.stderr,
        )


def check_cluster():
    """Raise where there is no cluster, or jobs of a killed run in this folder run on it."""
    if workflow.executor_plugin.name != "slurm":
        return
    if not shutil.which("sbatch"):
        raise WorkflowError(
            "the profile sends jobs to Slurm, and this machine has no command 'sbatch': "
            "run on a login node of the cluster, or without '--profile'"
        )
    if left := unfinished_jobs(Path.cwd()):
        raise WorkflowError(
            f"{len(left)} jobs of an earlier run in this folder are still on the cluster "
            "and would run a second time. Wait until they have finished, or cancel them: "
            f"scancel {' '.join(left)}. Then run Snakemake again"
        )


class AsMainProcess:
    """Snakemake's notes, seen from a job of a cluster as if it were the main process."""

    def __init__(self, notes):
        settings = notes.dag.workflow.execution_settings
        main = SimpleNamespace(execution_settings=settings, exec_mode=ExecMode.DEFAULT)
        self.notes, self.dag = notes, SimpleNamespace(workflow=main)

    def __getattr__(self, name):
        return getattr(self.notes, name)


def let_jobs_take_notes():
    """Let a job of a cluster note what it read, and with which parameters.

    Only the main process does, once it hears that a job has finished. What jobs finish
    after it was killed would have no notes: it would be made again, or, where nothing is
    known to have changed, be kept, and the leak audit could say nothing of it.
    """
    finished = PersistenceBase.finished
    PersistenceBase.finished = lambda notes, job: finished(AsMainProcess(notes), job)


def hold_folder():
    """Hold a study's results while a run goes on, instead of until somebody unlocks them.

    Snakemake's own locks are files that stay behind when it is killed; studies of one
    folder share no results.
    """

    @contextmanager
    def lock(notes):
        folder = Path(".snakemake/runs")
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / config["study"], "a+") as file:
            if not hold(file):
                file.seek(0)
                raise WorkflowError(
                    f"another run of the study '{config['study']}' goes on in this folder "
                    f"({file.read().strip()}): wait until it has ended, or stop it"
                )
            file.truncate(0)
            print(f"process {os.getpid()} on {platform.node()}", file=file, flush=True)
            yield

    PersistenceBase.lock = lock


# Whether a group depends on itself: for each of its jobs Snakemake walks all that it
# depends on, twice, which for 1,000 participants takes longer than all else. Groups here
# are chains of one session, and averages that nothing in a group reads.
DAG.validate_group = DAG._check_groups = lambda *_: None

if workflow.is_main_process:
    atexit.register(say_submissions)
    hold_folder()
else:
    let_jobs_take_notes()
