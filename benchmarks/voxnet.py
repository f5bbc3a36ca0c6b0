"""Count VoxNet's parameters at the paper's input, and time its training there."""

import time

import keras
import numpy as np
from _study import say

from scan2map import networks
from scan2map.features import MaskedFeature
from scan2map.networks.backend import use_threads
from scan2map.training import train

SHAPE, COMPONENTS, BATCH = (91, 109, 91), 30, 4
PAPER = 1.4e6
"""Parameters, as the paper counts them."""

TRAINING = {"learning_rate": 1e-3, "epsilon": 0.1, "decay": 1.0, "decay_every": 1}
TRAINING |= {"epochs": 3, "batch_size": BATCH}


class Clock(keras.callbacks.Callback):
    """Notes when each epoch ends."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())


def sessions(n):
    """Return noise in an ellipsoid of the size of a brain, and labels."""
    rng = np.random.default_rng(0)
    place = np.stack(np.indices(SHAPE), -1) / (np.array(SHAPE) - 1) - 0.5
    mask = (place**2).sum(-1) < 0.4**2
    size = (COMPONENTS, np.count_nonzero(mask))
    maps = [rng.normal(size=size).astype(np.float16) for _ in range(n)]
    return [MaskedFeature(values, mask) for values in maps], [0, 1] * (n // 2)


use_threads(1)
network = networks.build(SHAPE, COMPONENTS, "voxnet")
count = networks.describe(network)["parameters"]
near = abs(count / PAPER - 1) < 0.1
say("voxnet_parameters", f"{count}", "at 91x109x91x30", "1.4e6 ± 10 %", near)

clock, (features, labels) = Clock(), sessions(12)
train(features, labels, {"name": "voxnet"}, TRAINING, seed=0, callbacks=[clock])
step = np.diff(clock.ends).min() / (len(features) / BATCH)
say("voxnet_step", f"{step:.2f}", "s per step of 4, one core", "<= 2", step <= 2)
