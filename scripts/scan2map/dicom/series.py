"""Judge a series by the headers of its images: is all of it there, and only once?"""

from collections import Counter, defaultdict
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pydicom

from scan2map.dicom.findings import FETCH, Finding, some
from scan2map.dicom.geometry import check_geometry
from scan2map.dicom.headers import NUMERIC

STEP = 0.1
"""Share of a step, in time or space, that may differ between neighbours."""

WEIGHTED = 50.0
"""b-values (s/mm²) above which a volume needs a direction."""

COMPUTED = ("ADC", "FA", "COLFA", "TRACEW", "MPR", "LOCALIZER", "PROJECTION IMAGE")
"""Image types of what a scanner computes, or plans with."""


def by_series(images):
    """Return the images of each series, by its UID, in the order of their numbers."""
    groups = defaultdict(list)
    for image in images:
        groups[image.texts["SeriesInstanceUID"]].append(image)
    return {
        uid: sorted(group, key=lambda image: (image.number or 0, image.name))
        for uid, group in groups.items()
    }


def without_series(images):
    """Return a sentence on images that do not say which series they are of.

    Parameters
    ----------
    images : list of scan2map.dicom.headers.Image

    Returns
    -------
    list of str
        Empty where each says so.
    """
    lost = [image for image in images if not image.texts["SeriesInstanceUID"]]
    if not lost:
        return []
    return [
        f"{some(lost)} {'have' if len(lost) > 1 else 'has'} no SeriesInstanceUID, so "
        "series cannot be told apart: fetch the session again without anonymising it, "
        "or with a program that replaces UIDs rather than deleting them"
    ]


def check_series(images):
    """Judge one series.

    Parameters
    ----------
    images : list of scan2map.dicom.headers.Image
        All of one series.

    Returns
    -------
    list of scan2map.dicom.findings.Finding
    """
    findings = [*_derived(images), *_nonsense(images), *check_geometry(images)]
    findings += [*_duplicates(images), *_gaps(images)]
    findings += _slices(images) if images[0].tiles is None else _mosaics(images)
    volumes = volumes_of(images)
    if is_diffusion(images):
        findings += _directions(images, volumes)
    else:
        findings += _times(images, volumes)
    return findings + list(_planned_volumes(images, len(volumes)))


def name_of(images):
    """Return how a series is told to a user: by its number and folder or file."""
    number = images[0].numbers["SeriesNumber"]
    told = "without number" if number is None else f"{number:.0f}"
    return f"series {told} ({images[0].name} …)"


def is_diffusion(images):
    """Tell whether a series has diffusion-weighted images."""
    return any((frame.b_value or 0) > WEIGHTED for _, frame in _frames(images))


def volumes_of(images):
    """Return the first slice of each volume of a series, in order of time.

    Parameters
    ----------
    images : list of scan2map.dicom.headers.Image

    Returns
    -------
    list of (Image, Frame)
        Of the echo, and the part of the signal, that has most slices.
    """
    frames = list(_frames(images))
    echoes = Counter(frame.echo for _, frame in frames)
    echo, _ = echoes.most_common(1)[0]
    first = [pair for pair in frames if pair[1].echo == echo]
    if images[0].tiles is None:
        places = Counter(place_of(frame) for _, frame in first)
        place, _ = max(places.items(), key=lambda item: item[1])
        first = [pair for pair in first if place_of(pair[1]) == place]
    return sorted(first, key=lambda pair: (pair[1].moment or 0, pair[1].temporal or 0))


def slices_of(images):
    """Return the number of slices of a volume of a series."""
    if images[0].tiles is not None:
        return images[0].tiles
    return len({place_of(frame) for _, frame in _frames(images)})


def voxels_of_slice(images):
    """Return the number of voxels of a slice of a series."""
    rows, columns = (int(images[0].numbers[key] or 0) for key in ("Rows", "Columns"))
    side = int(np.ceil(np.sqrt(images[0].tiles or 1)))
    return max(rows // side, 1) * max(columns // side, 1)


def place_of(frame):
    """Return where a slice lies along its normal (mm); None where nothing says so."""
    if frame.position is None or frame.orientation is None:
        return None
    normal = np.cross(frame.orientation[:3], frame.orientation[3:])
    return round(float(normal @ frame.position), 2)


def _frames(images):
    for image in images:
        for frame in image.frames:
            yield image, frame


def _derived(images):
    """Yield a finding for a series that a scanner computed."""
    for image in images:
        kind = [part for part in image.image_type if part in COMPUTED]
        if image.image_type[:1] == ("DERIVED",):
            kind.insert(0, "DERIVED")
        if "Secondary" in pydicom.uid.UID(image.texts["SOPClassUID"]).name:
            kind.append("secondary capture")
        if kind:
            yield Finding(
                "derived_image",
                image.name,
                f"is no scan but computed ({', '.join(kind)})",
                "choose another series under 'bids: series:', or take it out",
            )
            return


def _nonsense(images):
    """Yield a finding for each element that should be a number and is none."""
    for keyword in NUMERIC:
        odd = [image for image in images if keyword in image.nonsense]
        if odd:
            yield Finding(
                "unreadable_file",
                some(odd),
                f"{'have' if len(odd) > 1 else 'has'} a {keyword} in the header that "
                "is not one number",
                FETCH,
            )


def _duplicates(images):
    """Yield a finding for each image of a place and time that another shows, too."""
    first, digests = {}, {}
    for image in images:
        about = image.image_type, image.texts["AcquisitionNumber"]
        for frame, times in Counter(image.frames).items():
            if frame.position is None:
                continue
            other = first.setdefault((frame, *about), image)
            if other is image:
                timed = frame.moment is not None or frame.temporal is not None
                same = times > 1 and timed
            else:
                same = image.number == other.number or (
                    _pixels(image, digests) == _pixels(other, digests)
                )
            if same:
                yield Finding(
                    "duplicate_image",
                    image.name,
                    f"shows the same place at the same time as {other.name}",
                    "take one of the two out",
                )
                break


def _pixels(image, digests):
    """Return a digest of the pixels of an image, kept in `digests`."""
    if image.name not in digests:
        pixels = pydicom.dcmread(image.path, force=True).PixelData
        digests[image.name] = sha256(pixels).digest()
    return digests[image.name]


def _gaps(images):
    """Yield a finding where numbers of images are missing from 1 to the last."""
    numbers = {image.number for image in images}
    if None in numbers:
        return
    there = [0, *sorted(number for number in numbers if number > 0)]
    gaps = [(a + 1, b - 1) for a, b in pairwise(there) if b - a > 1]
    if gaps:
        several = len(gaps) > 1 or gaps[0][0] < gaps[0][1]
        yield Finding(
            "instance_gap",
            name_of(images),
            f"lacks the image{'s' if several else ''} of number "
            f"{_ranges(gaps)} (InstanceNumber goes to {there[-1]})",
            FETCH,
        )


def _ranges(gaps):
    """Return pairs of first and last numbers as text, at most eight of them."""
    texts = [f"{first}" if first == last else f"{first}-{last}" for first, last in gaps]
    return ", ".join(texts[:8]) + (" …" if len(texts) > 8 else "")


def _slices(images):
    """Yield findings on the slices of the volumes of images that have one each."""
    groups = defaultdict(Counter)
    for _, frame in _frames(images):
        orientation = frame.orientation and tuple(np.round(frame.orientation, 2))
        groups[frame.echo, orientation][place_of(frame)] += 1
    for counts in groups.values():
        if None in counts:
            yield Finding(
                "slice_missing",
                name_of(images),
                "has images without position (ImagePositionPatient) or orientation",
                FETCH,
            )
            continue
        yield from _even(images, counts)


def _even(images, counts):
    """Yield findings on how often and where slices are."""
    most = max(counts.values())
    fewer = {place: most - number for place, number in counts.items() if number < most}
    if fewer:
        place = min(fewer)
        yield Finding(
            "slices_differ",
            name_of(images),
            f"has {most} images of most slices, and fewer of {len(fewer)} (of that at "
            f"{place:g} mm, {most - fewer[place]})",
            FETCH,
        )
    places = np.sort(list(counts))
    steps = np.diff(places)
    if len(steps) and steps.max() - np.median(steps) > STEP * np.median(steps):
        at = places[np.argmax(steps)]
        yield Finding(
            "slice_missing",
            name_of(images),
            f"has no slice for {steps.max():.4g} mm above {at:.4g} mm; others are "
            f"{np.median(steps):.4g} mm apart",
            FETCH,
        )
    planned = planned_slices(images[0])
    if planned and len(images) > 1 and len(places) < planned:
        yield Finding(
            "slice_missing",
            name_of(images),
            f"has {len(places)} slices, and its headers say {planned}",
            FETCH,
        )


def planned_slices(image):
    """Return the slices of a volume by what the scanner planned; None if unknown."""
    if image.texts["MRAcquisitionType"] == "3D" and "lImagesPerSlab" in image.planned:
        return image.planned["lImagesPerSlab"]
    return image.planned.get("slices")


def _mosaics(images):
    """Yield findings on how many slices mosaics hold."""
    counts = Counter(image.tiles for image in images)
    usual, _ = counts.most_common(1)[0]
    for image in images:
        if image.tiles != usual:
            yield Finding(
                "slices_differ",
                image.name,
                f"holds {image.tiles} slices, most of its series hold {usual}",
                FETCH,
            )
    planned = planned_slices(images[0])
    side = int(np.ceil(np.sqrt(usual))) if usual else 0
    sizes = [int(images[0].numbers[key] or 0) for key in ("Rows", "Columns")]
    wrong = not side or any(size % side for size in sizes)
    if not wrong and images[0].tile:
        wrong = sorted(size // side for size in sizes) != sorted(images[0].tile)
    if wrong or (planned and planned != usual):
        yield Finding(
            "slices_differ",
            name_of(images),
            f"has mosaics that say they hold {usual} slices"
            + (f", and a protocol of {planned}" if planned else "")
            + f"; its images of {sizes[0]} x {sizes[1]} do not fit",
            FETCH,
        )
    if not images[0].texts["Manufacturer"]:
        yield Finding(
            "slices_differ",
            name_of(images),
            "has mosaics and no Manufacturer, without which they are not taken apart",
            "add the element Manufacturer, for instance with dcmodify",
        )


def _directions(images, volumes):
    """Yield a finding for weighted volumes that say no direction."""
    weighted = [pair for pair in volumes if (pair[1].b_value or 0) > WEIGHTED]
    for image, frame in weighted:
        if frame.direction is None:
            yield Finding(
                "direction_missing",
                image.name,
                f"is weighted with b = {frame.b_value:g} s/mm², and no direction of "
                "the gradient is written",
                "leave out this image, or choose another series",
            )
    planned = _planned_directions(images[0])
    if planned and len(weighted) < planned:
        yield Finding(
            "direction_missing",
            name_of(images),
            f"has {len(weighted)} weighted volumes, and its headers say {planned}",
            FETCH,
        )


def _times(images, volumes):
    """Yield findings on volumes that do not follow each other in even steps."""
    moments = [frame.moment for _, frame in volumes]
    if len(moments) < 3 or None in moments:
        return
    steps = np.diff(moments)
    usual = np.median(steps)
    if usual <= 0:
        return
    repetition = (images[0].numbers["RepetitionTime"] or 0) / 1000
    if repetition and abs(usual - repetition) > STEP / 2 * repetition:
        yield Finding(
            "repetition_time",
            name_of(images),
            f"has the repetition time {repetition:g} s in its headers, and its volumes "
            f"follow each other every {usual:g} s",
            "ask who ran the scanner which is right",
        )
    for (image, _), step in zip(volumes[1:], steps, strict=True):
        if abs(step - usual) <= STEP * usual:
            continue
        if step >= (2 - STEP) * usual:
            missing = round(step / usual) - 1
            yield Finding(
                "volume_missing",
                image.name,
                f"comes {step:g} s after the volume before, others after {usual:g} s: "
                f"{missing} volume{'s are' if missing > 1 else ' is'} missing",
                FETCH,
            )
        else:
            yield Finding(
                "uneven_time",
                image.name,
                f"comes {step:g} s after the volume before, others after {usual:g} s",
                "find out what happened to the scan, or take another",
            )


def _planned_volumes(images, volumes):
    """Yield a finding where there are fewer volumes than the scanner planned."""
    planned = planned_volumes(images)
    if planned and volumes < planned:
        yield Finding(
            "volume_missing",
            name_of(images),
            f"has {volumes} volumes, and its headers say {planned}",
            FETCH + ", or let it through if the scan was stopped",
        )


def planned_volumes(images):
    """Return how many volumes a series should have; None where its maker is silent.

    Siemens' protocol says so, and Philips' NumberOfTemporalPositions. GE's headers
    hold what was prescribed also in series that were exported in part, and are not
    asked.
    """
    image = images[0]
    if is_diffusion(images):
        weighted = _planned_directions(image)
        return weighted and weighted + max(
            image.planned["lDiffWeightings"] - _shells(image), 0
        )
    if "lRepetitions" in image.planned:
        return image.planned["lRepetitions"] + 1
    if "PHILIPS" in image.texts["Manufacturer"].upper():
        return int(image.numbers["NumberOfTemporalPositions"] or 0) or None
    return None


def _shells(image):
    """Return how many b-values above 0 a protocol has."""
    return sum(value > 0 for key, value in image.planned.items() if "alBValue" in key)


def _planned_directions(image):
    """Return how many weighted volumes a protocol has; None where it is silent."""
    if not {"lDiffDirections", "lDiffWeightings"} <= set(image.planned):
        return None
    return _shells(image) * image.planned["lDiffDirections"]
