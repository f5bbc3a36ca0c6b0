"""Send what a script says, and what makes it fail, to its log file."""

import logging
import sys
import traceback


def log_to(path):
    """Write log records, printed text and uncaught errors to a file.

    An uncaught error goes to the log in full, so that its last line is the sentence
    that says what to do, and to the terminal as that sentence alone.

    Parameters
    ----------
    path : str
        The log file; it is created anew.
    """
    terminal = sys.stderr
    log = open(path, "w", buffering=1)
    sys.stdout = sys.stderr = log
    logging.basicConfig(
        stream=log, level=logging.INFO, format="%(asctime)s %(message)s", force=True
    )
    logging.captureWarnings(True)

    def report(kind, error, trace):
        log.write("".join(traceback.format_exception(kind, error, trace)))
        print(f"{kind.__name__}: {error} (log: {path})", file=terminal)

    sys.excepthook = report
