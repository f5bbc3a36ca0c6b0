"""Several folds of a repeat in one job; standard library only."""

import ctypes
import logging
import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from multiprocessing import connection

PARENT_GONE = 1
"""Linux's name for the signal a process gets when the one that started it ends."""


def batches(experiments):
    """Return which folds are trained in one job, and in which experiments.

    Parameters
    ----------
    experiments : dict of str to dict
        Of a valid configuration, with ``folds`` and ``folds_per_job``.

    Returns
    -------
    dict of tuple of int to list of str
        Names of experiments by the numbers of the folds; an empty tuple has the
        experiments that train each fold in a job of its own.
    """
    found = {}
    for name, experiment in experiments.items():
        # Shuffles have one network per repeat.
        n, k = experiment["folds_per_job"], experiment["folds"].get("k", 1)
        starts = range(1, k + 1, n) if n > 1 else ()
        for folds in [tuple(range(i, min(i + n, k + 1))) for i in starts] or [()]:
            found.setdefault(folds, []).append(name)
    return found


def of_fold(fold, named):
    """Return what a job reads for one of its folds, without the fold in the names.

    Parameters
    ----------
    fold : int
    named : mapping of str to (str or list of str)
        Inputs of a job, called ``fold3_features``, ``fold3_mask`` …

    Returns
    -------
    dict
        ``features``, ``mask`` …
    """
    start = f"fold{fold}_"
    return {
        name.removeprefix(start): paths
        for name, paths in named.items()
        if name.startswith(start)
    }


class Noted(dict):
    """What a job reads for one of its folds; notes which files are taken out of it.

    Attributes
    ----------
    read : list of str
        Files, in the order in which they were asked for first.
    """

    def __init__(self, named):
        super().__init__(named)
        self.read = []

    def __getitem__(self, name):
        paths = super().__getitem__(name)
        paths = [paths] if isinstance(paths, str) else list(paths)
        self.read += [str(path) for path in paths if str(path) not in self.read]
        return super().__getitem__(name)

    def get(self, name, default=None):
        return self[name] if name in self else default


@contextmanager
def naming(fold):
    """Say in errors which fold they are about."""
    try:
        yield
    except Exception as error:
        raise type(error)(f"fold {fold}: {error}") from error


def train_each(work, folds, at_once):
    """Do the work of each fold in a process of its own, as many at once as asked for.

    The processes are forks of this one, so that what has been imported is imported
    once; nothing may have been computed before with a library that has threads. With
    one fold there is no other process. After a failure no further fold is begun, and
    those at work are waited for.

    Parameters
    ----------
    work : callable
        Takes the place of a fold in `folds`, and the fold; keeps its results in files.
    folds : sequence of int
    at_once : int
        Processes at the same time.

    Raises
    ------
    RuntimeError
        Some folds failed: which, and why.
    """
    if len(folds) == 1:
        work(0, folds[0])
        return
    context = multiprocessing.get_context("fork")
    waiting, running, failed = list(enumerate(folds)), {}, {}
    while running or (waiting and not failed):
        while waiting and len(running) < at_once and not failed:
            place, fold = waiting.pop(0)
            said, say = context.Pipe(duplex=False)
            process = context.Process(
                target=_work_alone, args=(work, place, fold, say), daemon=True
            )
            process.start()
            say.close()
            running[process.sentinel] = (process, fold, said)
        for sentinel in connection.wait(list(running)):
            process, fold, said = running.pop(sentinel)
            process.join()
            if process.exitcode:
                failed[fold] = _reason(process.exitcode, said)
                logging.error("fold %d: %s", fold, failed[fold])
            said.close()
    if failed:
        raise RuntimeError(
            "; ".join(f"fold {fold}: {reason}" for fold, reason in failed.items())
        )


def _work_alone(work, place, fold, say):
    """Do the work of a fold in a process that ends with the one that started it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_GONE, signal.SIGKILL)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter(f"%(asctime)s fold {fold}: %(message)s"))
    try:
        work(place, fold)
    except Exception as error:
        logging.exception("failed")
        say.send(str(error))
        os._exit(1)


def _reason(code, said):
    """Return why a process failed: what it said, or how it was ended."""
    try:
        if said.poll():
            return said.recv()
    except EOFError:
        pass
    if code == -signal.SIGKILL:
        return (
            "its process was killed (SIGKILL), as a system does that runs out of "
            "memory: give the job more mem_mb, or fewer threads, which are the "
            "networks it trains at once"
        )
    return f"its process ended with exit code {code}"
