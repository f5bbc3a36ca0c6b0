"""How much of the demo's core-time is not scientific code?

The demo runs anew as a study of its own, `overhead`, each Python process watched by
import_clock/sitecustomize.py; a record that is there is read again. Core-time is the
wall time of `snakemake` times its cores, less what other programs of the machine took
of them (/proc/stat). Its parts, all but the last in processor time:

interpreter
    Start of each job's Python until the first import, and its end with the shell around
    it: what the system counts for the jobs' processes beyond what these note as their
    last act.
imports
    The outermost imports of each job, wherever in the code they are: those of the lines
    that Snakemake puts before a script, the script's, the library's.
snakemake
    Snakemake's main process.
science
    All else that jobs, and the programs that they start, compute.
idle
    The rest: cores without a job, jobs that wait for the disk.

The parts, and the rules that spend most on start and imports, go to standard error.
"""

import json
import os
import re
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path

from _study import ROOT, run_study, say

CORES = 2
"""That `run_study` asks for."""

CLOCK = Path(__file__).parent / "import_clock"
RECORD = ROOT / "results/overhead/import_clock"


def busy_seconds():
    """Return the processor time that the whole machine has spent; 0 where unknown."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, softirq, steal = map(int, fields)
    ticks = user + nice + system + irq + softirq + steal
    return ticks / os.sysconf("SC_CLK_TCK")


def run_demo():
    """Run the demo anew, and keep what its processes note."""
    shutil.rmtree(RECORD.parent, ignore_errors=True)
    RECORD.mkdir(parents=True)
    os.environ |= {"PYTHONPATH": str(CLOCK), "IMPORT_CLOCK": str(RECORD)}
    start, busy = time.perf_counter(), busy_seconds()
    run_study("config/config.yaml", study="overhead")
    run = {"wall": time.perf_counter() - start, "busy": busy_seconds() - busy}
    (RECORD / "run.json").write_text(json.dumps(run))


def read_lines():
    """Return what Snakemake's main process noted, and by rule what its jobs noted."""
    main, jobs = None, defaultdict(list)
    for path in RECORD.glob("[0-9]*"):
        program, *seconds = path.read_text().rstrip("\n").split("\t")
        seconds = [float(value) for value in seconds]
        job = re.search(r"/\.snakemake/scripts/\w+\.\w+?_(\w+)\.py$", program)
        if job:
            jobs[job[1]].append(seconds)
        elif Path(program).name == "snakemake":
            main = seconds
    return main, jobs


def break_down(run, main, jobs):
    """Return the seconds of core-time by what they were spent on."""
    start, imports, own, started = map(sum, zip(*sum(jobs.values(), []), strict=True))
    _, _, snakemake, children = main
    spare = (os.cpu_count() - CORES) * run["wall"]
    taken = max(0.0, run["busy"] - snakemake - children - spare)
    parts = {
        "interpreter": start + children - own - started,
        "imports": imports,
        "snakemake": snakemake,
        "science": own + started - start - imports,
    }
    return parts | {"idle": CORES * run["wall"] - taken - sum(parts.values())}


def tell(parts, jobs):
    """Print the parts, and the rules that spend most on start and imports."""
    total = sum(parts.values())
    for part, seconds in parts.items():
        print(f"{part:24}{seconds:8.1f} s {seconds / total:6.1%}", file=sys.stderr)
    print(f"{'rule':24}{'jobs':>6}{'start, imports':>16}{'all':>9}", file=sys.stderr)
    begun = {rule: sum(line[0] + line[1] for line in jobs[rule]) for rule in jobs}
    for rule in sorted(jobs, key=begun.get, reverse=True)[:15]:
        everything = sum(own + started for _, _, own, started in jobs[rule])
        n = len(jobs[rule])
        print(
            f"{rule:24}{n:6}{begun[rule]:14.1f} s{everything:7.1f} s", file=sys.stderr
        )


if not (RECORD / "run.json").exists():
    run_demo()
main, jobs = read_lines()
parts = break_down(json.loads((RECORD / "run.json").read_text()), main, jobs)
tell(parts, jobs)
share = 1 - parts["science"] / sum(parts.values())
say("overhead", f"{100 * share:.1f}", "% of core-time", "<= 25", share <= 0.25)
