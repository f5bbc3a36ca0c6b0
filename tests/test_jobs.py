"""What a job writes is in its place whole, or not at all."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from workflow import ROOT

JOB = """
import os, signal
from pathlib import Path
from types import SimpleNamespace

from snakemake.iocontainers import OutputFiles

from scan2map.jobs import begin

named = {"table": "a/table.tsv", "scans": "a/scans", "lists": ["b/1.json", "b/2.json"]}
output = OutputFiles()
for name, paths in named.items():
    start = len(output)
    output.extend([paths] if isinstance(paths, str) else paths)
    output._set_name(name, start, None if isinstance(paths, str) else len(output))
snakemake = SimpleNamespace(log=["log.txt"], output=output)
begin(snakemake)
output = snakemake.output
Path(output.table).write_text("first half, ")
%s
with open(output.table, "a") as file:
    file.write("second half")
Path(output.scans).mkdir()
Path(output.scans, "1.dcm").write_text("scan")
for path in output.lists:
    Path(path).write_text(Path(path).name)
"""


@pytest.fixture
def run(tmp_path):
    """Run the job with a line in the middle of its writing; return the process."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()

    def run(line=""):
        job = textwrap.dedent(JOB) % line
        return subprocess.run(
            [sys.executable, "-c", job],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")},
            capture_output=True,
            text=True,
        )

    return run


def written(folder):
    """Return all files of the job's two folders but what is still beside its place."""
    files = [p for name in "ab" for p in (folder / name).rglob("*") if p.is_file()]
    names = {str(path.relative_to(folder)): path.read_text() for path in files}
    return {name: text for name, text in names.items() if ".part/" not in name}


WHOLE = {
    "a/table.tsv": "first half, second half",
    "a/scans/1.dcm": "scan",
    "b/1.json": "1.json",
    "b/2.json": "2.json",
}


def test_a_job_that_succeeds_leaves_all_it_wrote_and_no_more(run, tmp_path):
    assert run().returncode == 0
    assert written(tmp_path) == WHOLE
    assert not list(tmp_path.rglob(".*"))


def test_a_job_that_is_killed_leaves_nothing_in_its_place_and_can_run_again(
    run, tmp_path
):
    killed = run("os.kill(os.getpid(), signal.SIGKILL)")
    assert killed.returncode == -signal.SIGKILL
    assert written(tmp_path) == {}
    assert (tmp_path / "a/.table.tsv.part/table.tsv").exists()
    assert run().returncode == 0
    assert written(tmp_path) == WHOLE
    assert not list(tmp_path.rglob(".*"))


def test_a_job_that_fails_removes_what_it_wrote(run, tmp_path):
    failed = run("raise ValueError('the scan is bent')")
    assert failed.returncode == 1
    assert "ValueError: the scan is bent (log: log.txt)" in failed.stderr
    assert written(tmp_path) == {} and not list(tmp_path.rglob(".*"))


def test_what_cannot_get_its_place_is_an_error_and_not_passed_over(run, tmp_path):
    failed = run("Path('b/1.json').mkdir()")
    assert failed.returncode == 1
    assert "IsADirectoryError" in failed.stderr and "b/1.json" in failed.stderr
    assert not list(tmp_path.rglob(".*"))


def test_what_a_killed_job_left_with_temporary_files_goes_when_it_runs_again(
    run, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    unpack = """
from scan2map.jobs import scratch
with scratch(output.table) as place:
    assert not list(place.iterdir()) and place.stat().st_mode & 0o777 == 0o700
    (place / "1.dcm").write_text("a name")
    os.kill(os.getpid(), %s)
"""
    assert run(unpack % "signal.SIGKILL").returncode == -signal.SIGKILL
    assert len(list((tmp_path / "tmp").rglob("1.dcm"))) == 1
    assert run(unpack % "0").returncode == 0
    assert not list((tmp_path / "tmp").iterdir())
