"""Send what a script says, and what makes it fail, to its log file."""

import logging
import signal
import sys
import traceback

from scan2map.locks import hold

STOPPED = (
    "stopped from outside (SIGTERM): cancelled, preempted or out of time; what the "
    "cluster's state of the job means is in docs/cluster.md\n"
)


def last_error(text):
    """Return what the last error in a log says, on one line; '' where there is none.

    Parameters
    ----------
    text : str
        What a script wrote to its log.

    Returns
    -------
    str
        At most 300 characters, without ``ValueError:``, which is what errors about
        somebody's data are.
    """
    if text.endswith(STOPPED):
        return STOPPED.strip()
    _, found, trace = text.rpartition("Traceback (most recent call last):\n")
    said = [line for line in trace.splitlines() if found and line[:1].strip()]
    return " ".join(" ".join(said).removeprefix("ValueError: ").split())[:300]


def log_to(path):
    """Write log records, printed text and uncaught errors to a file.

    An uncaught error goes to the log in full, so that its last line is the sentence
    that says what to do, and to the terminal as that sentence alone. Being told to stop
    (SIGTERM) is logged, too, and ends the script.

    Parameters
    ----------
    path : str
        The log file; it is created anew.

    Raises
    ------
    SystemExit
        Another process does the same job: one that went on after its Snakemake was
        killed.
    """
    terminal = sys.stderr
    log = open(path, "a", buffering=1)
    if not hold(log):
        raise SystemExit(
            f"a process that an earlier run left behind still does this job and writes "
            f"{path}: wait until it has ended, or stop it, and run Snakemake again"
        )
    log.truncate(0)
    sys.stdout = sys.stderr = log
    logging.basicConfig(
        stream=log, level=logging.INFO, format="%(asctime)s %(message)s", force=True
    )
    logging.captureWarnings(True)

    def report(kind, error, trace):
        log.write("".join(traceback.format_exception(kind, error, trace)))
        print(f"{kind.__name__}: {error} (log: {path})", file=terminal)

    def stop(number, frame):
        log.write(STOPPED)
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    sys.excepthook = report
    signal.signal(signal.SIGTERM, stop)
