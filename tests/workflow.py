"""Run Snakemake on the project in a folder of a test."""

import json
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


def snakemake(folder, *options, config=None, project=ROOT):
    """Run Snakemake in a folder; return the finished process, output as text.

    Parameters
    ----------
    folder : Path
        Working directory: results, logs and Snakemake's records go there.
    *options : str
        Command-line options.
    config : dict, optional
        Written as configuration file; without it the phantom study's is used.
    project : Path
        Where the Snakefile is.
    """
    command = ["snakemake", "--snakefile", str(project / "Snakefile"), "--nocolor"]
    command += ["--directory", str(folder), "--cores", "2", *options]
    if config is not None:
        path = Path(folder) / "study.yaml"
        path.write_text(yaml.safe_dump(config, sort_keys=False))
        command += ["--configfile", str(path)]
    return subprocess.run(
        command,
        cwd=project,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def phantom_config(**changes):
    """Return the phantom study's configuration with some top-level keys replaced."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    return json.loads(json.dumps(config)) | changes  # blocks that YAML shares, apart


def planned_jobs(process):
    """Return {rule: number of jobs} that a dry run announces."""
    lines = process.stdout.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("job ")), None)
    if start is None:
        return {}
    jobs = {}
    for line in lines[start + 2 :]:
        if not line.strip():
            break
        rule, count = line.split()
        jobs[rule] = int(count)
    jobs.pop("total", None)
    return jobs


def inputs_of_outputs(folder, config):
    """Return {output file: [input files]} of everything that a dry run announces."""
    inputs, plan = [], {}
    for line in snakemake(folder, "--dry-run", config=config).stdout.splitlines():
        if line.startswith("rule "):
            inputs = []
        elif line.startswith("    input: "):
            inputs = line.removeprefix("    input: ").split(", ")
        elif line.startswith("    output: "):
            outputs = line.removeprefix("    output: ").split(", ")
            plan |= dict.fromkeys(outputs, inputs)
    return plan
