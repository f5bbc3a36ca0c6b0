"""The phantom's resting-state networks: where they are, what they do in time."""

import numpy as np
from scipy.special import gammaln, xlogy

from scan2map.phantom.anatomy import grid_points, tissue_fractions

NETWORKS = {
    "default_mode": {
        "posterior_cingulate": ((0, -54, 28), 14),
        "medial_prefrontal": ((0, 52, 4), 14),
        "left_angular": ((-44, -66, 34), 11),
        "right_angular": ((44, -66, 34), 11),
    },
    "medial_visual": {"calcarine": ((0, -82, 4), 15)},
    "lateral_visual": {
        "left_occipital": ((-36, -80, 2), 11),
        "right_occipital": ((36, -80, 2), 11),
    },
    "sensorimotor": {
        "left_central": ((-40, -24, 54), 13),
        "right_central": ((40, -24, 54), 13),
        "supplementary_motor": ((0, -8, 60), 10),
    },
    "auditory": {
        "left_temporal": ((-54, -20, 8), 12),
        "right_temporal": ((54, -20, 8), 12),
    },
    "salience": {
        "left_insula": ((-36, 16, 0), 11),
        "right_insula": ((36, 16, 0), 11),
        "anterior_cingulate": ((0, 22, 36), 12),
    },
    "left_frontoparietal": {
        "left_prefrontal": ((-42, 30, 30), 13),
        "left_parietal": ((-44, -52, 48), 12),
    },
    "right_frontoparietal": {
        "right_prefrontal": ((42, 30, 30), 13),
        "right_parietal": ((44, -52, 48), 12),
    },
    "basal_ganglia": {
        "left_putamen": ((-22, 6, 4), 10),
        "right_putamen": ((22, 6, 4), 10),
    },
    "cerebellum": {
        "left_cerebellum": ((-26, -66, -34), 13),
        "right_cerebellum": ((26, -66, -34), 13),
    },
}
"""Per network its regions: MNI coordinates (RAS+ mm) of the middle, and the distance
(mm) at which it is 0.61 of that. Placed by hand after the usual resting-state maps
(Smith et al. 2009, doi 10.1073/pnas.0905267106); neighbours overlap."""

BAND_HERTZ = (0.01, 0.1)
"""Where neural fluctuation has its power, which falls with 1/f."""

LAG_SECONDS = 0.5
"""Standard deviation over networks and sessions of the haemodynamic lag."""

STEP_SECONDS = 0.1
"""Time courses are simulated at this resolution, and interpolated at slices' times."""

EXPRESSION_VARIATION = 0.25
"""Standard deviation over participants of the logarithm of a network's expression."""


def network_maps(points, grey):
    """Return where networks are.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).
    grey : ndarray, shape (n,)
        Fraction of grey matter.

    Returns
    -------
    ndarray of float32, shape (n_networks, n)
        In the order of `NETWORKS`, from 0 to 1.
    """
    maps = []
    for regions in NETWORKS.values():
        network = np.zeros(len(points), dtype=np.float32)
        for centre, width in regions.values():
            offset = points - np.asarray(centre, dtype=np.float32)
            distance = np.einsum("ij,ij->i", offset, offset)
            network = np.maximum(network, np.exp(-distance / (2 * width**2)))
        maps.append(network * grey)
    return np.array(maps, dtype=np.float32)


def average_networks(template, affine, shape):
    """Return networks as voxels of a grid see them: averaged over each voxel.

    Parameters
    ----------
    template : scan2map.phantom.anatomy.Template
        From `read_template`.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the grid in MNI space.
    shape : sequence of int, length 3
        Its shape.

    Returns
    -------
    ndarray of float32, shape (*shape, n_networks)
        In the order of `NETWORKS`; the mean over the eight eighths of each voxel.
    """
    average = np.zeros((len(NETWORKS), np.prod(shape)), dtype=np.float32)
    for corner in np.ndindex(2, 2, 2):
        eighth = affine.copy()
        eighth[:3, 3] += affine[:3, :3] @ (np.array(corner) / 2 - 0.25)
        points = grid_points(eighth, shape)
        grey = tissue_fractions(template, points)["GM"]
        inside = grey > 0
        average[:, inside] += network_maps(points[inside], grey[inside]) / 8
    return average.T.reshape(*shape, -1)


def draw_expression(effects, affected, rng):
    """Draw how strongly a participant expresses each network.

    Parameters
    ----------
    effects : dict of str to float
        Relative change in the affected group, by network; 0 plants nothing.
    affected : bool
        Whether the participant is of the affected group.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to float
        Factor on the network's amplitude, around 1.

    Raises
    ------
    ValueError
        A network that is none of `NETWORKS`, or a change of -1 or below.
    """
    for name, change in effects.items():
        if name not in NETWORKS:
            raise ValueError(
                f"the phantom has no network {name!r}; it has {', '.join(NETWORKS)}"
            )
        if change <= -1:
            raise ValueError(
                f"network {name} cannot change by {change:+g}: more than -1 is needed"
            )
    spread = np.exp(EXPRESSION_VARIATION * rng.standard_normal(len(NETWORKS)))
    return {
        name: float(value * (1 + affected * effects.get(name, 0)))
        for name, value in zip(NETWORKS, spread, strict=True)
    }


def draw_time_courses(number, seconds, rng):
    """Draw what networks do during a run.

    Neural fluctuation with power falling as 1/f within `BAND_HERTZ`, random phases,
    convolved with a canonical haemodynamic response that comes a little earlier or
    later in each network.

    Parameters
    ----------
    number : int
        Of networks.
    seconds : float
        Length of the run.
    rng : numpy.random.Generator

    Returns
    -------
    callable
        Takes times (s, any shape) and returns (number, …) of mean 0 and standard
        deviation 1 over the run.
    """
    lead_in = 30.0
    times = np.arange(0, seconds + 2 * lead_in, STEP_SECONDS)
    frequencies = np.fft.rfftfreq(len(times), STEP_SECONDS)
    low, high = BAND_HERTZ
    inside = (frequencies >= low) & (frequencies <= high)
    amplitude = np.zeros(len(frequencies))
    amplitude[inside] = frequencies[inside] ** -0.5
    response = np.fft.rfft(haemodynamic_response(times))
    courses = []
    for _ in range(number):
        phases = rng.uniform(0, 2 * np.pi, len(frequencies))
        strength = amplitude * rng.rayleigh(size=len(frequencies))
        late = np.exp(-2j * np.pi * frequencies * LAG_SECONDS * rng.standard_normal())
        course = np.fft.irfft(
            strength * np.exp(1j * phases) * response * late, len(times)
        )
        during = course[(times >= lead_in) & (times < lead_in + seconds)]
        courses.append((course - during.mean()) / during.std())

    def at(when):
        return np.stack([np.interp(when + lead_in, times, c) for c in courses])

    return at


def haemodynamic_response(times):
    """Return SPM's canonical response, a difference of two gamma densities."""
    early, late = (
        np.exp(xlogy(shape - 1, times) - times - gammaln(shape)) for shape in (6, 16)
    )
    return early - late / 6
