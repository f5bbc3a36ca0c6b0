"""How long does a job wait until the Snakefile is parsed?

The time that `snakemake --list-rules` takes beyond that for an empty Snakefile.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def seconds(snakefile):
    """Return the median wall time of five parses in seconds."""
    command = ["snakemake", "--snakefile", str(snakefile), "--list-rules"]
    times = []
    for _ in range(5):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


with tempfile.NamedTemporaryFile(suffix=".smk") as empty:
    parse = seconds(ROOT / "Snakefile") - seconds(empty.name)
print(f"snakefile_parse\t{parse:.2f}\ts\t< 1\t{'yes' if parse < 1 else 'no'}")
