"""How alike two maps are inside a mask: structural similarity, rank correlation."""

import numpy as np
from scipy.ndimage import find_objects, gaussian_filter
from scipy.stats import rankdata

SIGMA = 1.5
"""Standard deviation in voxels of the window of Wang et al. (2004)."""

TRUNCATE = 3.5
"""Standard deviations at which the window ends: 11 voxels across, as theirs."""

RANGE = 6.0
"""L of Wang et al.: the range of values of a map whose root mean square is 1, three of
these to either side of 0. The largest value, which they divide by, is an outlier of a
gradient, and beside it all else would be too small to tell maps apart by."""

K1, K2 = 0.01, 0.03
"""Of Wang et al.: what keeps the ratios of small means and variances finite."""


def map_similarity(one, other, mask):
    """Measure how alike two maps are, in the three ways of Adebayo et al. (2018).

    Parameters
    ----------
    one, other : ndarray, shape (x, y, z) or (n, x, y, z)
        Maps, or n of them that belong together, such as one per component.
    mask : ndarray of bool, shape (x, y, z)

    Returns
    -------
    dict of str to float
        ``ssim``, of several maps the mean; ``rank``, Spearman's correlation of values,
        and ``rank_abs``, that of absolute values, both over all maps. Missing (nan)
        where a map is the same everywhere.

    References
    ----------
    Adebayo J. et al. (2018), Sanity checks for saliency maps, NeurIPS.
    """
    one, other = (np.reshape(m, (-1, *mask.shape)).astype(float) for m in (one, other))
    inside, beside = one[:, mask], other[:, mask]
    if not (np.ptp(inside) and np.ptp(beside)):
        return dict.fromkeys(("ssim", "rank", "rank_abs"), np.nan)
    one, other = one / root_mean_square(inside), other / root_mean_square(beside)
    pairs = zip(one, other, strict=True)
    return {
        "ssim": float(np.mean([ssim(*pair, mask, RANGE) for pair in pairs])),
        "rank": rank_correlation(inside, beside),
        "rank_abs": rank_correlation(np.abs(inside), np.abs(beside)),
    }


def root_mean_square(values):
    return np.sqrt(np.mean(values**2))


def rank_correlation(one, other):
    """Return Spearman's correlation of two arrays; nan where one is constant."""
    ranks = [rankdata(values, axis=None) for values in (one, other)]
    ranks = [values - values.mean() for values in ranks]
    norm = np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum())
    return float((ranks[0] * ranks[1]).sum() / norm) if norm else np.nan


def ssim(one, other, mask, value_range):
    """Return the mean structural similarity of two images in a mask.

    Departures from Wang et al. (2004): the window has a third dimension, and weights
    voxels of the mask only, so that the background that all maps share makes no map
    similar to another.

    Parameters
    ----------
    one, other : ndarray, shape (x, y, z)
    mask : ndarray of bool, shape (x, y, z)
    value_range : float
        Difference between the largest and the smallest value that images may have.

    Returns
    -------
    float
        1 for identical images, about 0 for images that have nothing in common; -1 is
        the least.

    Raises
    ------
    ValueError
        The mask is empty, or not of the images' shape.

    References
    ----------
    Wang Z., Bovik A.C., Sheikh H.R., Simoncelli E.P. (2004), IEEE Transactions on Image
    Processing 13: 600-612, doi 10.1109/TIP.2003.819861.
    """
    if not one.shape == other.shape == mask.shape:
        raise ValueError(
            f"two images and a mask of one shape were expected, got {one.shape}, "
            f"{other.shape} and {mask.shape}"
        )
    if not mask.any():
        raise ValueError("the mask is empty: there is nothing to compare maps in")
    (box,) = find_objects(mask.astype(np.uint8))
    mask, one, other = mask[box], one[box] * mask[box], other[box] * mask[box]
    weight = smooth(mask.astype(float))[mask]

    def local_mean(image):
        return smooth(image)[mask] / weight

    mean, mean_other = local_mean(one), local_mean(other)
    variance = local_mean(one**2) - mean**2
    variance_other = local_mean(other**2) - mean_other**2
    covariance = local_mean(one * other) - mean * mean_other
    c1, c2 = (K1 * value_range) ** 2, (K2 * value_range) ** 2
    luminance = (2 * mean * mean_other + c1) / (mean**2 + mean_other**2 + c1)
    structure = (2 * covariance + c2) / (variance + variance_other + c2)
    return float((luminance * structure).mean())


def smooth(image):
    """Weigh each voxel's neighbourhood by the window; beyond the image is nothing."""
    return gaussian_filter(image, SIGMA, mode="constant", truncate=TRUNCATE)
