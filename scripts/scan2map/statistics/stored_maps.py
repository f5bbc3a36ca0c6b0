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


class WrittenMaps:
    """A table (n, voxels) of float32 that is written to a .npy file map by map.

    Parameters
    ----------
    path : str or Path
    shape : (int, int)
    """

    def __init__(self, path, shape):
        self._path, self._shape = path, shape
        self._file = open(path, "w+b")
        self._offset = self._write_header()

    def _write_header(self):
        """Write what the file says of itself; return where the first map begins."""
        header = {"descr": "<f4", "fortran_order": False, "shape": self._shape}
        self._file.seek(0)
        np.lib.format.write_array_header_1_0(self._file, header)
        return self._file.tell()

    def _seek(self, number):
        self._file.seek(self._offset + 4 * number * self._shape[1])

    def read(self, number):
        """Return a map that was written."""
        self._seek(number)
        return np.fromfile(self._file, dtype="<f4", count=self._shape[1])

    def write(self, number, values):
        """Write a map in its place."""
        self._seek(number)
        self._file.write(np.ascontiguousarray(values, dtype="<f4").tobytes())

    def keep(self, valid):
        """Keep some of the voxels.

        Parameters
        ----------
        valid : ndarray of bool, shape (voxels,)
        """
        if valid.all():
            return
        longer, shorter = self._shape, (self._shape[0], int(valid.sum()))
        # Map after map moves towards the start, where all was read already.
        for number in range(longer[0]):
            self._shape = longer
            values = self.read(number)[valid]
            self._shape = shorter
            self.write(number, values)
        if self._write_header() != self._offset:
            raise RuntimeError(f"the header of {self._path} does not fit its place")
        self._file.truncate(self._offset + 4 * shorter[0] * shorter[1])

    def close(self):
        """Finish the file."""
        self._file.close()
