"""Kinds of activation maps, and what is said of them."""

KINDS = ("cam", "gradcam", "gradient")
"""In the order of figures."""

DESCRIPTIONS = {
    "cam": "class-invariant activation map: sum over channels of the last "
    "convolution's activations",
    "gradcam": "Grad-CAM of the affected group minus that of the reference group: "
    "activations of the last convolution, weighted by their channel's mean derivative "
    "of the logit",
    "gradient": "derivative of the logit by the network's scaled input",
}

UNITS = {
    "cam": "1",
    "gradcam": "logit per cell of the last convolution",
    "gradient": "1 per standard deviation of the network's scaled input",
}

NORMALISATION = {
    "cam": "each network's map from 0, its smallest value, to 1, its largest",
    "gradcam": "none",
    "gradient": "none",
}


def sidecar(kind, repeats):
    """Return what the JSON beside a session's map says.

    Parameters
    ----------
    kind : str
        Of `KINDS`.
    repeats : int
        How many networks the map is the mean of.

    Returns
    -------
    dict
    """
    return {
        "Description": f"{DESCRIPTIONS[kind]}; mean over repeats",
        "Units": UNITS[kind],
        "Normalisation": NORMALISATION[kind],
        "Repeats": repeats,
    }
