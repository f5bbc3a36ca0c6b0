"""Import a package without what it brings along and is not used here."""

import sys
from contextlib import contextmanager
from importlib.machinery import PathFinder
from importlib.util import LazyLoader
from types import ModuleType

UNREAD = (
    "h5py",
    "numpy.f2py",
    "numpy.testing",
    "requests",
    "scipy.linalg",
    "urllib.request",
)
"""Modules that SciPy, nibabel, DIPY and pydicom import at their top, and from which
hardly a job uses anything: two thirds of the time that `scipy.ndimage` takes."""


class Postponed:
    """Entry of `sys.meta_path`: modules of UNREAD run when something in them is read.

    Nothing is missing, as it is `without` a module: whoever reads it runs it.
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Return where a module is, as `importlib` asks for it; None for all others."""
        spec = PathFinder.find_spec(name, path, target) if name in UNREAD else None
        if spec:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def without(*names, empty=False):
    """Hide modules while a block imports others.

    Scientific packages import each other wherever they find each other, which costs a
    job seconds. Afterwards the modules can be imported as ever; those that are there
    already are left alone.

    Parameters
    ----------
    *names : str
        Modules, with the packages they are in.
    empty : bool
        Whether the block finds empty modules, for what insists on importing them,
        instead of an ImportError, for what can do without.
    """
    hidden = {
        name: ModuleType(name) if empty else None
        for name in names
        if name not in sys.modules
    }
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
