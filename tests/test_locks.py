"""A file is held as long as a process lives, and no longer."""

import subprocess
import sys

from scan2map.locks import hold

HOLDER = """
import sys
from scan2map.locks import hold
file = open(sys.argv[1], "a")
print(hold(file), flush=True)
sys.stdin.read()
"""


def start_holder(path):
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        env={"PYTHONPATH": "scripts"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_file_is_held_until_its_process_is_killed(tmp_path):
    path = tmp_path / "lock"
    holder = start_holder(path)
    assert holder.stdout.readline() == "True\n"
    with open(path) as file:
        assert not hold(file)
    holder.kill()
    holder.wait()
    with open(path) as file:
        assert hold(file)


def test_a_job_that_somebody_else_still_does_is_refused(tmp_path):
    path = tmp_path / "job.log"
    holder = start_holder(path)
    holder.stdout.readline()
    path.write_text("what it has said\n")
    job = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from scan2map.logs import log_to; log_to({str(path)!r})",
        ],
        env={"PYTHONPATH": "scripts"},
        capture_output=True,
        text=True,
    )
    holder.kill()
    assert job.returncode and "an earlier run left behind" in job.stderr
    assert path.read_text() == "what it has said\n"
