"""Where a network is active in one session, and where its logit comes from."""

import numpy as np

from scan2map.networks.geometry import cell_centres, last_activation, upsample
from scan2map.sensitivity.activation_kinds import KINDS
from scan2map.sensitivity.gradients import layer_gradient, logit_gradient


def activation_maps(model, scaled, kinds=KINDS):
    """Explain a network's logit of one session by maps on the grid of its input.

    Maps of the last convolution are interpolated between the centres of its cells'
    receptive fields.

    Parameters
    ----------
    model : keras.Model
        A trained network, as from `networks.load`; used as in inference.
    scaled : ndarray, shape (x, y, z, n_channels)
        The session as the network sees it, as from `features.scale`.
    kinds : sequence of str
        Of `KINDS`: ``cam``, see `class_invariant_cam`; ``gradcam``, see `grad_cam`;
        ``gradient``, the derivative of the logit by the scaled input.

    Returns
    -------
    ndarray of float32, shape (n_kinds, x, y, z)

    Raises
    ------
    ValueError
        A kind is unknown, a map is not finite, or the input has several channels and
        its gradient is asked for.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise ValueError(f"maps {unknown} are unknown; known are {', '.join(KINDS)}")
    maps = {}
    if {"cam", "gradcam"} & set(kinds):
        layer = last_activation(model)
        activations, gradient, _ = layer_gradient(model, layer, scaled[None])
        cells = {
            "cam": class_invariant_cam(activations[0]),
            "gradcam": grad_cam(activations[0], gradient[0]),
        }
        centres = cell_centres(model, layer)
        maps = {
            kind: upsample(values, centres, scaled.shape[:3])
            for kind, values in cells.items()
        }
        maps["cam"] = normalise(maps["cam"])
    if "gradient" in kinds:
        maps["gradient"] = _input_gradient(model, scaled)
    stack = np.stack([maps[kind] for kind in kinds]).astype(np.float32)
    if not np.isfinite(stack).all():
        raise ValueError(
            "an activation map is not finite: look at the network's training history "
            "and at the session's feature for infinite values"
        )
    return stack


def class_invariant_cam(activations):
    """Sum the activations of a layer over its channels, as Ng et al. (2018).

    It says where the layer is active, whatever that means to the logit: the same map
    explains both classes.

    Parameters
    ----------
    activations : ndarray, shape (x, y, z, n_filters)
        After the rectifier.

    Returns
    -------
    ndarray, shape (x, y, z)

    References
    ----------
    Ng H.G. et al. (2018), ICANN, doi 10.1007/978-3-030-01424-7_30.
    """
    return np.asarray(activations, dtype=np.float64).sum(-1)


def grad_cam(activations, gradient):
    """Weigh the channels of a layer by how much the logit gains from each (Grad-CAM).

    The logit is the affected group's score, and minus the logit the reference group's.
    So the paper's map of one group, whose negative values are set to 0, is what is
    positive here, and that of the other what is negative: both in one map.

    Parameters
    ----------
    activations : ndarray, shape (x, y, z, n_filters)
        Of the last convolution, after its rectifier.
    gradient : ndarray, shape (x, y, z, n_filters)
        Derivative of the logit by each activation.

    Returns
    -------
    ndarray, shape (x, y, z)
        Above 0 where an activation argues for the affected group, below 0 where for
        the reference group; not normalised. Were the network behind the layer linear
        and blind to where an activation is, the sum over cells would be the logit but
        for a constant.

    References
    ----------
    Selvaraju R.R. et al. (2017), ICCV, doi 10.1109/ICCV.2017.74.
    """
    weights = np.asarray(gradient, dtype=np.float64).mean((0, 1, 2))
    return np.asarray(activations, dtype=np.float64) @ weights


def normalise(image):
    """Scale an image to 0 where it is smallest and 1 where it is largest.

    An image that is the same everywhere becomes 0.
    """
    lowest, highest = image.min(), image.max()
    if lowest == highest:
        return np.zeros_like(image)
    return (image - lowest) / (highest - lowest)


def _input_gradient(model, scaled):
    """Return the derivative of the logit by the one channel of the input."""
    if scaled.shape[-1] != 1:
        raise ValueError(
            f"the input has {scaled.shape[-1]} channels, and the gradient is a map for "
            "networks that see one: leave 'gradient' out of 'explain'"
        )
    gradient, _ = logit_gradient(model, scaled[None])
    return gradient[0, ..., 0].astype(np.float32)
