"""How good a BOLD run is: signal to noise over time, voxels in order of tissue."""

import numpy as np


def temporal_snr(data):
    """Return the mean over time divided by the standard deviation over time.

    Parameters
    ----------
    data : ndarray, shape (n_volumes, n_voxels)
        BOLD before smoothing and denoising.

    Returns
    -------
    ndarray, shape (n_voxels,)
        A straight line is taken out first; 0 where nothing varies.
    """
    left = without_line(data)
    noise = np.sqrt(np.square(left).sum(0) / (len(data) - 2))
    mean = data.mean(0, dtype=np.float64)
    return np.divide(mean, noise, out=np.zeros_like(mean), where=noise > 0)


def without_line(data):
    """Return time courses (n_volumes, n_voxels) less mean and straight line."""
    line = np.linspace(-1, 1, len(data), dtype=np.float32)[:, None]
    line /= np.linalg.norm(line)
    centred = data - data.mean(0, dtype=np.float64).astype(np.float32)
    # Sums volume by volume, so that they are the same bytes each time, unlike BLAS's.
    slope = np.einsum("ni,nv->v", line, centred)
    return centred - line * slope


def order_by_tissue(probabilities):
    """Sort voxels by the tissue that they most probably are.

    Parameters
    ----------
    probabilities : dict of ndarray, shape (n_voxels,)
        By tissue, in the order wanted.

    Returns
    -------
    order : ndarray of int, shape (n_voxels,)
        Voxels of the first tissue first, those of one tissue in their own order.
    counts : dict of int
        Voxels of each tissue.
    """
    likeliest = np.argmax(list(probabilities.values()), axis=0)
    counts = np.bincount(likeliest, minlength=len(probabilities)).tolist()
    order = np.argsort(likeliest, kind="stable")
    return order, dict(zip(probabilities, counts, strict=True))
