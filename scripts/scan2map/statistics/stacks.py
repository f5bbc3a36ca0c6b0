"""From images to what is tested: a row per image, a column per voxel of the mask."""

import logging
from typing import NamedTuple

import numpy as np

from scan2map.images import read_grid, read_mask, same_grid
from scan2map.nifti import OF_A_MAP, read_whole
from scan2map.smoothing import smooth, smooth_within
from scan2map.statistics.stored_maps import StoredMaps, WrittenMaps


class Masking(NamedTuple):
    """Which voxels are tested, beside those of an explicit mask.

    Attributes
    ----------
    threshold : float or None
        Every image must exceed it, after scaling.
    relative : bool
        The threshold is a share of each image's global value.
    """

    threshold: float | None = None
    relative: bool = False


class Scaling(NamedTuple):
    """What is done with a value of each whole image.

    Attributes
    ----------
    normalisation : {"none", "proportional", "ancova"}
        Proportional: images are divided by their value, and multiplied by
        `grand_mean`, 50 if it is None, as in SPM. ANCOVA: the value, centred, is a
        regressor, which the design has to get (`Stack.globals`).
    values : ndarray, shape (n,), or None
        Global values; None for SPM's global mean (`global_mean`).
    grand_mean : float or None
        Without proportional scaling, all images are scaled alike so that the mean of
        their global values is this; None leaves them.
    """

    normalisation: str = "none"
    values: np.ndarray | None = None
    grand_mean: float | None = None

    @property
    def is_asked(self):
        """Whether anything is done with global values."""
        return self.normalisation != "none" or self.grand_mean is not None


class Stack(NamedTuple):
    """Images in a mask.

    Attributes
    ----------
    data : stored_maps.StoredMaps, shape (n, voxels)
    mask : ndarray of bool, shape (x, y, z)
    globals : ndarray, shape (n,), or empty
        Global value of each image, scaled, where it is used.
    not_finite : list of int
        Voxels in the explicit mask that have no finite value, by image; they are left
        out.
    constant : int
        Voxels that were left out because all images have the same value there.
    n_maps : int
        Maps that lie side by side.
    """

    data: StoredMaps
    mask: np.ndarray
    globals: np.ndarray
    not_finite: list
    constant: int
    n_maps: int


def check_grids(paths):
    """Return the grid that images share.

    Parameters
    ----------
    paths : sequence of str or Path

    Returns
    -------
    shape : tuple of int, length 3
    affine : ndarray, shape (4, 4)

    Raises
    ------
    ValueError
        Two images lie on different grids: which, with shapes and affines.
    """
    shape, affine = read_grid(paths[0])
    for path in paths[1:]:
        other, other_affine = read_grid(path)
        if not same_grid((other, other_affine), (shape, affine)):
            raise ValueError(
                f"{paths[0]} has shape {shape} and affine {_written(affine)}, {path} "
                f"{other} and {_written(other_affine)}: all maps must lie on the same "
                "grid; resample one of them"
            )
    return shape, affine


def _written(affine):
    return np.round(affine[:3], 3).tolist()


def read_map(path, implicit=True):
    """Read the data of an image.

    Parameters
    ----------
    path : str or Path
    implicit : bool
        0 is masked where the file holds whole numbers, which have no NaN: SPM's
        implicit mask.

    Returns
    -------
    numpy.ma.MaskedArray of float32
        Values that are not finite are masked, too.

    Raises
    ------
    ValueError
        The file cannot be read, or holds colours or complex numbers.
    """
    image, data = read_whole(path, advice=OF_A_MAP)
    data = data.astype(np.float32)
    missing = ~np.isfinite(data)
    if implicit and np.issubdtype(image.get_data_dtype(), np.integer):
        missing |= data == 0
    return np.ma.MaskedArray(data, missing)


def refuse_constant(image, path):
    """Raise ValueError where a map, as from `read_map`, has one value everywhere."""
    values = image.compressed()
    if not values.size:
        raise ValueError(
            f"the map {path} has no value: all its voxels are NaN or infinite, or 0 in "
            "a file of whole numbers; look at what it was made from"
        )
    if values.min() == values.max():
        raise ValueError(
            f"the map {path} has the value {values[0]:g} in every voxel, so that it "
            "tells nothing: look at what it was made from, or leave the session out by "
            "writing the reason in the cohort's column 'exclude'"
        )


def average_maps(maps):
    """Return the average of maps, masked where any of them is.

    Parameters
    ----------
    maps : list of numpy.ma.MaskedArray

    Returns
    -------
    numpy.ma.MaskedArray
    """
    if len(maps) == 1:
        return maps[0]
    missing = np.any([np.ma.getmaskarray(one) for one in maps], axis=0)
    return np.ma.MaskedArray(np.mean([one.data for one in maps], axis=0), missing)


def stack_images(
    images,
    n_images,
    path,
    *,
    explicit=None,
    masking=None,
    scaling=None,
    voxel_size=1.0,
    fwhm=0.0,
    names=None,
):
    """Smooth, scale and mask images as SPM12 does, one after the other.

    Parameters
    ----------
    images : iterable of ndarray, shape (x, y, z) or (x, y, z, n_maps)
        Such as from `read_map`: what is masked or not finite is left out. Several maps
        are laid side by side (`lay_abreast`) and tested together.
    n_images : int
    path : str or Path
        Where the data are written (``.npy``), one map after the other.
    explicit : ndarray of bool, shape (x, y, z), optional
        Images are then smoothed within it (`smoothing.smooth_within`), which leaves t
        as it is in voxels far from its border, and takes nothing from beyond it.
    masking : Masking, optional
    scaling : Scaling, optional
    voxel_size : float or sequence of 3 floats
        mm.
    fwhm : float
        mm.
    names : sequence of str, optional
        What errors call each image, such as its file; its number by default.

    Returns
    -------
    Stack
        Voxels are those of the explicit mask in which all images are finite and
        exceed their threshold, and that differ between images.

    Raises
    ------
    ValueError
        Shapes differ, the mask is empty or lies off the images, a global value is not
        positive where images are divided by it, or no voxel is left.
    """
    masking, scaling = masking or Masking(), scaling or Scaling()
    names = names or [f"image number {number + 1}" for number in range(n_images)]
    rows, not_finite, below, values = None, [], [], []
    for number, image in enumerate(images):
        given = np.isfinite(np.ma.getdata(image)) & ~np.ma.getmaskarray(image)
        finite = given.reshape(*image.shape[:3], -1)
        volumes = np.ma.getdata(image).astype(np.float32).reshape(finite.shape)
        if rows is None:
            search = _search(explicit, volumes.shape)
            valid = np.ones(int(search.sum()), dtype=bool)
            least = np.full(valid.size, np.inf, dtype=np.float32)
            most = -least
            weight = None if explicit is None else smooth(explicit, voxel_size, fwhm)
            rows = WrittenMaps(path, (n_images, valid.size))
            first = volumes.shape
        if volumes.shape != first:
            raise ValueError(
                f"{names[number]} has shape {image.shape}, those before it "
                f"{first[: image.ndim]}: all must lie on the same grid"
            )
        smoothed = np.stack(
            [
                _smoothed(np.where(f, v, 0), explicit, weight, voxel_size, fwhm)
                for v, f in zip(
                    np.moveaxis(volumes, -1, 0), np.moveaxis(finite, -1, 0), strict=True
                )
            ],
            axis=-1,
        )
        if scaling.values is None and (masking.relative or scaling.is_asked):
            values.append(_global_value(volumes, voxel_size, fwhm))
        rows.write(number, lay_abreast(smoothed)[search])
        here = lay_abreast(finite)[search]
        not_finite.append(int(here.size - here.sum()))
        valid &= here
        del image, volumes, finite, given, smoothed
    factors, values = _factors(scaling, values, names)
    has_value = valid.copy()
    for number, factor in enumerate(factors):
        row = rows.read(number) * np.float32(factor)
        rows.write(number, row)
        if masking.threshold is not None:
            relative = values[number] if masking.relative else 1.0
            above = row > masking.threshold * relative
            below.append(int((has_value & ~above).sum()))
            valid &= above
        np.minimum(least, row, out=least)
        np.maximum(most, row, out=most)
    constant = int((valid & (least == most)).sum())
    valid &= least < most
    if valid.size and not least.any() and not most.any():
        raise ValueError(
            f"all {n_images} maps are 0 everywhere in the mask, so there is nothing to "
            "test: look at them, and at what they were made from"
        )
    if not valid.any():
        finite = int(has_value.sum())
        lost = valid.size - finite, finite - constant, constant
        raise ValueError(
            f"of {valid.size} voxels none is left to test: "
            + _why_none_is_left(lost, not_finite, below, masking, names)
        )
    mask = np.zeros(search.shape, dtype=bool)
    mask[search] = valid
    rows.keep(valid)
    rows.close()
    logging.info("%d voxels in %d images", valid.sum(), n_images)
    if any(not_finite):
        logging.info("values that are not finite, by image: %s", not_finite)
    data = StoredMaps(path)
    return Stack(data, mask, np.asarray(values), not_finite, constant, first[3])


def _why_none_is_left(lost, not_finite, below, masking, names):
    """Say how many voxels were lost to what, the images that lack most, what to do.

    `lost` are the voxels without a finite value in some image, those of the others that
    some image has below the threshold, and those of the rest that are all the same.
    """
    said, advice = [], []
    if lost[0]:
        worst = int(np.argmax(not_finite))
        said.append(
            f"{lost[0]} lack a value in some image, most of them in {names[worst]}, "
            f"which lacks {not_finite[worst]}"
        )
        advice.append("look at this image and at 'mask'")
    if lost[1]:
        worst = int(np.argmax(below))
        share = " of its global value" if masking.relative else ""
        said.append(
            f"{lost[1]} do not exceed 'mask: threshold', {masking.threshold:g}{share}, "
            f"in some image, most of them in {names[worst]}, where {below[worst]} are "
            "not above it"
        )
        advice.append("lower the threshold, or look at this image")
    if lost[2]:
        said.append(f"{lost[2]} are the same in all images")
    advice = advice or ["look at the images and at 'mask'"]
    return f"{'; '.join(said)}: {'; '.join(advice)}"


def _search(explicit, shape):
    """Return the voxels that may be tested, of maps laid side by side."""
    if explicit is None:
        return lay_abreast(np.ones(shape, dtype=bool))
    if explicit.shape != shape[:3]:
        raise ValueError(
            f"the mask has shape {explicit.shape}, the maps {shape[:3]}: they must lie "
            "on the same grid"
        )
    if not explicit.any():
        raise ValueError("the mask is empty: it has no voxel above 0")
    return lay_abreast(np.repeat(explicit[..., None], shape[3], axis=3))


def _smoothed(volume, explicit, weight, voxel_size, fwhm):
    """Return a volume smoothed, within the explicit mask where there is one."""
    if not fwhm:
        return volume if explicit is None else np.where(explicit, volume, 0)
    if explicit is None:
        return smooth(volume, voxel_size, fwhm)
    smoothed = np.zeros(volume.shape)
    inside = weight[explicit]
    smoothed[explicit] = smooth_within(volume, explicit, voxel_size, fwhm, inside)
    return smoothed


def _factors(scaling, measured, names):
    """Return what images are multiplied by, and their global values after that."""
    values = np.asarray(measured if scaling.values is None else scaling.values, float)
    if not scaling.is_asked:
        return np.ones(len(names)), values
    wrong = np.flatnonzero(~(values > 0))
    if len(wrong) and scaling.normalisation != "ancova":
        raise ValueError(
            f"{names[wrong[0]]} has the global value {values[wrong[0]]:g}: "
            "to be scaled by it, it should be above 0"
        )
    if scaling.normalisation == "proportional":
        factors = (scaling.grand_mean or 50.0) / values
    elif scaling.grand_mean is not None:
        factors = np.full(len(values), scaling.grand_mean / values.mean())
    else:
        factors = np.ones(len(values))
    return factors, values * factors


def _global_value(volumes, voxel_size, fwhm):
    """Return SPM's global value of whole maps (x, y, z, n_maps), once smoothed."""
    if fwhm:
        maps = np.moveaxis(volumes, -1, 0)
        volumes = np.stack([smooth(one, voxel_size, fwhm) for one in maps], axis=-1)
    return global_mean(volumes)


def global_mean(image):
    """Return SPM's global value: the mean of what exceeds an eighth of the mean.

    Parameters
    ----------
    image : ndarray
        Any shape; what is not finite does not count.

    Returns
    -------
    float
    """
    values = np.asarray(image, dtype=np.float64)
    values = values[np.isfinite(values)]
    above = values[values > values.mean() / 8] if values.size else values
    return float(above.mean()) if above.size else 0.0


def lay_abreast(volumes):
    """Lay maps of one grid side by side along z, an empty slice after each.

    No cluster, no cube of voxels and no neighbourhood then reaches from one map to the
    next, so that all that is done with a mask holds for many maps at once.

    Parameters
    ----------
    volumes : ndarray, shape (x, y, z, n_maps)

    Returns
    -------
    ndarray, shape (x, y, z) of one map, (x, y, n_maps * (z + 1)) of several
    """
    x, y, z, n = volumes.shape
    if n == 1:
        return volumes[..., 0]
    gap = np.zeros((x, y, 1, n), dtype=volumes.dtype)
    longer = np.concatenate([volumes, gap], axis=2)
    return longer.transpose(0, 1, 3, 2).reshape(x, y, n * (z + 1))


def take_apart(image, n_maps):
    """Undo `lay_abreast`.

    Parameters
    ----------
    image : ndarray, shape (x, y, z) of one map, (x, y, n_maps * (z + 1)) of several
    n_maps : int

    Returns
    -------
    ndarray, shape (x, y, z) of one map, (x, y, z, n_maps) of several
    """
    if n_maps == 1:
        return image
    x, y, z = image.shape
    apart = image.reshape(x, y, n_maps, z // n_maps)
    return apart.transpose(0, 1, 3, 2)[:, :, :-1]


def read_stack(data, mask):
    """Return what `stack_images` and `images.write_image` wrote.

    Parameters
    ----------
    data, mask : str or Path
        The data (``.npy``), and the mask as an image, 4D of several maps.

    Returns
    -------
    data : stored_maps.StoredMaps, shape (n, voxels)
    mask : ndarray of bool, shape (x, y, z)
        Of the maps side by side.
    affine : ndarray, shape (4, 4)
    n_maps : int
    """
    apart = read_mask(mask)
    apart = apart.reshape(*apart.shape[:3], -1)
    affine = read_grid(mask)[1]
    return StoredMaps(data), lay_abreast(apart), affine, apart.shape[3]
