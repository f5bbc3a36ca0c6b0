"""Measure the project's figures: print a line each and write figures.tsv."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
COLUMNS = ["name", "value", "unit", "goal", "holds"]


def measure(script):
    """Run one benchmark; return its lines, or one that says that it failed."""
    done = subprocess.run([sys.executable, script], stdout=subprocess.PIPE, text=True)
    lines = [line.split("\t") for line in done.stdout.splitlines()]
    if done.returncode or not lines or any(len(line) != 5 for line in lines):
        return [[script.stem, "failed", "", "", "no"]]
    return lines


def main(asked):
    """Measure the figures asked for, or all; exit with 1 when one does not hold."""
    scripts = {path.stem: path for path in sorted(FOLDER.glob("[!_]*.py"))}
    del scripts["run"]
    if unknown := set(asked) - set(scripts):
        sys.exit(
            f"no such figures: {', '.join(unknown)}; there are {', '.join(scripts)}"
        )
    table = FOLDER / "figures.tsv"
    known = {}
    if table.exists():
        lines = table.read_text().splitlines()[1:]
        known = {line.split("\t")[0]: line.split("\t") for line in lines}
    failed = False
    for name in asked or scripts:
        for line in measure(scripts[name]):
            print("  ".join(line), flush=True)
            known[line[0]] = line
            failed |= line[4] == "no"
    rows = [COLUMNS, *known.values()]
    table.write_text("".join("\t".join(row) + "\n" for row in rows))
    sys.exit(failed)


main(sys.argv[1:])
