"""Time training on a GPU, one fold alone and ten at once, beside the paper's times.

Runs with ``KERAS_BACKEND`` set to jax, torch or tensorflow and takes four minutes.
Needs Keras, NumPy, SciPy and the library's modules of training, nothing of imaging.
Each part is a process of its own; name some after the script to run these alone.

The floor that times are compared with counts convolutions and dense layers, as if all
else were computed on the way. A product costs two operations forward and four backward
(two in the first layer, whose input needs no gradient). A layer reads its input and
writes its output; backward reads the input and the output's gradient and writes the
input's. Adam reads four arrays of the size of the weights and writes three. The floor
is the operations by the measured rate of a matrix product, or the bytes by the measured
rate of a copy, whichever takes longer.
"""

import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import keras
import numpy as np

from scan2map.features import fit_scaling, open_features, scale
from scan2map.networks.backend import gpu_name, use_threads
from scan2map.sensitivity.gradients import BACKENDS, logit_gradient
from scan2map.training import train

TINY = "--tiny" in sys.argv
"""Check the script itself on a CPU, in a minute."""

SHAPE = (19, 23, 19) if TINY else (91, 109, 91)
VBD_SHAPE = (16, 16, 16) if TINY else (96, 112, 96)
SESSIONS, TESTED = 43, 4
SETTINGS = {"ssc": 7, "asc": 30, "rsp": 30}
"""Channels: selected components, all components, and volumes of the run."""

PAPER = {"ssc": 3.4, "asc": 5.1, "rsp": 29.3}
"""Minutes per fold of 100 epochs on two RTX 2080 Ti (Teh et al. 2023)."""

VOXNET = {"name": "voxnet"} | ({"shrink": 2, "filters": [4, 4]} if TINY else {})
TRAINING = {"learning_rate": 1e-3, "epsilon": 0.1, "decay": 1.0, "decay_every": 1}
TRAINING |= {"epochs": 10**6, "batch_size": 4}
TRAINING |= {"early_stopping": {"patience": 10**6, "share": 0.2}}
VBD_NET = {"name": "vbd"} | ({"filters": [2, 2], "pool_after": [2]} if TINY else {})
VBD = TRAINING | {"batch_size": 12, "early_stopping": None}
SECONDS = 1.0 if TINY else 8.0
"""How long each training is timed, compilation and first epoch left out."""

TOGETHER = 3 if TINY else 10
TIMEOUT = 500 if TINY else 100
"""Seconds that a part may take."""

EXACT = "--xla_gpu_deterministic_ops=true"


def say(name, value, unit, goal="", holds=True):
    """Print one figure."""
    said = f"{value:.3g}" if isinstance(value, float) else value
    print(name, said, unit, goal, "yes" if holds else "no", sep="\t", flush=True)


def wait_for(result):
    """Wait until the device has computed a result."""
    return float(keras.ops.convert_to_numpy(keras.ops.sum(result)))


def rate(compute, given, repeats):
    """Return how often per second a function of two arrays can be computed."""
    if keras.backend.backend() == "jax":
        import jax

        compute = jax.jit(compute)
    result = compute(given, given)
    wait_for(result[:1])
    start = time.perf_counter()
    for _ in range(repeats):
        result = compute(result, given)
    wait_for(result[:1])
    return repeats / (time.perf_counter() - start)


def rates():
    """Measure the device: operations and bytes a second, and bytes to the device."""
    n = 256 if TINY else 8192
    random = np.random.default_rng(0).normal(size=(n, n)).astype(np.float32) / n**0.5
    there = keras.ops.convert_to_tensor(random)
    product = rate(keras.ops.matmul, there, 10) * 2 * n**3
    many = keras.ops.convert_to_tensor(np.ones(n * n * 4, np.float32))
    copied = rate(lambda x, _: x + 1.0, many, 20) * 2 * many.nbytes
    start = time.perf_counter()
    for _ in range(5):
        wait_for(keras.ops.convert_to_tensor(random)[:1])
    sent = 5 * random.nbytes / (time.perf_counter() - start)
    return {"operations": product, "bytes": copied, "sent": sent}


def floor(model, batch, measured):
    """Return the seconds that a training step takes at least."""
    learnt = [layer for layer in model.layers if hasattr(layer, "kernel")]
    operations, numbers = 0, 0
    for layer in learnt:
        size_in = batch * math.prod(layer.input.shape[1:])
        size_out = batch * math.prod(layer.output.shape[1:])
        first = layer is learnt[0]
        numbers += (2 if first else 3) * size_in + 2 * size_out
        per_output = 2 * math.prod(layer.kernel.shape[:-1])
        operations += per_output * size_out * (2 if first else 3)
    numbers += 7 * sum(math.prod(w.shape) for w in model.trainable_weights)
    moved = 4 * numbers
    return max(operations / measured["operations"], moved / measured["bytes"])


def brain(shape):
    """Return an ellipsoid of the size of a brain."""
    place = np.stack(np.indices(shape), -1) / (np.array(shape) - 1) - 0.5
    return (place**2).sum(-1) < 0.4**2


def write_maps(folder):
    """Write the maps of all sessions, float16, as the workflow does."""
    n = np.count_nonzero(brain(SHAPE))
    noise = np.random.default_rng(0).normal(size=(max(SETTINGS.values()), n))
    for i in range(SESSIONS):
        maps = np.roll(noise, 997 * i, axis=1).astype(np.float16)
        np.save(folder / f"session{i}.npy", maps)


def sessions(folder, channels):
    """Open sessions as a fold does, memory-mapped."""
    paths = [folder / f"session{i}.npy" for i in range(SESSIONS)]
    return open_features(paths, brain(SHAPE), list(range(channels)))


class Clock(keras.callbacks.Callback):
    """Notes when epochs end, and ends training after a time.

    Parameters
    ----------
    meet : callable
        Called after the first epoch, in which everything is compiled.
    """

    def __init__(self, meet=lambda: None):
        super().__init__()
        self.meet, self.ends = meet, []

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.meet()
        self.ends.append(time.perf_counter())
        if epoch > 0 and self.ends[-1] - self.ends[0] > SECONDS:
            self.model.stop_training = True

    def per_epoch(self):
        return (self.ends[-1] - self.ends[0]) / (len(self.ends) - 1)


def train_fold(folder, name, fold, clock):
    """Train one fold of a setting; the people tested are watched, as published."""
    features = sessions(folder, SETTINGS[name])
    labels = [i % 2 for i in range(SESSIONS)]
    tested = range(fold * TESTED, (fold + 1) * TESTED)
    learning = [i for i in range(SESSIONS) if i not in tested]
    return train(
        [features[i] for i in learning],
        [labels[i] for i in learning],
        VOXNET,
        TRAINING,
        seed=fold,
        validation=([features[i] for i in tested], [labels[i] for i in tested]),
        callbacks=[clock],
    )[0]


def worker(folder, fold, barrier, queue):
    """Train one fold of each setting, at the same time as other processes."""
    use_threads(1)
    for name in SETTINGS:
        clock = Clock(partial(barrier.wait, 120))
        train_fold(folder, name, fold, clock)
        queue.put((name, fold, clock.per_epoch()))
        barrier.wait(120)


def together(folder):
    """Time ten folds at once, each in a process of its own."""
    context = multiprocessing.get_context("spawn")
    barrier, queue = context.Barrier(TOGETHER), context.Queue()
    processes = [
        context.Process(target=worker, args=(folder, fold, barrier, queue), daemon=True)
        for fold in range(TOGETHER)
    ]
    for process in processes:
        process.start()
    for name in SETTINGS:
        times = [queue.get(timeout=TIMEOUT)[2] for _ in processes]
        minutes = 100 * max(times) / 60 / TOGETHER
        say(
            f"{name}_{TOGETHER}_folds_together",
            minutes,
            "min per 100 epochs and fold, when all are done",
            f"< {PAPER[name]} (paper, two RTX 2080 Ti)",
            minutes < PAPER[name],
        )
    for process in processes:
        process.join(30)


def alone(folder):
    """Time one fold of each setting alone, and say what the floor is."""
    measured = rates()
    say("gpu_product", measured["operations"] / 1e12, "TFLOP/s, float32 or TF32")
    say("gpu_copy", measured["bytes"] / 1e9, "GB/s read and written")
    say("gpu_from_host", measured["sent"] / 1e9, "GB/s")
    for name in SETTINGS:
        clock = Clock()
        model = train_fold(folder, name, 0, clock)
        minutes = 100 * clock.per_epoch() / 60
        goal = f"< {PAPER[name]} (paper, two RTX 2080 Ti)"
        say(f"{name}_epoch", clock.per_epoch(), "s, one fold alone")
        said = minutes < PAPER[name]
        say(f"{name}_alone", minutes, "min per 100 epochs", goal, said)
        say_floor(f"{name}_step", clock, model, 4, SESSIONS - TESTED, measured)


def say_floor(name, clock, model, batch, n_sessions, measured):
    """Say the time of a step beside the least that it can take."""
    step = clock.per_epoch() / -(-n_sessions // batch)
    least = floor(model, batch, measured)
    say(f"{name}_time", 1e3 * step, "ms")
    say(f"{name}_floor", 1e3 * least, "ms")
    say(f"{name}_over_floor", step / least, "times")


def vbd(folder):
    """Time a step of the VBD network: fed from memory-mapped features, and ready."""
    measured, mask = rates(), brain(VBD_SHAPE)
    n_sessions = 24
    tensors = np.random.default_rng(0).normal(1, 0.1, (*VBD_SHAPE, 6))
    for i in range(n_sessions):
        moved = np.roll(tensors, i, axis=0) * mask[..., None] * 1e-3
        np.save(folder / f"tensor{i}.npy", moved.astype(np.float32))
    features = open_features([folder / f"tensor{i}.npy" for i in range(n_sessions)])
    clock, labels = Clock(), [0, 1] * (n_sessions // 2)
    model, scaling, _ = train(features, labels, VBD_NET, VBD, 0, callbacks=[clock])
    say("vbd_step", clock.per_epoch() / 2, "s, batch of 12 of 96x112x96x6")
    say_floor("vbd_step", clock, model, 12, n_sessions, measured)
    batch = np.stack([scale(feature, scaling) for feature in features[:12]])
    sent = batch.nbytes / measured["sent"]
    say("vbd_batch_to_gpu", 1e3 * sent, "ms, part of the step unless it overlaps")


def bits(folder):
    """Train twice with one seed and compare bits."""

    def weights():
        clock = Clock()
        asked = TRAINING | {"epochs": 3, "early_stopping": None}
        features = sessions(folder, 7)[:12]
        model = train(features, [0, 1] * 6, VOXNET, asked, 1, callbacks=[clock])[0]
        return model.get_weights()

    one, two = weights(), weights()
    same = all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    worst = max(float(np.abs(a - b).max()) for a, b in zip(one, two, strict=True))
    flags = "deterministic" if EXACT in os.environ.get("XLA_FLAGS", "") else "default"
    say(f"same_seed_same_bits_{flags}", str(same), f"largest difference {worst:.2g}")


def in_precision(precision, compute):
    """Call a function with products in TF32 or in float32."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        with jax.default_matmul_precision(precision):
            return compute()
    if backend == "torch":
        import torch

        allowed = precision == "tensorfloat32"
        torch.backends.cudnn.allow_tf32 = allowed
        torch.backends.cuda.matmul.allow_tf32 = allowed
        return compute()
    import tensorflow

    tensorflow.config.experimental.enable_tensor_float_32_execution(
        precision == "tensorfloat32"
    )
    return compute()


def precision(folder):
    """Compare the gradients of a trained network in TF32 and in float32."""
    shape = tuple(size // 2 for size in VBD_SHAPE)
    rng, mask = np.random.default_rng(3), brain(shape)
    features = rng.normal(1, 0.1, (12, *shape, 6)).astype(np.float32)
    features[6:, : shape[0] // 2, ..., 0] += 0.1
    features *= mask[..., None]
    asked = VBD | {"epochs": 10, "learning_rate": 1e-4, "batch_size": 4}
    model, scaling, _ = train(features, [0] * 6 + [1] * 6, VBD_NET, asked, seed=0)
    image = scale(features[0], scaling)[None]

    def gradient():
        given = keras.ops.convert_to_tensor(image)
        found, _ = BACKENDS[keras.backend.backend()](model, given)
        return keras.ops.convert_to_numpy(found).astype(np.float64)

    found = {
        name: in_precision(name, gradient) for name in ("float32", "tensorfloat32")
    }
    default = logit_gradient(model, image)[0]
    size = np.linalg.norm(found["float32"])
    for name, other in (("tf32", found["tensorfloat32"]), ("as_it_is", default)):
        off = float(np.linalg.norm(other - found["float32"]) / size)
        say(f"gradient_{name}_against_float32", off, "relative difference (L2)")
    start = time.perf_counter()
    for _ in range(5):
        logit_gradient(model, image)
    say("gradient_as_it_is", (time.perf_counter() - start) / 5, "s, half size per axis")


def fitted_scaling(folder):
    """Time what a fold does once, on the CPU: the scaling of its training sessions."""
    start = time.perf_counter()
    fit_scaling(sessions(folder, 30)[: SESSIONS - TESTED])
    say("asc_scaling", time.perf_counter() - start, "s, once per fold")


PARTS = {
    "precision": (precision, {}),
    "bits": (bits, {}),
    "bits_default": (bits, {"XLA_FLAGS": EXACT.replace("true", "false")}),
    "alone": (alone, {}),
    "together": (together, {}),
    "vbd": (vbd, {}),
    "scaling": (fitted_scaling, {}),
}


def main():
    """Run each part in a process of its own, so that none costs the others."""
    asked, name = set(PARTS) & set(sys.argv[1:]), gpu_name()
    if not (name or TINY):
        say("gpu_training", "not measured", "Keras finds no GPU here")
        return
    say("gpu", str(name), f"{keras.backend.backend()}, Keras {keras.version()}")
    with tempfile.TemporaryDirectory() as folder:
        write_maps(Path(folder))
        for part, (_, settings) in PARTS.items():
            if asked and part not in asked:
                continue
            command = [sys.executable, __file__, "--part", part, folder, *sys.argv[1:]]
            start = time.perf_counter()
            try:
                code = subprocess.run(
                    command, env={**os.environ, **settings}, timeout=TIMEOUT
                ).returncode
            except subprocess.TimeoutExpired:
                code = "timeout"
            if code:
                say(part, "failed", f"exit code {code}", "", False)
            print(f"{part}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    if "--part" in sys.argv:
        chosen, where = sys.argv[sys.argv.index("--part") + 1 :][:2]
        use_threads(1)
        PARTS[chosen][0](Path(where))
    else:
        main()
