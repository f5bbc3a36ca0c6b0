"""Images in which groups do not differ: what is found in them are errors."""

import numpy as np
from scipy.linalg import convolution_matrix

from scan2map.smoothing import kernel

GREY_MATTER = (53.0, 67.0, 45.0)
"""Semi-axes of the search volume (mm): 0.67 l, as much as grey matter takes."""


def ellipsoid(voxel_size, semi_axes=GREY_MATTER):
    """Return a search volume.

    Parameters
    ----------
    voxel_size : float
        mm.
    semi_axes : sequence of 3 floats
        mm.

    Returns
    -------
    mask : ndarray of bool, shape (x, y, z)
        With an empty voxel on each side.
    affine : ndarray, shape (4, 4)
    """
    reach = np.floor(np.divide(semi_axes, voxel_size)).astype(int) + 1
    axes = [
        np.arange(-n, n + 1) * voxel_size / a
        for n, a in zip(reach, semi_axes, strict=True)
    ]
    x, y, z = np.ix_(*axes)
    affine = np.diag([voxel_size] * 3 + [1.0])
    affine[:3, 3] = -reach * voxel_size
    return x**2 + y**2 + z**2 <= 1, affine


def image_scales(rng, groups, sds, tails_df=None):
    """Draw the standard deviation of each image's noise.

    Parameters
    ----------
    rng : numpy.random.Generator
    groups : sequence of int
        Images of each group.
    sds : sequence of float
        Standard deviation of each group.
    tails_df : float, optional
        Heavy tails: images are scaled at random, so that each voxel has Student's t
        with these degrees of freedom. Tails that voxels had before smoothing would not
        survive it.

    Returns
    -------
    ndarray, shape (n,)
    """
    scales = np.repeat(np.asarray(sds, dtype=np.float64), groups)
    if tails_df is not None:
        scales /= np.sqrt(rng.chisquare(tails_df, len(scales)) / tails_df)
    return scales


def null_images(rng, mask, fwhm, scales, mean=10.0):
    """Draw images of smooth Gaussian noise around the same mean.

    White noise is smoothed with SPM12's kernel (`smoothing.kernel`). It reaches as far
    beyond the mask as the kernel does, so that edges are like the rest.

    Parameters
    ----------
    rng : numpy.random.Generator
    mask : ndarray of bool, shape (x, y, z)
    fwhm : float
        Of the kernel, in voxels. The images' own is somewhat larger, since the kernel
        interpolates.
    scales : sequence of float, length n
        Standard deviation of each image.
    mean : float
        Of all voxels.

    Returns
    -------
    ndarray of float32, shape (n, voxels)
    """
    weights = kernel(fwhm)
    weights /= np.linalg.norm(weights)  # leaves noise a variance of 1
    wider = np.add(mask.shape, len(weights) - 1)
    along = [convolution_matrix(weights, n, "valid").astype(np.float32) for n in wider]
    images = np.empty((len(scales), mask.sum()), dtype=np.float32)
    for image, scale in zip(images, scales, strict=True):
        noise = rng.standard_normal(wider, dtype=np.float32)
        for matrix in along:  # the axis that was smoothed goes to the end
            noise = np.tensordot(noise, matrix, (0, 1))
        image[:] = mean + scale * noise[mask]
    return images
