"""Note what each Python process spends on its start and on imports.

Python imports a module of this name when it starts, if its folder is on PYTHONPATH. At
its exit the process leaves a line in the folder that IMPORT_CLOCK names: program, then
CPU seconds until this module runs, in imports (the outermost ones, wherever in the code
they are), of the process, and of the processes that it waited for.
"""

import atexit
import os
import resource
import sys
import time
from importlib import _bootstrap
from threading import local

START = time.process_time()

imports = local()
seconds = []
find_and_load = _bootstrap._find_and_load


def timed(name, import_):
    """Import a module that is not there yet, and note the time of the outermost."""
    if getattr(imports, "running", False):
        return find_and_load(name, import_)
    imports.running = True
    before = time.thread_time()
    try:
        return find_and_load(name, import_)
    finally:
        imports.running = False
        seconds.append(time.thread_time() - before)


def write_line():
    """Write the line of this process."""
    own, others = (
        sum(resource.getrusage(who)[:2])
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    path = os.path.join(os.environ["IMPORT_CLOCK"], f"{os.getpid()}_{time.time_ns()}")
    with open(path, "w") as file:
        print(sys.argv[0], START, sum(seconds), own, others, sep="\t", file=file)


_bootstrap._find_and_load = timed
atexit.register(write_line)
