"""Whether there is anything to see in a T1w image."""

import numpy as np

from scan2map.nifti import OR_LEAVE_OUT


def check_contrast(data, path):
    """Check that values can be those of a T1w image.

    Some may be negative, as interpolation makes them.

    Parameters
    ----------
    data : ndarray
        Of numbers.
    path : str or Path
        The file that they are from.

    Raises
    ------
    ValueError
        Values that are not finite, all the same, or none above 0.
    """
    wrong = data.size - np.isfinite(data).sum()
    if wrong:
        raise ValueError(
            f"{path} has {wrong} voxels of {data.size} whose values are no finite "
            "numbers (NaN or infinity); every voxel of a T1w image needs one: write "
            f"0 where there is nothing, or make the image anew{OR_LEAVE_OUT}"
        )
    low, high = data.min(), data.max()
    if low == high or high <= 0:
        said = f"is {low:.4g} everywhere"
        if low < high:
            said = f"has no value above 0 (it goes from {low:.4g} to {high:.4g})"
        raise ValueError(
            f"{path} {said}; a T1w image has a head brighter than what is around it: "
            f"make the image anew{OR_LEAVE_OUT}"
        )
