"""Which GPU a job may use; standard library only, for before Keras is imported."""

import os
import re
import tempfile
from pathlib import Path

from scan2map.locks import hold

LOCKS = []
"""Files of the GPUs that this process has taken; they are free again when it ends."""


def gpu_numbers(devices=Path("/dev")):
    """Return the numbers of the machine's NVIDIA GPUs, from its device files."""
    names = [path.name for path in devices.glob("nvidia*")]
    found = [re.fullmatch(r"nvidia(\d+)", name) for name in names]
    return sorted(int(match.group(1)) for match in found if match)


def take_gpus(wanted, devices=Path("/dev"), locks=None):
    """Let this process, and those it starts, see the GPUs that its job asked for.

    Without a wish for one all are hidden, so that Keras computes on the processor and
    takes nobody's memory. Where Slurm has said which GPUs are the job's
    (``CUDA_VISIBLE_DEVICES``), these are it. Else, on a workstation, a GPU that no
    other job of scan2map holds is taken; when all are held they are shared.

    Parameters
    ----------
    wanted : int
        How many GPUs the job asked for: 0 or 1.
    devices : Path
        Folder of the machine's device files.
    locks : Path, optional
        Folder of the files that say who holds which GPU, the machine's temporary folder
        by default.

    Returns
    -------
    str
        What is visible now, as ``CUDA_VISIBLE_DEVICES`` says it.
    """
    if not wanted:
        os.environ |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    elif "CUDA_VISIBLE_DEVICES" not in os.environ:
        if found := gpu_numbers(devices):
            number = _free_one(found, Path(locks or tempfile.gettempdir()))
            os.environ["CUDA_VISIBLE_DEVICES"] = str(number)
    return os.environ.get("CUDA_VISIBLE_DEVICES", "")


def _free_one(numbers, locks):
    """Return a GPU that nobody holds, held from now on, or one to share."""
    for number in numbers:
        file = open(locks / f"scan2map-gpu{number}-{os.getuid()}.lock", "w")
        if hold(file):
            LOCKS.append(file)
            return number
        file.close()
    return numbers[os.getpid() % len(numbers)]
