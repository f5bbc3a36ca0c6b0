"""Begin a job: with a log, and with outputs that are there whole or not at all."""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from scan2map.logs import log_to


def begin(snakemake):
    """Send what a script says to its log, and what it writes beside its outputs.

    Parameters
    ----------
    snakemake : object
        As a script finds it: with a list `log`, and a named list `output`, whose paths
        are replaced by those of `write_beside`.
    """
    log_to(snakemake.log[0])
    snakemake.output = write_beside(snakemake.output)


def write_beside(output):
    """Have outputs written beside their places, to be moved there once all are whole.

    At the end of a process that succeeds, files are brought to the disk (fsync) before
    they get their names, so that neither a kill nor a power cut leaves a part of a file
    in its place. What a process that failed has written is removed; what one that was
    killed has written stays until the job runs again.

    Parameters
    ----------
    output : snakemake.iocontainers.Namedlist of str
        Paths; their folders exist.

    Returns
    -------
    Namedlist of str
        The same names, each in a hidden folder of this job beside its place, which is
        called after the job's first output there.
    """
    folders = {}
    for path in map(Path, output):
        folders.setdefault(path.parent, path.parent / f".{path.name}.part")
    for path in folders.values():
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
    atexit.register(_finish, folders.values())
    written = type(output)(toclone=output)
    for place, path in enumerate(map(Path, output)):
        written[place] = str(folders[path.parent] / path.name)
    written._take_names(list(output._get_names()))
    return written


@contextmanager
def scratch(output):
    """Give a job a folder for what is to be gone when it ends.

    It lies with temporary files and is called the same each time, so that what a job
    that was killed has left there goes when it runs again.

    Parameters
    ----------
    output : str
        One of the job's outputs.

    Yields
    ------
    Path
        An empty folder that nobody else can read.
    """
    name = hashlib.sha256(os.path.abspath(output).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir(), f"scan2map-{name}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _finish(folders):
    """Move what was written to its place, or remove it where the process failed."""
    failed = hasattr(sys, "last_value")  # of an error that nobody caught
    try:
        for folder in () if failed else folders:
            publish(folder)
    except OSError as error:
        sys.excepthook(type(error), error, error.__traceback__)
        failed = True
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    if failed:
        os._exit(1)


def publish(folder):
    """Bring all that is in a folder to the disk, then move it to the folder above."""
    for path in folder.rglob("*"):
        sync(path)
    for path in folder.iterdir():
        os.replace(path, folder.parent / path.name)
    sync(folder.parent)


def sync(path):
    """Wait until a file, or the list of a folder's files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
