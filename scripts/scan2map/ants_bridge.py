"""Use ANTsPy repeatably, and pass arrays with RAS+ affines to it."""

import atexit
import os
import shutil
import tempfile
from functools import cache

import numpy as np

from scan2map.lean import without

LPS = np.array([-1.0, -1.0, 1.0])
"""Signs between RAS+ and LPS+ (ANTs) vectors."""


UNUSED = (
    "ants.deeplearn",
    "ants.learn",
    "ants.math",
    "ants.plotting",
    "pandas",
    "requests",
)
"""Parts that bring scikit-learn, statsmodels and matplotlib, and what only tables of
labels and downloads need: without them ANTsPy is imported in 0.1 s instead of 2 s, in
each of six jobs per session."""


def import_ants():
    """Return ANTsPy without the parts that are not used here."""
    with without(*UNUSED, empty=True):
        import ants

    return ants


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
    ants = import_ants()
    ants.config.set_ants_deterministic(True, seed % 2**31)
    hide_temporary_files()
    return ants


@cache
def hide_temporary_files():
    """Let temporary files of this process lie where nobody else reads, and go with it.

    ANTsPy leaves images of brains among those of everybody.
    """
    tempfile.tempdir = tempfile.mkdtemp(prefix="scan2map-")
    atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)


def to_ants(data, affine):
    """Return an array (x, y, z) with an RAS+ affine as ANTs image of float32."""
    spacing = np.linalg.norm(affine[:3, :3], axis=0)
    return import_ants().from_numpy(
        np.ascontiguousarray(data, dtype=np.float32),
        origin=list(LPS * affine[:3, 3]),
        spacing=list(spacing),
        direction=LPS[:, None] * affine[:3, :3] / spacing,
    )
