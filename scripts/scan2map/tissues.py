"""Tissue maps in MNI space: modulated, so that they hold how much there is."""

import logging

import numpy as np
import scipy

from scan2map.images import MNI_CENTRE, antialiasing, downsample, same_grid
from scan2map.nifti import OR_LEAVE_OUT, nib, read_whole
from scan2map.smoothing import smooth
from scan2map.template import template_path
from scan2map.transforms import jacobian, pull


def volume_change(field, affine):
    """Return how much larger what a field pulls was where it comes from.

    Parameters
    ----------
    field : ndarray, shape (x, y, z, 3)
        Displacements in RAS+ mm from the points of its grid.
    affine : ndarray, shape (4, 4)
        Voxel to world of the grid.

    Returns
    -------
    ndarray, shape (x, y, z)
        Determinant of the derivative of p + d(p), the affine part included: below 1
        where the image becomes larger on its way to the grid.
    """
    return np.linalg.det(jacobian(field, affine))


def warp_tissue(probability, affine, field, grid, change, fwhm=0.0):
    """Bring a tissue map to the grid of a field, unmodulated and modulated.

    Interpolated once, linearly, after the smoothing that a coarser grid needs: without
    it voxels between those of the grid would not count.

    Parameters
    ----------
    probability : ndarray, shape (i, j, k)
        Of the tissue, in the T1w image.
    affine : ndarray, shape (4, 4)
        Voxel to world of `probability`.
    field : ndarray, shape (x, y, z, 3)
        Displacements in RAS+ mm from points of MNI space to those of the T1w image.
    grid : ndarray, shape (4, 4)
        Voxel to world of the field.
    change : ndarray, shape (x, y, z)
        `volume_change` of the field.
    fwhm : float
        Of a Gaussian that smooths both maps in MNI space, mm.

    Returns
    -------
    unmodulated : ndarray of float32, shape (x, y, z)
        Probability of the tissue, 0 to 1.
    modulated : ndarray of float32, shape (x, y, z)
        Volume of the tissue in the T1w image that comes to lie in a voxel, relative to
        the voxel: summed and multiplied by the voxel's volume it is that of the T1w
        image.
    """
    ready = scipy.ndimage.gaussian_filter(
        np.asarray(probability, dtype=np.float32), antialiasing(affine, grid)
    )
    there = pull(ready, affine, field, grid)
    size = np.linalg.norm(grid[:3, :3], axis=0)
    return tuple(
        smooth(image, size, fwhm).astype(np.float32)
        for image in (there, there * change)
    )


def tissue_volumes(maps, affine):
    """Return the volume of tissues in mL, and their sum as ``TIV``.

    Parameters
    ----------
    maps : dict of str to ndarray, shape (x, y, z)
        Share of each voxel, by tissue.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    """
    volumes = {name: _volume(data, affine) for name, data in maps.items()}
    return volumes | {"TIV": sum(volumes.values())}


def _volume(data, affine):
    """Return the volume of one tissue in mL."""
    voxel = abs(np.linalg.det(affine[:3, :3])) / 1000
    return float(data.sum(dtype=np.float64) * voxel)


HIGHEST = {True: 20.0, False: 1.05}
"""What a voxel may hold of a modulated tissue, and of a probability, which
interpolation can bring above 1."""


LEAST_ON_GRID = 0.5
"""Share of a map's tissue that lies on the analysis grid, at least."""

LEAST_ALIKE = {"GM": 0.5, "WM": 0.7, "CSF": 0.3}
"""Correlation of a map with the template's tissue in the template's brain, at least,
both smoothed by 9 mm: our maps of a real head have 0.83, 0.92 and 0.85 there, white
matter from front to back 0.66, all else that is in a wrong place less."""

LEAST_COVERED = 0.7
"""Share of the template's tissue that lies where a map has some, at least: our maps of
a real head cover 0.97 of grey and white matter and 0.87 of fluid."""

AMOUNT = (0.2, 5)
"""Volume of a map's tissue by that of the template's, at least and at most."""

SOME = 0.02
"""What a voxel holds of a tissue, at least, where a map has some of it."""

STEP = 4
"""Voxels of the template (mm) from one to the next of those compared with a map."""


def import_tissue(path, shape, target, *, tissue, modulated, fwhm=0.0):
    """Read a tissue map in MNI space, and bring it to the analysis grid.

    Parameters
    ----------
    path, modulated
        As of `read_tissue`.
    tissue : {"GM", "WM", "CSF"}
        Which it is.
    shape, target, fwhm
        As of `regrid_tissue`.

    Returns
    -------
    ndarray of float32, shape `shape`

    Raises
    ------
    ValueError
        What `read_tissue` and `check_place` refuse, or more than half of the tissue
        is not on the grid.
    """
    data, affine = read_tissue(path, modulated)
    on_grid = regrid_tissue(data, affine, shape, target, fwhm)
    share = _volume(on_grid, target) / _volume(data, affine)
    if share < LEAST_ON_GRID:
        raise ValueError(
            f"{path} has {share:.0%} of its tissue on the analysis grid, around "
            f"{_millimetres(MNI_CENTRE)}: {_middle(data, affine)}"
        )
    check_place(data, affine, tissue, path)
    return on_grid


def check_place(data, affine, tissue, path):
    """Check that a map of a tissue lies where the template has that tissue.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Tissue per voxel, 0 or more.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    tissue : {"GM", "WM", "CSF"}
        Which it is.
    path : str or Path
        The file it is from.

    Raises
    ------
    ValueError
        The amount of tissue is not within `AMOUNT`, the map has some where less of the
        template's than `LEAST_COVERED` is, or is less like it than `LEAST_ALIKE`.
    """
    known, brain, grid = _template_tissue(tissue)
    volume, expected = _volume(data, affine), _volume(known, grid)
    if not AMOUNT[0] <= volume / expected <= AMOUNT[1]:
        voxel = abs(np.linalg.det(affine[:3, :3]))
        raise ValueError(
            f"{path} holds {volume:.4g} mL of {tissue} in voxels of {voxel:.4g} mm³, "
            f"the template {expected:.4g} mL: give the map with its affine, and with "
            "values relative to the voxel's volume, 1 where there is nothing else"
        )
    there = downsample(data, affine, brain.shape, grid)
    covered = known[there > SOME].sum() / known.sum()
    smooth_there, smooth_known = (
        scipy.ndimage.gaussian_filter(one, 1.0)[brain] for one in (there, known)
    )
    alike = np.corrcoef(smooth_there, smooth_known)[0, 1]
    if not (alike >= LEAST_ALIKE[tissue] and covered >= LEAST_COVERED):
        raise ValueError(
            f"{path} covers {covered:.0%} of the template's {tissue} (at least "
            f"{LEAST_COVERED:.0%} is expected) and has a correlation of {alike:.2f} "
            f"with it (at least {LEAST_ALIKE[tissue]:g}): {_middle(data, affine)}, of "
            f"the whole brain, and of {tissue}"
        )


def _template_tissue(tissue):
    """Return the template's probability of a tissue, its brain, and their affine."""
    step = (slice(None, None, STEP),) * 3
    images = {name: nib.load(template_path(name)) for name in ("T1", "GM", "WM")}
    values = {name: np.asarray(one.dataobj)[step] for name, one in images.items()}
    brain = scipy.ndimage.binary_fill_holes(values["T1"] > 0)
    known = {name: values[name] / 255 for name in ("GM", "WM")}
    known["CSF"] = np.clip(brain - known["GM"] - known["WM"], 0, 1)
    return known[tissue], brain, images["T1"].affine @ np.diag([STEP] * 3 + [1])


def _middle(data, affine):
    """Say where the middle of the tissue is, and what to do."""
    middle = affine[:3, :3] @ scipy.ndimage.center_of_mass(data) + affine[:3, 3]
    return (
        f"the middle of the tissue is at {_millimetres(middle)}. Give the map in MNI "
        "space, with its affine"
    )


def read_tissue(path, modulated):
    """Return a tissue map in MNI space as float32 (x, y, z), and its affine.

    Axes are turned near RAS+. NaN, which SPM writes outside of what it has normalised,
    becomes 0, and the log says how many there were.

    Parameters
    ----------
    path : str or Path
        The map.
    modulated : bool
        Whether it holds tissue per volume of the voxel, or a probability.

    Raises
    ------
    ValueError
        What `read_whole` refuses, not one volume of three dimensions, infinite or
        clearly negative values, values that are too high, or the same everywhere.
    """
    image = nib.as_closest_canonical(nib.squeeze_image(read_whole(path)[0]))
    if image.ndim != 3:
        raise ValueError(f"{path} should be one 3D volume, its shape is {image.shape}")
    data = image.get_fdata(dtype=np.float32)
    empty = np.isnan(data)
    if empty.all():
        raise ValueError(
            f"{path} is NaN (not a number) everywhere: make the map anew{OR_LEAVE_OUT}"
        )
    data[empty] = 0
    logging.info("%s: %d voxels are NaN, and count as no tissue", path, empty.sum())
    if not np.isfinite(data).all() or data.min() < -0.05 * data.max():
        raise ValueError(
            f"{path} should be a map of a tissue, 0 or more everywhere; it goes from "
            f"{data.min():.4g} to {data.max():.4g}: make the map anew{OR_LEAVE_OUT}"
        )
    if data.min() == data.max():
        said = "zero" if not data.any() else f"{data.max():.4g}"
        raise ValueError(
            f"{path} is {said} everywhere; a map of a tissue has more in some places "
            f"than in others: make the map anew{OR_LEAVE_OUT}"
        )
    if data.max() > HIGHEST[modulated]:
        raise ValueError(_too_high(path, data.max(), modulated))
    return np.maximum(data, 0), image.affine


def _millimetres(point):
    """Write a point, in whole mm."""
    return f"({', '.join(f'{value:.0f}' for value in point)}) mm"


def _too_high(path, highest, modulated):
    """Say what a map should hold instead of such high values, and what to do."""
    if modulated:
        return (
            f"{path} reaches {highest:.4g}: a modulated map holds tissue relative to "
            f"the voxel's volume, about 1 and below {HIGHEST[True]:g}: bring it to "
            "that scale"
        )
    return (
        f"{path} reaches {highest:.4g}, but the configuration has 'anat: modulate: "
        "false', for probabilities of 0 to 1: write true there if the map is "
        "modulated, or bring it to that scale"
    )


def regrid_tissue(data, affine, shape, target, fwhm=0.0):
    """Bring a tissue map that is in MNI space already to another grid of that space.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Tissue per voxel, relative to the voxel's volume: the same on any grid.
    affine, target : ndarray, shape (4, 4)
        Voxel to world of `data` and of the result.
    shape : sequence of int, length 3
        Shape of the result.
    fwhm : float
        Of a Gaussian that smooths the result, mm.

    Returns
    -------
    ndarray of float32, shape `shape`
        As it was where the grids agree; otherwise interpolated linearly, after the
        smoothing that a coarser grid needs.
    """
    if not same_grid((data.shape, affine), (shape, target)):
        data = downsample(data, affine, shape, target)
    return smooth(data, np.linalg.norm(target[:3, :3], axis=0), fwhm).astype(np.float32)
