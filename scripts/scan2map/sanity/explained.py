"""The maps that stage 7 makes of a network and a session, by kind of feature."""

from functools import partial

import numpy as np

from scan2map.features import inside, scale
from scan2map.sensitivity import METRICS, session_sensitivity
from scan2map.sensitivity.activation import activation_maps
from scan2map.sensitivity.activation_kinds import KINDS
from scan2map.sensitivity.components import as_one_channel, component_sensitivity
from scan2map.sensitivity.gradients import logit_gradient


def tensor_maps(model, feature, scaling):
    """Return sensitivity to each invariant, and the mask of the tensor."""
    maps, _ = session_sensitivity(
        np.array(feature),
        scale(feature, scaling),
        scaling["sd"],
        partial(logit_gradient, model),
    )
    return dict(zip(METRICS, maps, strict=True)), inside(feature)


def component_maps(model, feature, scaling):
    """Return the gradients by all components a network sees, and the brain."""
    gradient = _masked_gradient(model, feature, scaling)
    return {"components": _on_grid(gradient, feature.mask)}, feature.mask


def volume_maps(model, feature, scaling):
    """Return the mean |gradient| over volumes of BOLD, and the brain."""
    gradient = as_one_channel(_masked_gradient(model, feature, scaling))
    return {"volumes": _on_grid(gradient, feature.mask)}, feature.mask


def tissue_maps(model, feature, scaling):
    """Return activation maps of all kinds, and where there is any of the tissue."""
    maps = activation_maps(model, scale(feature, scaling), KINDS)
    return dict(zip(KINDS, maps, strict=True)), inside(feature)


def _masked_gradient(model, feature, scaling):
    gradient, _ = component_sensitivity(
        scale(feature, scaling), feature.mask, partial(logit_gradient, model)
    )
    return gradient


def _on_grid(values, mask):
    """Return values in a mask, (n, n_voxels), as images, (n, x, y, z)."""
    images = np.zeros((len(values), *mask.shape), dtype=np.float32)
    images[:, mask] = values
    return images


EXPLAINED = {
    "tensor": tensor_maps,
    "ica": component_maps,
    "bold": volume_maps,
    "tissue": tissue_maps,
}
"""Kind of feature to what takes a network, a feature and its scaling, and returns maps
by name, (x, y, z) or (n, x, y, z), and the mask in which they mean anything."""
