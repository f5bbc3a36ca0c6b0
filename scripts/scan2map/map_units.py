"""Units of the maps that are tested."""

from scan2map.sensitivity.activation_kinds import UNITS as ACTIVATION_UNITS
from scan2map.sensitivity.components import COMPONENT_UNIT
from scan2map.sensitivity.tensor_invariants import UNITS
from scan2map.tensor import METRIC_UNITS


def unit_of(kind, maps):
    """Return the unit of an analysis's maps; None of the user's own.

    Parameters
    ----------
    kind : str
        As in `analyses.study_analyses`.
    maps : str
        Name of the metric, where there are several.
    """
    units = {
        "sensitivity": UNITS,
        "diffusion": METRIC_UNITS,
        "activation": ACTIVATION_UNITS,
    }
    if kind in units:
        return units[kind][maps]
    if kind == "tissue":
        return "1"
    return None if kind == "column" else COMPONENT_UNIT
