"""Names of regions, from an image of labels."""

import numpy as np

from scan2map.nifti import read_volume
from scan2map.region_names import read_names


class Atlas:
    """An atlas: a whole number per voxel, and what it stands for.

    Parameters
    ----------
    labels : ndarray of int, shape (x, y, z)
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm), of the same space as what is looked up.
    names : dict of int to str
    """

    def __init__(self, labels, affine, names):
        self._labels, self.names = labels, names
        self._inverse = np.linalg.inv(affine)

    def name_at(self, world):
        """Return the name of the region at a point (mm); '' where there is none."""
        voxel = self._inverse[:3, :3] @ np.asarray(world) + self._inverse[:3, 3]
        voxel = np.round(voxel).astype(int)
        if (voxel < 0).any() or (voxel >= self._labels.shape).any():
            return ""
        number = int(self._labels[tuple(voxel)])
        return self.names.get(number, "") if number else ""

    def on_grid(self, shape, affine):
        """Return the number of the region at each voxel of a grid; 0 for none.

        Parameters
        ----------
        shape : sequence of int, length 3
        affine : ndarray, shape (4, 4)
            Voxel to world (RAS+ mm), of the same space as the atlas.

        Returns
        -------
        ndarray of int, shape `shape`
            That of the atlas's nearest voxel.
        """
        to_atlas = self._inverse @ affine
        places = np.indices(shape).reshape(3, -1)
        voxels = np.round(to_atlas[:3, :3] @ places + to_atlas[:3, 3:]).astype(int)
        size = np.reshape(self._labels.shape, (3, 1))
        inside = ((voxels >= 0) & (voxels < size)).all(0)
        numbers = np.zeros(inside.shape, dtype=int)
        numbers[inside] = self._labels[tuple(voxels[:, inside])]
        return numbers.reshape(shape)


NO_ATLAS = Atlas(np.zeros((1, 1, 1), dtype=int), np.eye(4), {})
"""Knows no region."""


def read_atlas(files, mask, affine):
    """Return an atlas, or one that knows no region where no files are given.

    Parameters
    ----------
    files : sequence of str or Path
        Image of whole numbers, in the space of what is looked up, and table with the
        columns index and name, separated by tabs; or nothing.
    mask : ndarray of bool, shape (x, y, z) or (x, y, z, n_maps)
        Where regions are looked up.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the mask.

    Returns
    -------
    Atlas

    Raises
    ------
    ValueError
        The image is none of one volume, or holds anything but whole numbers from 0 on;
        none of them is in the table, or none of these lies in the mask. Says which
        file.
    """
    if not files:
        return NO_ATLAS
    path, table = files
    names = read_names(table)
    image, data = read_volume(path)
    numbers = _whole_numbers(data, path)
    named = np.isin(numbers, [index for index in names if index])
    if not named.any():
        raise ValueError(
            f"the atlas {path} has the values {_some(np.unique(numbers))}, and its "
            f"table {table} the indices {_some(sorted(names))}: no region has a name. "
            "Take the table that belongs to the image"
        )
    atlas = Atlas(np.where(named, numbers, 0), image.affine, names)
    mask = mask.reshape(*mask.shape[:3], -1).any(-1)
    if not atlas.on_grid(mask.shape, affine)[mask].any():
        raise ValueError(
            f"the atlas {path} has no region with a name in the {mask.sum()} voxels "
            f"that are tested; its regions lie {_box(named, image.affine)}, these "
            f"voxels {_box(mask, affine)}: take an atlas in the space of the maps, or "
            "leave 'atlas' out"
        )
    return atlas


OFF = 1e-3
"""By which a stored number may differ from a whole one: files that are scaled round."""


def _whole_numbers(data, path):
    """Return data as integers; ValueError names a value that is none from 0 on."""
    wrong = ~(data > -OFF) | ~(np.abs(data - np.round(data)) < OFF)
    if wrong.any():
        raise ValueError(
            f"the atlas {path} has the value {data[wrong][0]:g} in one of "
            f"{wrong.sum()} voxels that hold no whole number from 0 on: the index of "
            "a region was expected in each, and 0 for none. Take the atlas of labels, "
            "not of probabilities; if it was resampled, do so by the nearest neighbour"
        )
    return np.round(data).astype(int)


def _some(numbers, most=5):
    """Write the first of some numbers."""
    return ", ".join(map(str, numbers[:most])) + (", …" if len(numbers) > most else "")


def _box(mask, affine):
    """Write between which points (mm) the voxels of a mask lie."""
    corners = np.argwhere(mask) @ affine[:3, :3].T + affine[:3, 3]
    low, high = (end(corners, axis=0).round().astype(int) for end in (np.min, np.max))
    return f"from ({_some(low)}) to ({_some(high)}) mm"
