"""Import a package without what it brings along and is not used here."""

import sys
from contextlib import contextmanager
from types import ModuleType


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
