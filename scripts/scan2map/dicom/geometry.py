"""Judge where the images of a series say they are, and how large their voxels are."""

from collections import Counter

import numpy as np

from scan2map.dicom.findings import FETCH, Finding, some

ROUNDING = 1e-3
"""By which directions, and sizes of voxels (mm), may differ within a series."""


def check_geometry(images):
    """Yield findings on the sizes and directions of the images of a series.

    Parameters
    ----------
    images : list of scan2map.dicom.headers.Image
        All of one series.

    Yields
    ------
    scan2map.dicom.findings.Finding
    """
    mosaic = images[0].tiles is not None
    for lacking, needed, said in (
        (lambda f: f.spacing is None, True, "size of pixels (PixelSpacing)"),
        (
            lambda f: f.thickness is None,
            mosaic,
            "distance of slices (SpacingBetweenSlices, SliceThickness)",
        ),
        (
            lambda f: f.position is None or f.orientation is None,
            mosaic,
            "position in space (ImagePositionPatient, ImageOrientationPatient)",
        ),
    ):
        odd = [image for image in images if any(map(lacking, image.frames))]
        if needed and odd:
            yield Finding(
                "affine",
                some(odd),
                f"{'have' if len(odd) > 1 else 'has'} no {said} in the header, and the "
                "converter would invent one",
                FETCH,
            )
    for said, value_of in (
        ("Rows and Columns", lambda image, _: _matrix(image)),
        ("PixelSpacing", lambda _, frame: frame.spacing),
        ("ImageOrientationPatient", lambda _, frame: frame.orientation),
    ):
        yield from _odd_ones(images, said, value_of)


def _matrix(image):
    sizes = tuple(image.numbers[key] for key in ("Rows", "Columns"))
    return None if None in sizes else sizes


def _odd_ones(images, said, value_of):
    """Yield a finding where images of a series differ in what they share.

    Parameters
    ----------
    images : list of scan2map.dicom.headers.Image
    said : str
        What is compared, as DICOM calls it.
    value_of : callable
        Takes an image and a frame of it; returns a tuple of numbers, or None.
    """
    values = {
        image.name: {value_of(image, frame) for frame in image.frames} - {None}
        for image in images
    }
    counts = Counter(value for those in values.values() for value in those)
    if len(counts) < 2:
        return
    usual, _ = counts.most_common(1)[0]
    others = [
        value
        for value in counts
        if not np.allclose(value, usual, rtol=0, atol=ROUNDING)
    ]
    odd = [image for image in images if values[image.name].intersection(others)]
    if odd:
        value = min(values[odd[0].name].intersection(others))
        yield Finding(
            "geometry_differs",
            some(odd),
            f"{'have' if len(odd) > 1 else 'has'} {said} {_listed(value)}, most of the "
            f"series {_listed(usual)}",
            FETCH + ", and take out what is not of it",
        )


def _listed(numbers):
    return " ".join(f"{number:.5g}" for number in numbers)
