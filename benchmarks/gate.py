"""Of all ways in which tests break DICOM, how many does the gate catch?

Each way is tried on each series of tests/dicom_mutations.py. *caught* is refused for
its own reason; *missed* passes, or is refused for another one; *false alarm* is a clean
series, or one with harmless files beside it, that is refused. Beside it: what whoever
trusts dcm2niix's exit code would have caught. The table goes to standard error.
"""

import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from _study import ROOT, say
from dcm2niix import bin as dcm2niix

sys.path.insert(0, str(ROOT / "tests"))

from dicom_mutations import (
    EVERY,
    HARMLESS,
    admit,
    clean_series,
    copy_series,
    harmful_cases,
    harmless,
    name_of_mutation,
)

SHARED = ROOT.parent / "shared" / "data"


def refusal(name, folder, work):
    """Return the kinds of findings that a series is refused for; None if it is not."""
    try:
        admit(name, folder, work)
    except ValueError as error:
        return set(re.findall(r"\[(\w+)\]$", str(error), re.M))
    return None


def dcm2niix_refuses(folder, work):
    """Tell whether dcm2niix ends with an exit code that says something is wrong."""
    work.mkdir()
    command = [dcm2niix, "-z", "n", "-o", str(work), str(folder)]
    return subprocess.run(command, capture_output=True).returncode != 0


caught, refused, missed = defaultdict(list), defaultdict(list), []
alarms = 0
with tempfile.TemporaryDirectory() as root:
    root = Path(root)
    (root / "clean").mkdir()
    clean = clean_series(SHARED, root / "clean")
    cases = harmful_cases()
    for number, (name, mutate, kinds) in enumerate(cases):
        place = root / str(number)
        folder = copy_series(clean[name], place / "dicom")
        mutate(folder)
        found = refusal(name, folder, place / "work")
        way = name_of_mutation(mutate)
        caught[way].append(bool(found and found & kinds))
        refused[way].append(dcm2niix_refuses(folder, place / "dcm2niix"))
        if not caught[way][-1]:
            missed.append(f"{name}: {way} ({found})")
    for name in EVERY:
        for way in ("nothing", *HARMLESS):
            place = root / f"{name} {way}"
            folder = copy_series(clean[name], place / "dicom")
            harmless(way)(folder)
            alarms += refusal(name, folder, place / "work") is not None

print(f"{'way':64}{'series':>7}{'gate':>6}{'dcm2niix':>9}", file=sys.stderr)
for way, hits in caught.items():
    print(f"{way:64}{len(hits):7}{sum(hits):6}{sum(refused[way]):9}", file=sys.stderr)
for line in missed:
    print(f"missed: {line}", file=sys.stderr)
total, hits = len(cases), sum(map(sum, caught.values()))
by_exit_code = sum(map(sum, refused.values()))
asked = len(EVERY) * (1 + len(HARMLESS))
say("gate_caught", f"{hits} of {total}", "ways x series", "all", hits == total)
say("gate_missed", total - hits, "ways x series", "0", hits == total)
say("gate_false_alarms", f"{alarms} of {asked}", "clean folders", "0", not alarms)
say("gate_exit_code", f"{by_exit_code} of {total}", "caught by dcm2niix", "", True)
