"""Which GPU a job gets, on machines with and without."""

import subprocess
import sys
from pathlib import Path

import pytest

from scan2map.cluster import has_gpu
from scan2map.networks.backend import check_gpu, gpu_name

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def machine(tmp_path):
    """A folder of device files as on a machine with two GPUs."""
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()
    return tmp_path


def job(machine, wanted=1, **env):
    """Start a process that takes a GPU, says which, and ends when it is told to."""
    program = (
        "from pathlib import Path; from scan2map.gpu import take_gpus; "
        f"here = Path({str(machine)!r}); "
        f"print(repr(take_gpus({wanted}, here, here)), flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(SCRIPTS), "PATH": "/usr/bin:/bin"} | env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip().strip("'")


def test_two_trainings_never_share_a_gpu_while_one_is_free(machine):
    (one, first), (two, second) = job(machine), job(machine)
    assert {first, second} == {"0", "1"}
    one.communicate("\n")
    third, again = job(machine)
    assert again == first
    for process in (two, third):
        process.communicate("\n")


def test_when_all_gpus_are_held_one_is_shared(machine):
    jobs = [job(machine) for _ in range(3)]
    assert jobs[2][1] in ("0", "1")
    for process, _ in jobs:
        process.communicate("\n")


def test_what_slurm_says_stands(machine):
    process, seen = job(machine, CUDA_VISIBLE_DEVICES="5")
    process.communicate("\n")
    assert seen == "5"


def test_a_job_that_asked_for_no_gpu_sees_none(machine):
    process, seen = job(machine, wanted=0, CUDA_VISIBLE_DEVICES="1")
    process.communicate("\n")
    assert seen == ""


def test_a_machine_has_a_gpu_where_its_driver_made_a_device(machine, tmp_path):
    (tmp_path / "none").mkdir()
    assert has_gpu(devices=machine)
    assert not has_gpu(devices=tmp_path / "none")


@pytest.mark.skipif(gpu_name() is not None, reason="Keras sees a GPU")
def test_a_job_that_requires_a_gpu_ends_with_what_to_do_where_keras_sees_none():
    with pytest.raises(RuntimeError, match="KERAS_BACKEND"):
        check_gpu(1, required=True)


@pytest.mark.skipif(gpu_name() is not None, reason="Keras sees a GPU")
def test_a_job_that_prefers_a_gpu_goes_on_without_and_says_so(caplog):
    check_gpu(1, required=False)
    assert "Keras sees none" in caplog.text
