"""What a machine or a Slurm cluster has to offer; standard library only."""

import re
import shutil
import subprocess
from pathlib import Path

from scan2map.gpu import gpu_numbers

RUN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Snakemake's executor for Slurm names all jobs of a run by the run's UUID."""


def has_gpu(partition=None, devices=Path("/dev")):
    """Tell whether a Slurm partition, or without one this machine, has a GPU.

    Parameters
    ----------
    partition : str, optional
        Name of a partition, or several with commas between them.
    devices : Path
        Folder of the machine's device files.

    Returns
    -------
    bool
        False, too, where the cluster has no such partition or no Slurm is there.
    """
    if partition is None:
        return bool(gpu_numbers(devices)) or (devices / "kfd").exists()
    return any("gpu" in line for line in _ask("sinfo", "-p", partition, "-o", "%G"))


def unfinished_jobs(folder):
    """Return the Slurm jobs of the user's Snakemake runs that work in a folder.

    Parameters
    ----------
    folder : Path
        Working directory.

    Returns
    -------
    list of str
        Numbers of jobs that wait or run; empty where there is no Slurm.
    """
    found = []
    for line in _ask("squeue", "--me", "-o", "%i|%j|%Z"):
        number, name, where = line.split("|", 2)
        if RUN_ID.fullmatch(name) and Path(where).resolve() == Path(folder).resolve():
            found.append(number)
    return found


def _ask(command, *options):
    """Return the lines that a command of Slurm prints without a header."""
    if not shutil.which(command):
        return []
    done = subprocess.run([command, "-h", *options], capture_output=True, text=True)
    return done.stdout.splitlines()
