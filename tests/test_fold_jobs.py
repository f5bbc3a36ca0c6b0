"""Several folds in one job: which, with which files, each in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scan2map.fold_jobs import Noted, batches, naming, of_fold

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


def experiment(k, n):
    return {"folds": {"k": k, "repeats": 1}, "folds_per_job": n}


def test_folds_of_a_repeat_are_shared_out_and_none_is_left():
    found = batches({"a": experiment(10, 4), "b": experiment(10, 1)})
    assert found == {
        (1, 2, 3, 4): ["a"],
        (5, 6, 7, 8): ["a"],
        (9, 10): ["a"],
        (): ["b"],
    }


def test_experiments_with_the_same_folds_share_a_rule():
    found = batches({"a": experiment(4, 4), "b": experiment(4, 9)})
    assert found == {(1, 2, 3, 4): ["a", "b"]}


def test_inputs_of_a_fold_are_those_named_after_it():
    named = {"fold1_mask": "m", "fold11_mask": "n", "fold1_features": ["a", "b"]}
    assert of_fold(1, named) == {"mask": "m", "features": ["a", "b"]}


def test_files_are_noted_when_they_are_taken():
    given = Noted({"features": ["a", "b"], "mask": "m", "tuned": "t"})
    assert given.get("mask") == "m" and given["features"] == ["a", "b"]
    assert given.get("selection") is None
    assert given.read == ["m", "a", "b"]


def test_errors_say_which_fold_they_are_about():
    with pytest.raises(ValueError, match="^fold 3: empty$"), naming(3):
        raise ValueError("empty")


def run(code, *arguments):
    """Run code in a process that has computed nothing before."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
    environment |= {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.stdout, done.stderr


FAILING = """
import os, signal, sys, time
from pathlib import Path
from scan2map.fold_jobs import train_each
def work(i, fold):
    if fold == 1:
        raise ValueError("both labels are needed")
    if fold == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.5)
    Path(sys.argv[1], str(fold)).touch()
try:
    train_each(work, [1, 2, 3, 4], at_once=3)
except RuntimeError as error:
    print(error)
"""


def test_a_fold_that_fails_is_named_and_those_at_work_finish(tmp_path):
    said, _ = run(FAILING, tmp_path)
    assert "fold 1: both labels are needed" in said
    assert re.search(r"fold 2: .*SIGKILL.*mem_mb", said)
    assert [path.name for path in tmp_path.iterdir()] == ["3"]


COUNTED = """
import os, sys, time
from pathlib import Path
from scan2map.fold_jobs import train_each
folder = Path(sys.argv[1])
def work(i, fold):
    for kind in ("running", "begun"):
        (folder / f"{kind}{fold}").touch()
    partner, give_up = folder / f"begun{11 - fold if fold < 7 else 15 - fold}", 60
    while not partner.exists() and give_up > 0:
        time.sleep(0.1)
        give_up -= 0.1
    running = len(list(folder.glob("running*")))
    os.write(1, f"{i} {fold} {running} {partner.exists()}\\n".encode())
    (folder / f"running{fold}").unlink()
train_each(work, [5, 6, 7, 8], at_once=2)
"""


def test_as_many_processes_as_asked_for_run_at_once(tmp_path):
    rows = sorted(row.split() for row in run(COUNTED, tmp_path)[0].splitlines())
    assert [row[:2] for row in rows] == [["0", "5"], ["1", "6"], ["2", "7"], ["3", "8"]]
    assert all(int(row[2]) <= 2 and row[3] == "True" for row in rows)


TRAINED = """
import os, sys
import numpy as np
from scan2map.fold_jobs import train_each
from scan2map.networks.backend import use_threads
from scan2map.training import train
features = np.random.default_rng(5).normal(size=(8, 9, 9, 9, 2)).astype(np.float32)
network = {"name": "voxnet", "filters": [2, 2], "dense": [4], "shrink": 1}
training = {"learning_rate": 1e-2, "decay": 1.0, "decay_every": 1, "epochs": 2}
training |= {"batch_size": 3}
folder = "together"
def work(i, fold):
    use_threads(1)
    model, *_ = train(features, [0, 1] * 4, network, training, seed=fold)
    np.savez(f"{sys.argv[1]}/{folder}{fold}.npz", *model.get_weights())
print("threads", len(os.listdir("/proc/self/task")))
train_each(work, [1, 2], at_once=2)
folder = "alone"
train_each(work, [2], at_once=1)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_networks_trained_together_have_the_bits_of_one_trained_alone(tmp_path):
    said, errors = run(TRAINED, tmp_path)
    assert "threads 1\n" in said, errors[-2000:]  # nothing to be torn apart by a fork
    one, two, alone = (
        list(np.load(tmp_path / f"{name}.npz").values())
        for name in ("together1", "together2", "alone2")
    )
    assert all(np.array_equal(a, b) for a, b in zip(two, alone, strict=True))
    assert not np.array_equal(one[0], two[0])
