"""Names of regions, from an image of labels."""

import numpy as np

from scan2map.nifti import nib
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


def read_atlas(image=None, labels=None):
    """Return an atlas, or one that knows no region where no files are given.

    Parameters
    ----------
    image : str or Path, optional
        Whole numbers, in the space of what is looked up.
    labels : str or Path, optional
        Table with the columns index and name, separated by tabs.

    Returns
    -------
    Atlas
    """
    if image is None:
        return NO_ATLAS
    names = read_names(labels)
    loaded = nib.load(image)
    numbers = np.asanyarray(loaded.dataobj)
    return Atlas(numbers.reshape(numbers.shape[:3]), loaded.affine, names)
