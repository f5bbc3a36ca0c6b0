"""Use ANTsPy repeatably, and pass arrays with RAS+ affines to it."""

import os

import numpy as np

LPS = np.array([-1.0, -1.0, 1.0])
"""Signs between RAS+ and LPS+ (ANTs) vectors."""


def use_ants(seed):
    """Import ANTsPy so that the same seed gives the same bytes.

    Parameters
    ----------
    seed : int
        Seed of all that ANTs samples at random.

    Returns
    -------
    module
        ``ants``, bound to one thread: sums over threads differ from run to run.
    """
    os.environ["ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS"] = "1"
    import ants

    ants.config.set_ants_deterministic(True, seed % 2**31)
    return ants


def to_ants(data, affine):
    """Return an array (x, y, z) with an RAS+ affine as ANTs image of float32."""
    import ants

    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    return ants.from_numpy(
        np.ascontiguousarray(data, dtype=np.float32),
        origin=list(LPS * affine[:3, 3]),
        spacing=list(spacing),
        direction=LPS[:, None] * affine[:3, :3] / spacing,
    )
