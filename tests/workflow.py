"""Run Snakemake on the project in a folder of a test."""

import copy
import gzip
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import yaml
from snakemake.utils import validate

from scan2map.analyses import spread_statistics

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


def copy_project(folder):
    """Copy what a study runs by to a folder; return the folder."""
    for name in ("rules", "scripts", "config", "profiles", "envs", "report"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "Snakefile", folder)
    return folder


def run_study(folder, config, project=ROOT):
    """Run a whole study in a folder; return the folder."""
    process = snakemake(folder, config=config, project=project)
    assert process.returncode == 0, process.stdout[-5000:]
    return folder


def dry_run(project, config, *options):
    """Return {rule: number of jobs} that Snakemake would run in a copied project."""
    process = snakemake(project, "--dry-run", *options, config=config, project=project)
    assert process.returncode == 0, process.stdout
    return planned_jobs(process)


def phantom_config(**changes):
    """Return the phantom study of diffusion with some top-level keys replaced.

    Each fold is a job of its own, so that the plan alone shows what it depends on.
    """
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    config = json.loads(json.dumps(config))  # blocks that YAML shares, apart
    del config["experiments"]["networks"], config["experiments"]["structure"]
    effects = config["phantom"]["effects"]
    config["phantom"]["effects"] = [e for e in effects if e["kind"] != "volume"]
    config["anat"]["registration"] = "syn"  # quicker
    training = config["experiments"]["preregistration"]["training"]
    for experiment in config["experiments"].values():
        experiment |= {"folds_per_job": 1, "training": copy.deepcopy(training)}
    return config | changes


TINY_STATISTICS = {"covariates": [], "corrections": ["bonferroni"]}
"""Four people have too few arrangements for permutation."""


def tiny_config():
    """Return a phantom study of four people on a coarse grid, which runs in minutes."""
    config = phantom_config(grid={"shape": [24, 28, 24], "voxel_size": 8.0})
    config["phantom"] |= {"t1w_voxel_size": 4.0, "dwi_voxel_size": 6.0}
    config["phantom"] |= {"directions": 6, "groups": {"control": 2, "patient": 2}}
    config["anat"] |= {"template_resolution": 4.0}
    config["statistics"] = copy.deepcopy(TINY_STATISTICS)
    config["keep"] = "minimal"
    config["scores"] = {"bootstrap_samples": 100, "permutations": 100}
    for experiment in config["experiments"].values():
        experiment["folds"] = {"k": 2, "repeats": 1}
        experiment["training"] |= {"epochs": 1}
    return config


def resting_config(**changes):
    """Return a small study of resting-state networks, honest beside as published."""
    config = phantom_config(
        study="rest", grid={"shape": [28, 32, 28], "voxel_size": 7.0}
    )
    config["phantom"] |= {"t1w_voxel_size": 4.0, "groups": {"control": 4, "patient": 4}}
    config["phantom"]["bold"] = {"voxel_size": 8.0, "volumes": 80}
    config["func"] = {"confounds": {"compcor": 1}}
    config["anat"] |= {"template_resolution": 4.0}
    config["ica"] = {"components": 4, "reduce_to": 10, "repeats": 2}
    config["ica"] |= {"normalise_courses": True}
    config["statistics"] = {"covariates": [], "corrections": ["bonferroni"]}
    config["scores"] = {"bootstrap_samples": 100, "permutations": 100}
    shared = {
        "run_as": ["honest", "replica"],
        "folds": {"k": 2, "repeats": 1},
        "network": {"name": "voxnet", "shrink": 1, "filters": [4, 4], "dense": [4]},
        "training": {"epochs": 2, "early_stopping": {"share": 0.4}},
    }
    config["experiments"] = {
        "asc": {"label": "all components", "feature": {"kind": "ica"}},
        "ssc": {
            "label": "selected components",
            "feature": {"kind": "ica", "components": "selected"},
        },
        "rsp": {"label": "images", "feature": {"kind": "bold", "volumes": 6}},
    }
    for experiment in config["experiments"].values():
        experiment |= copy.deepcopy(shared)
    return config | changes


def tissue_config(**changes):
    """Return a small study of a network that sees white matter."""
    config = phantom_config(study="wm", grid={"shape": [24, 28, 24], "voxel_size": 8.0})
    config["phantom"] |= {"t1w_voxel_size": 4.0, "groups": {"control": 3, "patient": 3}}
    region = {"centre": [26, -20, 28], "radius": 18}
    effect = {"name": "swollen", "kind": "volume", "regions": {"r": region}}
    config["phantom"]["effects"] = [effect | {"change": 0.4}]
    config["anat"] |= {"template_resolution": 4.0}
    config["statistics"] = copy.deepcopy(TINY_STATISTICS)
    config["scores"] = {"bootstrap_samples": 100, "permutations": 100}
    config["experiments"] = {
        "wm": {
            "label": "white matter",
            "feature": {"kind": "tissue", "tissue": "WM"},
            "folds": {"k": 3, "repeats": 2},
            "network": {"name": "ng2018", "filters": [3, 3, 2], "dense": [4]},
            "training": {"epochs": 1, "batch_size": 2},
        }
    }
    return config | changes


def run_config(**changes):
    """Return the part of that study that tests run: one experiment less.

    The folds of one experiment are trained in one job, those of the other one by one.
    """
    config = resting_config(**changes)
    del config["experiments"]["asc"]
    config["experiments"]["ssc"]["folds_per_job"] = 2
    return config


def complete(config):
    """Return a configuration with the defaults of its schema, as the rules see it."""
    config = spread_statistics(copy.deepcopy(config))
    validate(config, ROOT / "config/schemas/config.schema.yaml")
    return config


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


def inputs_of_outputs(folder, config, *targets):
    """Return {output file: [input files]} of everything that a dry run announces.

    Of the whole study, or of what some files need.
    """
    inputs, plan = [], {}
    process = snakemake(folder, *targets, "--dry-run", config=config)
    for line in process.stdout.splitlines():
        line = line.strip()  # jobs of a group are indented
        if line.startswith("rule "):
            inputs = []
        elif line.startswith("input: "):
            inputs = line.removeprefix("input: ").split(", ")
        elif line.startswith("output: "):
            outputs = line.removeprefix("output: ").split(", ")
            plan |= dict.fromkeys(outputs, inputs)
    return plan


def contents(path):
    """Return the bytes of a file, and of what is packed in it."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content += gzip.decompress(content)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content += b"".join(archive.read(name) for name in archive.namelist())
    return content
