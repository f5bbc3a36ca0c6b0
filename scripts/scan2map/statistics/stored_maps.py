"""Maps in a file that is larger than memory, read as they are needed."""

import numpy as np


class StoredMaps:
    """A table (n, voxels) in a .npy file of which parts are read.

    ``maps[i]`` is a row, ``maps[:, start:stop]`` the voxels of a block. The file is
    read and not mapped into memory, where all that was ever looked at would stay.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    ValueError
        The rows do not lie in the file one after the other.
    """

    def __init__(self, path):
        table = np.load(path, mmap_mode="r")
        if not table.flags.c_contiguous:
            raise ValueError(f"{path} should hold one map after the other (C order)")
        self.path, self.shape = path, table.shape
        self.dtype, self.offset = table.dtype, table.offset

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, key):
        rows, voxels = key if isinstance(key, tuple) else (key, slice(None))
        rows = np.arange(self.shape[0])[rows]
        start, stop, _ = voxels.indices(self.shape[1])
        values = np.empty((rows.size, stop - start), self.dtype)
        with open(self.path, "rb") as file:
            for row, target in zip(rows.flat, values, strict=True):
                cell = int(row) * self.shape[1] + start
                file.seek(self.offset + cell * self.dtype.itemsize)
                file.readinto(target)
        return values.reshape(*rows.shape, -1)
