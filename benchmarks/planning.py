"""How long does Snakemake plan a large study, and how long one job of it?

A synthetic cohort with all three modalities, and the experiments of both presets at ten
repeats of ten folds. `snakemake -n` is timed from start to end; sizes of the cohort can
be given as arguments, such as 100 1000 5000. A job is timed as the command that
Snakemake hands to Slurm for it, as a dry run: it parses, reads the cohort and plans as
the job would, its inputs being there as empty files, and stops before the script.
"""

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml
from _study import ROOT, say

SIZES = (100, 300, 1000)
GOALS = {1000: (60, 2000), 5000: (360, None)}
"""Seconds and MB at most, by number of participants."""

JOBS = {
    "fit_tensor": "subject=P00000,session=1",
    "train_fold": "experiment=asc,repeat=3,fold=4",
    "regress_components": "subject=P00000,session=1",
}


LAST_OF_SESSION = ("segment_t1w", "make_feature", "reduce_bold", "make_bold_feature")
"""Where the stages of a session end; what stage 5 makes of it alone goes with them."""

STAGES = 4
FOLDS_PER_JOB = 5


def write_study(folder, size):
    """Write a cohort with empty DICOM folders, and a study of all experiments."""
    presets = [
        yaml.safe_load((ROOT / f"config/studies/{name}.yaml").read_text())
        for name in ("teh2022", "estudillo2022")
    ]
    config = presets[0] | presets[1]
    config["experiments"] = presets[0]["experiments"] | presets[1]["experiments"]
    for experiment in config["experiments"].values():
        experiment["folds"] = {"k": 10, "repeats": 10}
    for part in ("phantom", "bids"):
        del config[part]
    config |= {"study": "planning", "source": "dicom", "cohort": f"{folder}/cohort.tsv"}
    (folder / "study.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    rng = random.Random(size)
    rows = ["participant_id session_id group age sex site dicom".split()]
    for number in range(size):
        who, group = f"P{number:05d}", ("control", "patient")[number % 2]
        age, sex, site = (
            f"{rng.uniform(45, 75):.1f}",
            rng.choice("FM"),
            rng.choice("AB"),
        )
        rows.append([who, "1", group, age, sex, site, f"scans/{who}"])
        (folder / "scans" / who).mkdir(parents=True)
    (folder / "cohort.tsv").write_text("".join("\t".join(r) + "\n" for r in rows))


def snakemake(folder, *options):
    """Run Snakemake on a study; return what it said, wall and CPU seconds, and MB."""
    command = [sys.executable, "-m", "snakemake", "--directory", str(folder)]
    command += ["--snakefile", str(ROOT / "Snakefile"), "--nocolor"]
    command += ["--configfile", str(folder / "study.yaml"), *options]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        said.seek(0)
        wall, cpu = time.perf_counter() - start, used.ru_utime + used.ru_stime
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, said.read(), wall, cpu, used.ru_maxrss / 1024


def plan(folder, size):
    """Time the plan of a whole study, print its figures, and return CPU seconds."""
    code, said, wall, cpu, memory = snakemake(folder, "-n", "--quiet", "--cores", "2")
    if code:
        sys.exit(said)
    seconds, most = GOALS.get(size, (None, None))
    for name, value, unit, goal in (
        ("wall", wall, "s", seconds),
        ("cpu", cpu, "s", None),
        ("memory", memory, "MB", most),
    ):
        said = f"< {goal}" if goal else ""
        say(
            f"planning_{size}_{name}",
            f"{value:.1f}",
            unit,
            said,
            not goal or value < goal,
        )
    return cpu


def submissions(folder, size):
    """Print how many sbatch calls a plan makes of sessions, and of folds."""
    profile = ("-n", "--profile", str(ROOT / "profiles" / "slurm"))
    code, said, *_ = snakemake(folder, *profile, "--until", *LAST_OF_SESSION)
    if code:
        sys.exit(said)
    sent = int(re.search(r"in (\d+) submissions", said).group(1)) - 1  # the template
    name, goal = "submissions_per_session_and_stage", "<= 1"
    value = sent / size / STAGES
    say(name, f"{value:.2f}", "of stages 1 to 4", goal, value <= 1)
    path = folder / "study.yaml"
    config = yaml.safe_load(path.read_text())
    for experiment in config["experiments"].values():
        experiment["folds_per_job"] = FOLDS_PER_JOB
    path.write_text(yaml.safe_dump(config, sort_keys=False))
    code, said, *_ = snakemake(folder, *profile)
    if code:
        sys.exit(said)
    table = said[said.index("Job stats:") : said.index("total  ")]
    trained = sum(map(int, re.findall(r"^train_fold\S* +(\d+)", table, re.MULTILINE)))
    networks = re.findall(r"^split_cohort +(\d+)", table, re.MULTILINE)
    most = int(networks[0]) * 10 * 10 / FOLDS_PER_JOB
    name = f"submissions_of_{10 * 10}_folds_{FOLDS_PER_JOB}_per_job"
    say(name, trained, f"{networks[0]} experiments", f"<= {most:.0f}", trained <= most)


def run_job(folder, rule):
    """Time what a cluster job of a rule does before its script starts."""
    options = [
        "--target-jobs", f"{rule}:{JOBS[rule]}", "--allowed-rules", rule,
        "--cores", "all", "--attempt", "1", "--force-use-threads", "--force",
        "--target-files-omit-workdir-adjustment", "--max-inventory-time", "0",
        "--retries", "0", "--no-hooks", "--nolock", "--ignore-incomplete",
        "--executor", "slurm-jobstep", "--jobs", "1", "--mode", "remote", "-n",
    ]  # fmt: skip
    code, said, *_ = snakemake(folder, *options)
    for missing in re.findall(r"^ +(results/\S+)$", said, re.MULTILINE):
        (folder / missing).parent.mkdir(parents=True, exist_ok=True)
        (folder / missing).touch()
    code, said, wall, cpu, _ = snakemake(folder, *options)
    if code:
        sys.exit(said)
    say(f"planning_job_{rule}_wall", f"{wall:.1f}", "s", "< 5", wall < 5)
    say(f"planning_job_{rule}_cpu", f"{cpu:.1f}", "s", "", True)


def main(sizes):
    """Measure cohorts of these sizes, and jobs of the one of 1,000."""
    seconds = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            write_study(Path(folder), size)
            seconds.append(plan(Path(folder), size))
            if size == 1000:
                for rule in JOBS:
                    run_job(Path(folder), rule)
            if size == sizes[0]:
                submissions(Path(folder), size)
    if len(sizes) > 1:
        exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        name = f"planning_growth_{sizes[0]}_to_{sizes[-1]}"
        say(name, f"{exponent:.2f}", "exponent of CPU time", "<= 1", exponent <= 1)


main([int(size) for size in sys.argv[1:]] or SIZES)
