"""Time epochs fed from memory-mapped features against batches that are ready."""

import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from scan2map import feeding, networks, training
from scan2map.features import fit_scaling, open_features
from scan2map.networks.backend import use_threads

GOAL = 1.1
SETTINGS = {"learning_rate": 1e-3, "epsilon": 0.1}


def brain(shape):
    """Return an ellipsoid of the size of a brain."""
    place = np.stack(np.indices(shape), -1) / (np.array(shape) - 1) - 0.5
    return (place**2).sum(-1) < 0.4**2


def write_maps(folder, shape, n_maps, n_sessions):
    """Write sessions as group ICA's maps are: float16, in the mask."""
    mask = brain(shape)
    noise = np.random.default_rng(0).normal(size=(n_maps, np.count_nonzero(mask)))
    paths = [folder / f"maps{i}.npy" for i in range(n_sessions)]
    for i, path in enumerate(paths):
        np.save(path, np.roll(noise, 997 * i, axis=1).astype(np.float16))
    return open_features(paths, mask)


def write_tensors(folder, shape, n_sessions):
    """Write sessions as tensors are: float32, zero outside the brain."""
    noise = np.random.default_rng(0).normal(1e-3, 1e-4, (*shape, 6))
    noise = noise.astype(np.float32)
    paths = [folder / f"tensor{i}.npy" for i in range(n_sessions)]
    for i, path in enumerate(paths):
        np.save(path, np.roll(noise, i, axis=0) * brain(shape)[..., None])
    return open_features(paths)


class Ready(keras.utils.PyDataset):
    """Batches that are in memory already."""

    def __init__(self, feeder):
        super().__init__()
        self.batches = [feeder[i] for i in range(len(feeder))]

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return self.batches[index]


def seconds_per_epoch(model, dataset, epochs):
    """Return wall and processor time of an epoch, the first one left out."""
    model.fit(dataset, epochs=1, shuffle=False, verbose=0)
    wall, processor = time.perf_counter(), time.process_time()
    model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    spent = time.perf_counter() - wall, time.process_time() - processor
    return np.array(spent) / epochs


def compare(name, features, network, batch_size, epochs):
    """Print the times of an epoch fed as in training, and ready, and their ratio."""
    labels = [i % 2 for i in range(len(features))]
    model = networks.build(features[0].shape[:3], features[0].shape[3], **network)
    fed, edge = networks.after_shrinking(model)
    training.compile_classifier(fed, **SETTINGS)
    plain = feeding.NO_AUGMENTATION
    feeder = feeding.Feeder(
        features, labels, fit_scaling(features), batch_size, plain, 0, edge=edge
    )
    mapped = seconds_per_epoch(fed, feeder, epochs)
    ready = seconds_per_epoch(fed, Ready(feeder), epochs)
    for what, (wall, processor) in (("mapped", mapped), ("ready", ready)):
        unit = f"s per epoch of {len(features)} sessions, wall {wall:.2f}"
        print(f"{name}_{what}", f"{processor:.2f}", unit, "", "yes", sep="\t")
    ratio = mapped[1] / ready[1]
    holds = "yes" if ratio <= GOAL else "no"
    unit = "processor time over that of ready batches"
    print(f"{name}_feeding", f"{ratio:.3f}", unit, f"<= {GOAL}", holds, sep="\t")


use_threads(1)
with tempfile.TemporaryDirectory() as folder:
    maps = write_maps(Path(folder), (91, 109, 91), 30, n_sessions=12)
    compare("voxnet", maps, {"name": "voxnet"}, 4, epochs=10)
    del maps
with tempfile.TemporaryDirectory() as folder:
    tensors = write_tensors(Path(folder), (96, 112, 96), n_sessions=12)
    compare("vbd", tensors, {"name": "vbd"}, 12, epochs=2)
