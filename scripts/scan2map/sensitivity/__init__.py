"""What a network's logit is sensitive to, in terms of the diffusion tensor.

The gradient of the network itself, `gradients.logit_gradient`, is imported from its
module where it is used: it takes Keras, and Keras takes ten seconds.
"""

from scan2map.sensitivity.maps import (
    average_over_repeats,
    maps_held_out,
    maps_of_session,
    session_sensitivity,
)
from scan2map.sensitivity.tensor_invariants import (
    METRICS,
    UNITS,
    invariant_gradients,
    tensor_from_invariants,
    tensor_invariants,
)

__all__ = [
    "METRICS",
    "UNITS",
    "average_over_repeats",
    "invariant_gradients",
    "maps_held_out",
    "maps_of_session",
    "session_sensitivity",
    "tensor_from_invariants",
    "tensor_invariants",
]
