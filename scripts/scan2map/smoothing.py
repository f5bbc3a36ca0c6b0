"""Gaussian smoothing with SPM12's kernel."""

import numpy as np
import scipy


def smooth(data, voxel_size, fwhm):
    """Smooth an image as `spm_smooth` does.

    The image counts as 0 beyond its borders along x and y; along z the part of the
    kernel that lies in the image is scaled to a sum of 1.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        NaN counts as 0.
    voxel_size : float or sequence of 3 floats
        mm.
    fwhm : float
        Full width of the kernel at half of its height, mm; 0 leaves data as they are.

    Returns
    -------
    ndarray, shape (x, y, z), float64

    Raises
    ------
    ValueError
        Negative width.
    """
    if fwhm < 0:
        raise ValueError(f"fwhm should be 0 mm or more. {fwhm} was provided")
    data = np.nan_to_num(np.asarray(data, dtype=np.float64))
    for axis, size in enumerate(np.broadcast_to(voxel_size, 3)):
        weights = kernel(fwhm / size)
        data = scipy.ndimage.correlate1d(data, weights, axis, mode="constant")
    return data / scipy.ndimage.correlate1d(
        np.ones(data.shape[2]), weights, mode="constant"
    )


def smooth_within(data, mask, voxel_size, fwhm, weight=None):
    """Smooth an image with the voxels of a mask only.

    Each voxel becomes the average of the mask's voxels around it, weighted by the
    kernel: ``smooth(data * mask) / smooth(mask)``. What lies outside of the mask,
    where some people have no data, has no say, and values keep their size at the
    borders. The same mask for everybody makes the division a constant per voxel, so
    t values are those of smoothing the masked maps without it.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
    mask : ndarray of bool, shape (x, y, z)
    voxel_size, fwhm : float
        mm.
    weight : ndarray, shape (n_voxels in the mask,), optional
        The smoothed mask in the mask, where many images are smoothed.

    Returns
    -------
    ndarray, shape (n_voxels in the mask,), float64
    """
    if weight is None:
        weight = smooth(mask, voxel_size, fwhm)[mask]
    return smooth(np.where(mask, data, 0), voxel_size, fwhm)[mask] / weight


def kernel(fwhm):
    """Return the weights of SPM12's smoothing kernel along one axis.

    A Gaussian convolved with a triangle of half-width one voxel: the Gaussian is
    applied to the image interpolated linearly. Cut at 6 standard deviations.

    Parameters
    ----------
    fwhm : float
        Full width of the Gaussian at half of its height, in voxels.

    Returns
    -------
    ndarray, shape (2 * round(6 sigma) + 1,)
        Sums to 1.
    """
    sigma = fwhm / np.sqrt(8 * np.log(2))
    reach = int(np.floor(6 * sigma + 0.5))
    if reach == 0:
        return np.ones(1)

    def integral(x):  # twice integrated Gaussian
        z = x / sigma
        density = sigma * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
        return x * scipy.special.erf(z / np.sqrt(2)) / 2 + density

    x = np.arange(-reach, reach + 1.0)
    weights = np.maximum(integral(x + 1) + integral(x - 1) - 2 * integral(x), 0)
    return weights / weights.sum()
