"""How many bytes does a session leave with `keep: all`, and with `keep: minimal`?

The demo's study is measured as it stands, and again without the files that Snakemake
says it would delete as temporary under `keep: minimal`.
"""

import subprocess
import tempfile

import yaml
from _study import ROOT, run_study, say

MB = 1e6


def size(path):
    """Return the bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def dropped(config):
    """Return the files of a finished study that `keep: minimal` would drop."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(config | {"keep": "minimal"}, file, sort_keys=False)
        file.flush()
        options = ["--dry-run", "--delete-temp-output", "--configfile", file.name]
        done = subprocess.run(
            ["snakemake", *options],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    said = "Would delete "
    lines = done.stdout.splitlines()
    return [ROOT / line.removeprefix(said) for line in lines if line.startswith(said)]


results, config = run_study("config/config.yaml")
sessions = len(list((results / "1_bids").glob("sub-*/ses-*")))
gone = dropped(config)
kept = {"all": 0, "minimal": 0}
for stage in sorted(results.glob("[0-9]_*")):
    everything = size(stage)
    rest = everything - sum(size(path) for path in gone if stage in path.parents)
    kept["all"] += everything
    kept["minimal"] += rest
    for keep, amount in (("all", everything), ("minimal", rest)):
        value = f"{amount / sessions / MB:.2f}"
        say(f"disk_{stage.name}_{keep}", value, "MB per session", "none", True)
share = kept["minimal"] / kept["all"]
for keep, amount in kept.items():
    say(f"disk_{keep}", f"{amount / sessions / MB:.2f}", "MB per session", "none", True)
say("disk_minimal_share", f"{share:.2f}", "of keep: all", "< 0.7", share < 0.7)
