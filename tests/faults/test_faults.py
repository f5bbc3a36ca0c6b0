"""Nothing is lost: kills, full disks and broken sessions, in a tiny phantom study."""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from workflow import ROOT, run_study, snakemake, tiny_config

KILLS = 20
"""At random moments, besides those in the middle of each stage's writing."""

NAMES = [f"{group}00{n}" for group in ("control", "patient") for n in (1, 2)]

HOLDS_TIMES = ("benchmarks", "resources.", "suggested_resources", ".html")
"""Parts of the names of files that say how long jobs took."""


def whole_config():
    """Return settings of the tiny study that keep everything, and train for a while."""
    config = tiny_config() | {"keep": "all"}
    for experiment in config["experiments"].values():
        experiment["training"] |= {"epochs": 20}
    return config


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A folder in which the study has run from beginning to end."""
    return run_study(tmp_path_factory.mktemp("undisturbed"), whole_config())


@pytest.fixture(scope="module")
def seconds_of_a_run(undisturbed):
    """How long that took, without what Snakemake does before the first job."""
    times = [path.stat().st_mtime for path in files(undisturbed).values()]
    return max(times) - min(times)


def files(folder):
    """Return the results of a study that do not hold times, by path."""
    results = folder / "results"
    return {
        str(path.relative_to(results)): path
        for path in results.rglob("*")
        if path.is_file() and not any(part in str(path) for part in HOLDS_TIMES)
    }


def start(folder, *options, config=None):
    """Start Snakemake in a process group of its own."""
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(config or whole_config(), sort_keys=False))
    command = ["snakemake", "--snakefile", ROOT / "Snakefile", "--nocolor"]
    command += ["--directory", folder, "--cores", "2", *options, "--configfile", path]
    with open(folder / "said.txt", "w") as said:
        return subprocess.Popen(
            list(map(str, command)), cwd=ROOT, stdout=said, stderr=said,
            start_new_session=True,
        )  # fmt: skip


def wait_for(words, process, folder, seconds=300):
    """Wait until Snakemake says something, or ends."""
    for _ in range(seconds * 10):
        if words in (folder / "said.txt").read_text() or process.poll() is not None:
            return
        time.sleep(0.1)
    raise AssertionError(f"'{words}' was not said in {seconds} s")


def kill(process):
    """Kill Snakemake and all that it started, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stages_in_writing(folder, spared=()):
    """Return the stages of which a job has written something, and not all."""
    return {
        stage.name
        for stage in folder.glob("results/phantom/[0-9]_*")
        if stage.name not in spared and next(stage.glob("**/.*.part/*"), None)
    }


def kill_at(folder, seconds, spared):
    """Start the study and kill it after some time, or as it writes in a new stage.

    Parameters
    ----------
    folder : Path
    seconds : float
        From its first job.
    spared : set of str
        Stages in the middle of whose writing it is not killed.

    Returns
    -------
    set of str or None
        The stages that were being written when it died; None where it ended before.
    """
    process = start(folder)
    wait_for("Execute", process, folder)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            return None
        if stages_in_writing(folder, spared):
            break
        time.sleep(0.001)
    kill(process)
    return stages_in_writing(folder)


def test_a_study_that_is_killed_again_and_again_ends_with_the_same_bytes(
    undisturbed, seconds_of_a_run, tmp_path
):
    rng = random.Random(0)
    at_random, in_writing = 0, set()
    while True:
        moment = rng.uniform(0, seconds_of_a_run / KILLS)
        seconds = moment if at_random < KILLS else 900
        hit = kill_at(tmp_path, seconds, spared=in_writing)
        if hit is None:
            break
        at_random += not (hit - in_writing)
        in_writing |= hit
    process = start(tmp_path)
    assert process.wait(900) == 0, (tmp_path / "said.txt").read_text()[-5000:]
    assert at_random == KILLS
    stages = {path.name for path in tmp_path.glob("results/*/[0-9]_*")}
    missed = stages - in_writing
    assert len(missed) <= 1, missed  # tiny files can be written between two looks
    expected, found = files(undisturbed), files(tmp_path)
    assert expected.keys() == found.keys()
    different = [
        n for n in expected if expected[n].read_bytes() != found[n].read_bytes()
    ]
    assert not different


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk cannot be mounted here: this needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


TWO = [
    "results/phantom/1_bids/sub-control001/ses-1/sub-control001_ses-1_inventory.tsv",
    "results/phantom/1_bids/sub-control002/ses-1/sub-control002_ses-1_inventory.tsv",
]


def test_a_full_disk_is_said_and_what_was_finished_stays(small_disk):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(11 * 2**20))
    failed = snakemake(small_disk, *TWO, config=whole_config())
    assert failed.returncode != 0
    assert "No space left on device" in failed.stdout
    ballast.unlink()
    again = snakemake(small_disk, *TWO, config=whole_config())
    assert again.returncode == 0, again.stdout[-3000:]
    assert all((small_disk / path).exists() for path in TWO)


def test_an_unwritable_folder_is_said(small_disk):
    config = whole_config()
    (small_disk / "study.yaml").write_text("")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    path = small_disk.parent / "study.yaml"
    path.write_text(yaml.safe_dump(config))
    process = subprocess.run(
        ["snakemake", *TWO, "--snakefile", ROOT / "Snakefile", "--cores", "1",
         "--directory", small_disk, "--configfile", path],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode != 0
    assert re.search("Read-only file system|not writable", process.stderr)


@pytest.fixture
def own(undisturbed, tmp_path):
    """A study of four people's DICOM in a folder of its own: settings and targets."""
    dicom = undisturbed / "results/phantom/0_phantom"
    rows = ["participant_id\tsession_id\tgroup\tage\tsex\tsite\tdicom"]
    for name in NAMES:
        shutil.copytree(dicom / f"sub-{name}" / "ses-1" / "dicom", tmp_path / name)
        rows.append(f"{name}\t1\t{name[:7]}\t40\tF\tA\t{name}")
    (tmp_path / "cohort.tsv").write_text("\n".join(rows) + "\n")
    own = {"study": "own", "source": "dicom", "cohort": "cohort.tsv"}
    converted = [
        f"results/own/1_bids/sub-{name}/ses-1/sub-{name}_ses-1_inventory.tsv"
        for name in NAMES
    ]
    return whole_config() | own, converted


def test_an_input_that_vanishes_is_said_and_what_was_finished_stays(own, tmp_path):
    config, targets = own
    process = start(tmp_path, *targets, "--cores", "1", config=config)
    wait_for("Execute", process, tmp_path)
    gone = tmp_path / "control002", tmp_path / "patient001"
    for folder in gone:
        folder.rename(tmp_path / f"{folder.name}_elsewhere")
    assert process.wait(300) != 0
    said = (tmp_path / "said.txt").read_text()
    names = [folder.name for folder in gone]
    assert any(f"{name} (missing locally" in said for name in names), said[-3000:]
    made = [path for path in targets if (tmp_path / path).exists()]
    assert made
    for folder in gone:
        (tmp_path / f"{folder.name}_elsewhere").rename(folder)
    again = snakemake(tmp_path, *targets, config=config)
    assert again.returncode == 0, again.stdout[-3000:]
    assert again.stdout.count("rule convert_dicom") == len(targets) - len(made)


def test_a_job_that_is_killed_for_its_memory_is_said(own, tmp_path):
    config, targets = own
    process = start(tmp_path, *targets, config=config)
    wait_for("Execute", process, tmp_path)
    script = "scripts/tmp[^ ]*11_convert_dicom"
    while subprocess.run(["pkill", "-KILL", "-f", script]).returncode:
        assert process.poll() is None
    assert process.wait(300) != 0
    said = (tmp_path / "said.txt").read_text()
    assert re.search("convert_dicom .*ended without a word .*out of memory", said), said
    assert sum((tmp_path / path).exists() for path in targets) >= 2
    again = snakemake(tmp_path, *targets, config=config)
    assert again.returncode == 0, again.stdout[-3000:]


def test_one_bad_session_does_not_stop_the_others(own, tmp_path):
    config, _ = own
    sorted((tmp_path / "patient001").glob("*_DWI_*"))[3].unlink()
    process = snakemake(tmp_path, config=config)
    assert process.returncode != 0
    assert "[instance_gap]" in process.stdout
    assert "Mend what failed, or leave sessions out" in process.stdout
    made = Path(tmp_path / "results/own/5_features").rglob("*.npy")
    people = {re.search(r"sub-(\w+?)_", path.name)[1] for path in made}
    assert people == {"control001", "control002", "patient002"}
    assert not list((tmp_path / "results/own").rglob("predictions.tsv"))


def test_a_second_run_at_once_is_told_so(own, tmp_path):
    config, _ = own
    first = start(tmp_path, config=config)
    wait_for("Execute", first, tmp_path)
    second = snakemake(tmp_path, config=config)
    kill(first)
    assert second.returncode != 0
    assert "another run of the study 'own' goes on in this folder" in second.stdout
