"""Where the fibre populations of the phantom's white matter run, in MNI space.

Analytic, smooth and left-right symmetric; a caricature of the large bundles, placed
by eye on the ICBM152 template, not an atlas.
"""

import numpy as np

ANISOTROPY = {
    "callosal": 0.60,
    "projection": 0.52,
    "association": 0.45,
    "cerebellar": 0.40,
    "radial": 0.38,
}
"""Per population the share s of the mean diffusivity by which the diffusivity across
the fibres is lowered (and twice that, by which it is raised along them). Where one
population is alone, FA² = 3 s² / (1 + 2 s²): 0.38 gives 0.58, 0.60 gives 0.79."""


def fibre_populations(points):
    """Return direction and share of each fibre population.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).

    Returns
    -------
    directions : dict of str to ndarray, shape (n, 3)
        Unit vectors; sign without meaning.
    shares : dict of str to ndarray, shape (n,)
        They sum to 1 over the populations.
    """
    side = np.where(points[:, 0] < 0, -1.0, 1.0).astype(np.float32)
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    directions = _directions(x, y, z)
    for vector in directions.values():
        vector /= np.linalg.norm(vector, axis=1, keepdims=True)
        vector[:, 0] *= side
    shares = _presence(x, y, z)
    total = sum(shares.values())
    return directions, {name: share / total for name, share in shares.items()}


def radial_directions(points):
    """Return unit vectors across an ellipsoid about the brain's centre, (n, 3)."""
    vector = np.stack([points[:, 0] / 66**2, (points[:, 1] + 18) / 88**2,
                       (points[:, 2] - 12) / 62**2], axis=1)  # fmt: skip
    return vector / np.maximum(np.linalg.norm(vector, axis=1, keepdims=True), 1e-9)


def _directions(x, y, z):
    one, lateral = np.ones_like(x), np.tanh(x / 12)
    callosal = (
        one,
        np.tanh((y + 6) / 25) * x / 30,
        np.tanh(z / 20) * np.exp(-(((y + 6) / 25) ** 2)) * x / 18,
    )
    fan = np.clip((z - 15) / 60, 0, 1)
    projection = (
        lateral * (0.25 + 0.35 * fan),
        0.15 - 0.3 * fan + fan * np.clip((y + 15) / 40, -1, 1),
        one,
    )
    association = (lateral * np.tanh((-15 - y) / 40) * 0.4, one, -0.15 * one)
    cerebellar = (np.tanh(x / 15), -0.8 * one, 0.2 * one)
    parts = {
        "callosal": callosal,
        "projection": projection,
        "association": association,
        "cerebellar": cerebellar,
    }
    vectors = {n: np.stack(p, 1).astype(np.float32) for n, p in parts.items()}
    vectors["radial"] = radial_directions(np.stack([x, y, z], 1)) + 1e-6
    return vectors


def _presence(x, y, z):
    arch = 27 - 20 * ((y + 8) / 38) ** 4  # upper edge of the callosum at the midline
    arch = np.maximum(arch, -20)
    roof = arch + 10 + 0.4 * x
    callosal = np.exp(-((x / 22) ** 2)) * _step(z - arch + 15, 2) * _step(roof - z, 3)
    callosal = 2 * callosal * _step(y + 55, 4) * _step(48 - y, 4)
    course = np.clip(6 + 0.3 * (z + 50), 5, 26)
    projection = np.exp(-(((x - course) / 10) ** 2) - ((y + 18) / 28) ** 2)
    projection = 1.2 * projection * (0.35 + 0.65 * _step(np.abs(z - 40) - 25, 6))
    cingulum = np.exp(-(((x - 9) / 4) ** 2) - ((z - roof) / 5) ** 2)
    association = 0.8 * _step(x - 30, 3) + 0.8 * _step(np.abs(y + 20) - 48, 4)
    association = association + 0.8 * _step(x - 20, 3) * _step(-2 - z, 3) + cingulum
    depth = (x / 66) ** 2 + ((y + 18) / 88) ** 2 + ((z - 12) / 62) ** 2
    radial = 0.03 + 1.5 * _step(np.sqrt(depth) - 0.8, 0.05)
    cerebellum = _step(-42 - y, 3) * _step(-18 - z, 3)
    presence = {
        "callosal": callosal,
        "projection": projection,
        "association": association,
        "radial": radial,
    }
    presence = {n: p * (1 - 0.95 * cerebellum) for n, p in presence.items()}
    return presence | {"cerebellar": cerebellum}


def _step(distance, softness):
    """Return a smooth 0-to-1 step."""
    return 0.5 + 0.5 * np.tanh(distance / (2 * softness))
