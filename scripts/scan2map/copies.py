"""Find people who are the same scan, copied: one could be tested on the other."""

from collections import Counter

import numpy as np
from scipy import ndimage

from scan2map.nifti import nib, reading

KEPT = 256
"""How many peaks of an image are compared."""

SHARED = 0.1
"""Two images with this share of peaks in common are one scan."""

FEWEST_VALUES = 10
"""Different values around a peak; fewer may be alike in two scans by chance."""

_WEIGHTS = np.random.default_rng(0).integers(0, 2**63, 27, dtype=np.uint64) | 1


def refuse_copies(images, people):
    """Refuse participants of whom two images are the same scan.

    Parameters
    ----------
    images : iterable of str or Path
        NIfTI files of one volume, or of several, of which the first counts.
    people : iterable of (str, str, str)
        Participant, session and family ('' for none) of each image. Images of one
        participant, or of one family, may be equal: no fold divides them.

    Raises
    ------
    ValueError
        Images of two participants are the same scan, or one cannot be read.
    """
    owners, seen = {}, []
    for image, (participant, session, family) in zip(images, people, strict=True):
        marks = peak_marks(image)
        common = Counter(owners[mark] for mark in marks if mark in owners)
        for number, count in common.items():
            other, its_session, its_family, its_image, its_marks = seen[number]
            alike = participant == other or (family and family == its_family)
            if not alike and count >= SHARED * min(len(marks), its_marks):
                raise ValueError(
                    f"the participants {other} (session {its_session}) and "
                    f"{participant} (session {session}) have the same image: "
                    f"{its_image} and {image} hold the same values, so a network could "
                    "be tested on whom it has learnt from. Leave one out by writing "
                    "the reason in the cohort's column 'exclude', give both rows one "
                    "participant_id where they are one person, or both participants "
                    "the same 'family', which no fold divides"
                )
        for mark in marks:
            owners.setdefault(mark, len(seen))
        seen.append((participant, session, family, image, len(marks)))


def peak_marks(path):
    """Return numbers that an image shares with its copies, and with no other scan.

    Each stands for a voxel that is larger than the 26 around it, and for their values,
    whatever their order: noise makes them differ in any two scans, and they stay where
    a copy is turned, cut, padded, stored with another data type, or where its face is
    removed. Of all peaks, those with the smallest numbers are kept, which are the same
    ones in each copy (Broder 1997, doi 10.1109/SEQUEN.1997.666900).

    Parameters
    ----------
    path : str or Path
        A NIfTI file; of several volumes the first counts.

    Returns
    -------
    list of int
        `KEPT` or fewer; none where the image has no peaks, and says nothing.

    Raises
    ------
    ValueError
        The file cannot be read.
    """
    with reading(path):
        stored = nib.load(path).dataobj
        volume = np.asarray(stored[..., 0] if stored.ndim > 3 else stored)
    volume = np.nan_to_num(np.float32(volume)) + 0.0  # -0 and 0 have other bits
    around = _around_peaks(np.pad(volume, 1, constant_values=volume.min()))
    hashed = (around.view(np.uint32) * _WEIGHTS).sum(1)
    return np.unique((hashed ^ hashed >> 32) * _WEIGHTS[0])[:KEPT].tolist()


def _around_peaks(volume):
    """Return the values around each peak, sorted: (peaks, 27); none is at the rim."""
    peaks = ndimage.maximum_filter(volume, 3) == volume
    peaks &= volume > ndimage.minimum_filter(volume, 3)
    steps = np.ravel_multi_index(np.indices((3, 3, 3)), volume.shape).ravel()
    corners = np.flatnonzero(peaks) - steps[13]
    around = np.sort(volume.ravel()[corners[:, None] + steps], axis=1)
    levels = 1 + np.count_nonzero(np.diff(around, axis=1), axis=1)
    return around[(around[:, -1] > around[:, -2]) & (levels >= FEWEST_VALUES)]
