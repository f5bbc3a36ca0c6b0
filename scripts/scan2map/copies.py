"""Find people who are the same scan, copied: one could be tested on the other."""

import hashlib

import numpy as np

from scan2map.nifti import nib, reading


def refuse_copies(images, people):
    """Refuse participants of whom two images hold the same values.

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
        Images of two participants are equal, or one cannot be read.
    """
    owner = {}
    for image, (participant, session, family) in zip(images, people, strict=True):
        said = digest_of_middle(image)
        if said is None:
            continue
        first = owner.setdefault(said, (participant, session, family, image))
        alike = participant == first[0] or (family and family == first[2])
        if not alike:
            raise ValueError(
                f"the participants {first[0]} (session {first[1]}) and {participant} "
                f"(session {session}) have the same image: {first[3]} and {image} hold "
                "the same values, so a network could be tested on whom it has learnt "
                "from. Leave one out by writing the reason in the cohort's column "
                "'exclude', give both rows one participant_id where they are one "
                "person, or both participants the same 'family', which no fold divides"
            )


def digest_of_middle(path):
    """Return a text that differs where the middle of two images differs.

    Noise makes any two scans differ there. The rest is left out, for it may have been
    changed: faces are removed with random numbers that are each session's own.

    Parameters
    ----------
    path : str or Path
        A NIfTI file; of several volumes the first counts.

    Returns
    -------
    str or None
        Of the middle third along each axis; None where that is the same everywhere,
        and says nothing.

    Raises
    ------
    ValueError
        The file cannot be read.
    """
    with reading(path):
        stored = nib.load(path).dataobj
        volume = np.asarray(stored[..., 0] if stored.ndim > 3 else stored)
    middle = volume[tuple(slice(n // 3, n - n // 3) for n in volume.shape)]
    if len(np.unique(middle)) < 2:
        return None
    digest = hashlib.blake2b(repr((volume.shape, middle.dtype)).encode())
    digest.update(np.ascontiguousarray(middle))
    return digest.hexdigest()
