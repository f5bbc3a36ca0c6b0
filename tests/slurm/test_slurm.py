"""A tiny study on a real Slurm: what it runs where, and what it survives.

One run is shared by most tests; while its networks train, one training is cancelled and
one is put back into the queue, as Slurm does when it preempts a job or loses a node.
Neither Snakemake nor any job has a network.
"""

import os
import re
import signal
import socket
import subprocess
import time
from functools import partial

import pytest
import yaml
from cluster import Cluster, lacking
from workflow import ROOT, phantom_config

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking() or "Slurm is there")

FOLDS = "results/slurm/6_folds/preregistration"
MAP = (
    "results/slurm/7_maps/preregistration/sub-control001/ses-1/"
    "sub-control001_ses-1_space-MNI152NLin2009aSym_desc-MD_sensitivity.nii.gz"
)
TARGETS = (f"{FOLDS}/scores.tsv", MAP)
EPOCHS = 1000
"""Of heads so small: about half a minute in which trainings can be disturbed."""
KILLED = 60
"""MB for a job that is to be killed: less than Snakemake itself needs."""


def tiny_config(epochs):
    """Return a study of four people and two folds that trains for a while."""
    config = phantom_config(
        study="slurm", grid={"shape": [24, 28, 24], "voxel_size": 8.0}
    )
    config["phantom"] |= {"t1w_voxel_size": 4.0, "dwi_voxel_size": 6.0}
    config["phantom"] |= {"directions": 6, "groups": {"control": 2, "patient": 2}}
    config["anat"] |= {"template_resolution": 4.0}
    config["dwi"] |= {"denoise": "none", "eddy": "none"}
    config["statistics"] = {"covariates": [], "corrections": ["bonferroni"]}
    config["scores"] = {"bootstrap_samples": 100, "permutations": 100}
    del config["experiments"]["postregistration"]
    experiment = config["experiments"]["preregistration"]
    experiment["folds"] = {"k": 2, "repeats": 1}
    experiment["training"]["epochs"] = epochs
    return config


def command(folder, *options):
    """Return what a user types, but for how often Snakemake looks at the queue."""
    return [
        *("snakemake", *TARGETS, "--snakefile", str(ROOT / "Snakefile"), "--nocolor"),
        *("--directory", str(folder), "--configfile", str(folder / "study.yaml")),
        *("--profile", str(ROOT / "profiles" / "slurm")),
        *("--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "15"),
        *options,
    ]


def start(folder, *options):
    """Start Snakemake in the background; its output goes to a file."""
    with open(folder / "output.txt", "a") as output:
        return subprocess.Popen(
            command(folder, *options),
            cwd=ROOT,
            stdout=output,
            stderr=output,
            # A shell that starts the tests in the background has it ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )


def wait_for(holds, process, folder, seconds=900):
    """Wait until something holds while Snakemake runs, and return it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        waiting = process.poll() is None and time.monotonic() < end
        assert waiting, (folder / "output.txt").read_text()[-5000:]
        time.sleep(0.3)
    return found


def of_rule(records, rule):
    """Return Slurm's records of the jobs of a rule."""
    return [job for job in records if job["Comment"].startswith(f"rule_{rule}")]


def running(cluster, folder, fold):
    """Return the number of the job that trains a fold, once it has trained an epoch."""
    state = folder / FOLDS / f"repeat-1_fold-{fold}" / "training_state.npz"
    for job in of_rule(cluster.jobs(), "train_fold"):
        if job["Comment"].endswith(f"_1_{fold}") and job["JobState"] == "RUNNING":
            return job["JobId"] if state.exists() else None
    return None


def log_of(folder, fold):
    """Return what a training has logged; nothing where it has not begun to."""
    path = f"logs/slurm/6_folds/train_fold/preregistration_repeat-1_fold-{fold}.log"
    return (folder / path).read_text() if (folder / path).exists() else ""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, offline):
    cluster = Cluster(tmp_path_factory.mktemp("slurm"), gpus=2)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    (folder / "study.yaml").write_text(
        yaml.safe_dump(tiny_config(epochs=EPOCHS), sort_keys=False)
    )
    return folder


@pytest.fixture(scope="module")
def planned(folder, cluster):
    """What a dry run says of submissions: jobs, and sbatch calls."""
    process = subprocess.run(
        command(folder, "--dry-run"), cwd=ROOT, capture_output=True, text=True
    )
    said = re.search(r"On a cluster: (\d+) jobs in (\d+) submissions", process.stderr)
    assert said, (process.stdout + process.stderr)[-3000:]
    return tuple(map(int, said.groups()))


@pytest.fixture(scope="module")
def records(cluster, folder, planned):
    """Slurm's records of the run, in which much went wrong."""
    too_little = f"convert_dicom:mem_mb={KILLED} * 30 ** (attempt - 1)"
    process = start(folder, "--set-resources", too_little)
    cancelled = wait_for(partial(running, cluster, folder, 1), process, folder)
    cluster.ask("scancel", cancelled)
    requeued = wait_for(partial(running, cluster, folder, 2), process, folder)
    cluster.ask("scontrol", "requeue", requeued)
    assert process.wait(900) == 0, (folder / "output.txt").read_text()[-5000:]
    return cluster.jobs()


def test_the_run_completes(records, folder):
    assert all((folder / target).is_file() for target in TARGETS)


def test_nothing_needed_a_network(records):
    with pytest.raises(OSError, match="unreachable"):
        socket.create_connection(("192.0.2.1", 80), timeout=5)


def test_networks_train_and_are_differentiated_on_gpus_all_else_does_not(records):
    on_gpu = {"train_fold", "sensitivity_map"}
    for job in records:
        wants = any(job["Comment"].startswith(f"rule_{rule}_") for rule in on_gpu)
        assert job["Partition"] == ("gpu" if wants else "cpu"), job["Comment"]
        assert ("gres:gpu:1" in job.get("TresPerJob", "")) == wants, job["Comment"]


def test_a_job_killed_for_its_memory_runs_again_with_more(records):
    jobs = of_rule(records, "convert_dicom")
    states = {}
    for job in jobs:
        memory = int(re.search(r"mem=(\d+)M", job["TRES"]).group(1))
        states.setdefault(memory, set()).add(job["JobState"])
    assert states == {KILLED: {"FAILED"}, KILLED * 30: {"COMPLETED"}}


def test_a_cancelled_training_is_sent_again_and_goes_on(records, folder):
    jobs = [
        job for job in of_rule(records, "train_fold") if job["Comment"].endswith("_1_1")
    ]
    assert [job["JobState"] for job in jobs] == ["CANCELLED", "COMPLETED"]
    assert re.search(r"goes on from epoch \d+", log_of(folder, 1))


def test_a_preempted_training_is_queued_again_by_slurm_and_goes_on(records, folder):
    (job,) = [
        job for job in of_rule(records, "train_fold") if job["Comment"].endswith("_1_2")
    ]
    assert (job["JobState"], job["Restarts"]) == ("COMPLETED", "1")
    assert re.search(r"goes on from epoch \d+", log_of(folder, 2))


def test_nothing_else_ran_twice(records):
    again = {"convert_dicom", "train_fold"}
    names = [
        job["Comment"] + job["StdOut"].rpartition("/")[0]
        for job in records
        if not any(job["Comment"].startswith(f"rule_{rule}") for rule in again)
    ]
    stages = [name for name in names if "group" in name]
    assert len(names) - len(stages) == len(set(names) - set(stages))
    assert len(stages) == 2 * 4 + 1  # anat and dwi of four sessions, averages of maps


def test_a_dry_run_says_how_many_submissions_there_will_be(records, planned):
    jobs, submissions = planned
    repeated = 4 + 1  # conversions that were killed, the training that was cancelled
    assert submissions == len(records) - repeated
    assert jobs > submissions


def test_after_a_killed_snakemake_nothing_runs_twice(records, cluster, folder):
    (folder / "study.yaml").write_text(
        yaml.safe_dump(tiny_config(epochs=EPOCHS + 1), sort_keys=False)
    )
    before = len(of_rule(cluster.jobs(), "train_fold"))
    process = start(folder)
    for fold in (1, 2):
        wait_for(partial(running, cluster, folder, fold), process, folder)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert start(folder).wait(60) != 0
    said = (folder / "output.txt").read_text()
    left = re.findall(r"scancel ([\d ]+)\. Then run Snakemake again", said)[-1].split()
    assert len(left) == 2

    while cluster.ask("squeue", "-h", "-t", "PD,R,CG").strip():
        time.sleep(1)
    assert start(folder).wait(300) == 0, (folder / "output.txt").read_text()[-5000:]
    trained = of_rule(cluster.jobs(), "train_fold")[before:]
    assert [job["JobId"] for job in trained] == left


def test_a_training_out_of_time_goes_on_with_more_until_ctrl_c_cancels_it(
    records, cluster, folder
):
    (folder / "study.yaml").write_text(
        yaml.safe_dump(tiny_config(epochs=100_000), sort_keys=False)
    )
    before = len(of_rule(cluster.jobs(), "train_fold"))

    def of_first_fold():
        trained = of_rule(cluster.jobs(), "train_fold")[before:]
        return [job for job in trained if job["Comment"].endswith("_1_1")]

    def goes_on():
        again = [job["JobState"] for job in of_first_fold()] == ["TIMEOUT", "RUNNING"]
        return again and "goes on from epoch" in log_of(folder, 1)

    process = start(folder, "--set-resources", "train_fold:runtime=attempt ** 4")
    wait_for(goes_on, process, folder)
    process.send_signal(signal.SIGINT)
    process.wait(120)
    first, second = of_first_fold()
    assert (first["TimeLimit"], second["TimeLimit"]) == ("00:01:00", "00:16:00")
    assert second["JobState"] == "CANCELLED"
    assert not cluster.ask("squeue", "-h", "-t", "PD,R").strip()
