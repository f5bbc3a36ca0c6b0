"""Compare analytic sensitivities with central differences through the network."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from scan2map.networks import build
from scan2map.sensitivity.differences import (
    in_double_precision,
    sensitivity_differences,
)
from scan2map.sensitivity.gradients import logit_gradient
from scan2map.sensitivity.maps import session_sensitivity
from scan2map.sensitivity.tensor_invariants import METRICS, tensor_from_invariants

SHAPE = (16, 18, 16)
N_VOXELS = 40
GOAL = 1e-3


def random_tensors(rng, shape):
    """Return brain-like tensors, mm²/s, in random directions, in a ball."""
    n = np.prod(shape)
    mu = rng.uniform(0.5e-3, 1.5e-3, n)
    sigma = mu * rng.uniform(0.1, 0.9, n)
    theta = rng.uniform(0.05, np.pi / 3 - 0.05, n)
    turns = np.linalg.qr(rng.normal(size=(n, 3, 3)))[0]
    tensors = tensor_from_invariants(mu, sigma, theta, turns).reshape(*shape, 6)
    corners = np.stack(np.meshgrid(*(np.linspace(-1, 1, s) for s in shape)), -1)
    ball = np.linalg.norm(corners, axis=-1).transpose(1, 0, 2) < 1
    return tensors * ball[..., None]


def worst_errors(seed):
    """Return the largest relative error at random voxels, per metric."""
    rng = np.random.default_rng(seed)
    keras.utils.set_random_seed(seed)
    model = in_double_precision(build(SHAPE, 6, "vbd"))
    tensor = random_tensors(rng, SHAPE)
    mask = tensor.any(-1)
    mean, sd = tensor[mask].mean(0), tensor[mask].std(0)

    def scaled(image):
        return np.where(mask[..., None], (image - mean) / sd, 0)

    def logit(image):
        return float(model(scaled(image)[None], training=False)[0, 0])

    maps, _ = session_sensitivity(
        tensor, scaled(tensor), sd, lambda images: logit_gradient(model, images)
    )
    voxels = rng.choice(np.argwhere(mask), N_VOXELS, replace=False)
    numeric = sensitivity_differences(logit, tensor, voxels)
    analytic = maps[:, *voxels.T]
    return np.max(np.abs(analytic - numeric) / np.abs(numeric), axis=1)


for metric, error in zip(METRICS, worst_errors(seed=1), strict=True):
    holds = "yes" if error < GOAL else "no"
    name = f"sensitivity_{metric}_worst_relative_error"
    print(name, f"{error:.1e}", "1", f"< {GOAL:g}", holds, sep="\t")
