"""Tell whether there are other files in a folder than before; standard library only."""

import hashlib
import os


def listing_digest(path):
    """Return a digest of the names and sizes of all files in a folder.

    The date of a folder says nothing of what is in the folders below, nor that a file
    was written anew. Dates of files are left out: what was only copied or touched is
    the same. A file that is replaced by another of its name and size is not seen.

    Parameters
    ----------
    path : str
        A folder, whose links are followed; or a file, such as an archive.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    lines = [] if os.path.isdir(path) else [f"{os.path.getsize(path)}"]
    waiting, seen = [path] if os.path.isdir(path) else [], set()
    while waiting:
        place = waiting.pop()
        real = os.path.realpath(place)
        if real in seen:  # links could lead in circles
            continue
        seen.add(real)
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting.append(entry.path)
                elif entry.is_file():
                    name = os.path.relpath(entry.path, path)
                    lines.append(f"{name}\t{entry.stat().st_size}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
