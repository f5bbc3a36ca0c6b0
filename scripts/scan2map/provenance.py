"""Tell whether the code behind a rule has changed; standard library only."""

import ast
import hashlib
from functools import cache
from pathlib import Path

LIBRARY = "scan2map"
"""The package whose modules are followed through their imports."""


def code_digest(script):
    """Return a digest of a script and of the library modules it depends on.

    Syntax trees are hashed, without comments and docstrings: a reworded comment does
    not rerun a week of work, a changed line in an imported module does. The package's
    own ``__init__.py``, which holds the version's number, is left out: a release reruns
    what it changes, not everything.

    Parameters
    ----------
    script : str or Path
        A Python file beside the library's folder.

    Returns
    -------
    str
        16 hexadecimal digits.

    Raises
    ------
    FileNotFoundError
        There is no such script.
    """
    script = Path(script).resolve()
    if not script.is_file():
        raise FileNotFoundError(f"{script} does not exist: no rule can run it")
    root, reached, waiting = script.parent, set(), {script}
    while waiting:
        file = waiting.pop()
        reached.add(file)
        waiting |= _parse(file, root)[1] - reached
    named = sorted(
        (str(file.relative_to(root)), _parse(file, root)[0]) for file in reached
    )
    return hashlib.sha256(repr(named).encode()).hexdigest()[:16]


@cache
def _parse(file, root):
    """Return the digest of one file's syntax tree and the library files it imports."""
    tree = ast.parse(file.read_text(), str(file))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                imported |= _files(alias.name, root)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, file, root)
            imported |= _files(base, root)
            for alias in node.names:
                imported |= _files(f"{base}.{alias.name}", root)
        _drop_docstring(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported


def _absolute(node, file, root):
    """Return the dotted name of the module that a ``from … import`` names."""
    if not node.level:
        return node.module
    package = file.relative_to(root).parts[: -node.level]
    return ".".join([*package, *([node.module] if node.module else [])])


def _files(name, root):
    """Return the files that importing a dotted library name executes."""
    parts = name.split(".")
    if parts[0] != LIBRARY:
        return set()
    found = set()
    for depth in range(2, len(parts) + 1):
        path = root.joinpath(*parts[:depth])
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                found.add(file)
    return found


def _drop_docstring(node):
    """Remove the docstring of a module, class or function from its tree."""
    if (
        isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        )
        and ast.get_docstring(node, clean=False) is not None
    ):
        node.body = node.body[1:]
