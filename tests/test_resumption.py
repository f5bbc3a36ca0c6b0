"""A training that was killed goes on from its last epoch."""

import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

keras = pytest.importorskip("keras")
from scan2map.resumption import KeptState  # noqa: E402
from scan2map.training import train  # noqa: E402

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
NETWORK = {"name": "voxnet", "filters": [2, 2], "dense": [4], "shrink": 1}
TRAINING = {"learning_rate": 1e-2, "decay": 0.5, "decay_every": 3, "epochs": 7}
TRAINING |= {"batch_size": 3, "early_stopping": None}
STOPPED = TRAINING | {"early_stopping": {"patience": 3, "share": 0.25}, "epochs": 30}
ALWAYS = float("inf")


class KilledError(Exception):
    pass


class Kill(keras.callbacks.Callback):
    """Ends a training in the middle of an epoch, counted from 1."""

    def __init__(self, epoch, how="raise"):
        super().__init__()
        self.epoch, self.how = epoch, how

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if (self.now, batch) != (self.epoch, 1):
            return
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise KilledError


@pytest.fixture(scope="module")
def sessions():
    """Return eight sessions of noise, and labels that have little to do with it."""
    rng = np.random.default_rng(5)
    features = rng.normal(size=(8, 9, 9, 9, 2)).astype(np.float32)
    features[4:, 2:6] += 0.1
    return features, [0] * 4 + [1] * 4


def trained(sessions, training=TRAINING, path=None, kill=None):
    return train(
        *sessions,
        NETWORK,
        training,
        seed=3,
        participants=list("abcdefgh"),
        callbacks=[Kill(kill)] if kill else [],
        state=path and KeptState(path, share=ALWAYS),
    )


def assert_same(one, other):
    for mine, theirs in zip(one[0].get_weights(), other[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert one[1:] == other[1:]


@pytest.fixture(scope="module")
def uninterrupted(sessions):
    return trained(sessions)


def test_a_training_killed_twice_ends_as_one_left_alone(
    sessions, uninterrupted, tmp_path, caplog
):
    caplog.set_level(logging.INFO)
    path = tmp_path / "fold" / "training_state.npz"
    for kill in (3, 6):
        with pytest.raises(KilledError):
            trained(sessions, path=path, kill=kill)
    assert_same(trained(sessions, path=path), uninterrupted)
    assert "goes on from epoch 3" in caplog.text
    assert "goes on from epoch 6" in caplog.text


def test_early_stopping_remembers_what_it_had_seen(sessions, tmp_path):
    path = tmp_path / "state.npz"
    alone = trained(sessions, STOPPED)
    last = len(alone[2])
    assert 4 < last < STOPPED["epochs"]
    with pytest.raises(KilledError):
        trained(sessions, STOPPED, path=path, kill=last)
    assert_same(trained(sessions, STOPPED, path=path), alone)
    # Once more, as if the job had been killed before it could save the network.
    assert_same(trained(sessions, STOPPED, path=path), alone)


def test_a_finished_training_is_not_trained_again(sessions, uninterrupted, tmp_path):
    path = tmp_path / "state.npz"
    trained(sessions, path=path)
    assert_same(trained(sessions, path=path, kill=1), uninterrupted)


KILLED = """
import pickle, sys
sys.path.insert(0, sys.argv[1])
from test_resumption import NETWORK, TRAINING, ALWAYS, Kill, KeptState, train
sessions = pickle.load(open(sys.argv[2], "rb"))
train(*sessions, NETWORK, TRAINING, seed=3, participants=list("abcdefgh"),
      callbacks=[Kill(5, "kill")], state=KeptState(sys.argv[3], share=ALWAYS))
"""


def test_a_process_that_is_killed_leaves_a_state_to_go_on_from(
    sessions, uninterrupted, tmp_path
):
    given, path = tmp_path / "sessions", tmp_path / "state.npz"
    given.write_bytes(pickle.dumps(sessions))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, Path(__file__).parent, given, path],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
    )
    assert done.returncode == -signal.SIGKILL
    with np.load(path) as arrays:
        assert '"epoch": 4' in str(arrays["said"])
    assert_same(trained(sessions, path=path), uninterrupted)


@pytest.fixture
def written(tmp_path):
    """Return a state as a training writes it, and what it depends on."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("adam")
    model.optimizer.build(model.trainable_variables)
    state = KeptState(tmp_path / "state.npz", "1")
    given = [["settings", 3], [np.ones((2, 2))], ([np.zeros(2)], [1])]
    state.depend_on(*given)
    state.restore(model, keras.callbacks.History())
    state.set_model(model)
    state.write(4)
    assert state.read()["epoch"] == 4
    return state, given


@pytest.mark.parametrize("kept", [0, 100, 0.5, 0.99])
def test_a_state_cut_short_is_said_and_not_used(written, caplog, kept):
    path = written[0].path
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if kept < 1 else kept])
    assert written[0].read() is None
    assert f"{path} is broken" in caplog.text
    assert "training starts from the beginning" in caplog.text


@pytest.mark.parametrize("changed", ["facts", "features", "watched", "label", "code"])
def test_a_state_of_another_training_is_not_used(written, changed):
    state, (facts, features, (watched, expected)) = written
    if changed == "facts":
        facts = ["settings", 4]
    elif changed == "features":
        features = [np.full((2, 2), 1 + 1e-9)]
    elif changed == "watched":
        watched = [np.ones(2)]
    elif changed == "label":
        expected = [0]
    else:
        state.version = "2"
    state.depend_on(facts, features, (watched, expected))
    assert state.read() is None


def test_states_are_written_as_often_as_they_are_cheap(tmp_path, monkeypatch):
    clock = iter(np.arange(1000.0))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    state, written = KeptState(tmp_path / "state.npz", share=0.1), []
    monkeypatch.setattr(state, "write", written.append)
    monkeypatch.setattr(state, "read", lambda: None)
    state.restore(None, None)
    for epoch in range(30):
        state.on_epoch_end(epoch)
    # Each writing takes a second, and so does each look at the clock.
    assert written == [1, 11, 21]
