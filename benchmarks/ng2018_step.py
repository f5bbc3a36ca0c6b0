"""Time a training step of Ng et al.'s network at full size, and measure its memory.

An epoch of as many sessions as a shuffle of the paper learns from, with all that a job
keeps: scaled sessions, Adam's moments, the state of the training on the disk. Float32,
no gradient checkpointing. Where Keras computes on a GPU, images per second are the
GPU's, and resident memory is the host's.
"""

import resource
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
from _study import say

from scan2map import networks
from scan2map.features import open_features
from scan2map.networks.backend import gpu_name, use_threads
from scan2map.resumption import KeptState
from scan2map.training import train

SHAPE, SESSIONS, BATCH = (121, 145, 121), 158, 2
MOST_GB = 12
THREADS = 2
WARM_UP = 5
"""Steps in which the training is compiled and memory is laid out."""

TRAINING = {"learning_rate": 1e-4, "decay": 1.0, "decay_every": 1, "epochs": 1}
TRAINING |= {"batch_size": BATCH}


class Clock(keras.callbacks.Callback):
    """Notes when each step ends."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append(time.perf_counter())


def write_sessions(folder):
    """Write noise in an ellipsoid of the size of a brain, as stage 5 writes maps."""
    rng = np.random.default_rng(0)
    place = np.stack(np.indices(SHAPE), -1) / (np.array(SHAPE) - 1) - 0.5
    brain = (place**2).sum(-1) < 0.4**2
    for i in range(SESSIONS):
        image = rng.random(SHAPE, dtype=np.float32) * brain
        np.save(folder / f"{i}.npy", image[..., None])
    return [folder / f"{i}.npy" for i in range(SESSIONS)]


def main():
    """Train for an epoch, and print what it took."""
    use_threads(THREADS)
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        features = open_features(write_sessions(Path(folder)))
        model, _, history = train(
            features,
            [i % 2 for i in range(SESSIONS)],
            {"name": "ng2018"},
            TRAINING,
            seed=0,
            callbacks=[clock],
            state=KeptState(Path(folder) / "state.npz", "benchmark"),
        )
        networks.save(model, Path(folder) / "model.keras")
    count = networks.describe(model)["parameters"]
    say("ng2018_parameters", f"{count}", "at 121x145x121", "finite loss",
        np.isfinite(history[-1]["loss"]))  # fmt: skip
    steps = np.diff(clock.ends[WARM_UP:])
    device = gpu_name() or f"{THREADS} cores"
    step = float(np.median(steps))
    say("ng2018_step", f"{step:.2f}", f"s per step of {BATCH}, {device}", "none", True)
    say("ng2018_images", f"{BATCH / step:.2f}", f"images per s, {device}", "none", True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    unit = f"GB resident, {SESSIONS} sessions"
    say("ng2018_memory", f"{peak:.2f}", unit, f"<= {MOST_GB}", peak <= MOST_GB)


if __name__ == "__main__":
    main()
