"""T1w images: denoise, even out the receive field, meet in MNI."""

import os
import tempfile

import numpy as np
from scipy.ndimage import binary_fill_holes

from scan2map.ants_bridge import import_ants, to_ants, use_ants
from scan2map.images import downsample
from scan2map.nifti import nib
from scan2map.t1w_values import check_contrast
from scan2map.template import template_path
from scan2map.transforms import read_field

LEAST_OVERLAP = 0.8
"""Dice coefficient of brain and template below which a registration has failed."""

TRANSFORMS = {
    "syn": {"type_of_transform": "SyN"},
    "syn-cc": {
        "type_of_transform": "SyN",
        "syn_metric": "CC",
        "syn_sampling": 2,
        "reg_iterations": (100, 50, 0),
    },
    "affine": {"type_of_transform": "Affine"},
}
"""The configuration's names, and what ANTsPy is told: both compare at a quarter and
half of the resolution, `syn` mutual information, `syn-cc` the correlation within cubes
of 5 voxels, so that Jacobian determinants hold about twice as much of a local change of
volume; it follows the cortex better, too, and takes two to three times as long."""

INVERSE_VOXEL = 4.0
"""Voxel size (mm), about, of the field that brings the template to a T1w image: SyN's
deformations are smoother."""

FIELD_VOXEL = 8.0
"""Voxel size (mm), about, at which the smooth receive field is estimated."""


def read_t1w(path):
    """Return a T1w image as float32 array (x, y, z), axes near RAS+, and its affine.

    Raises
    ------
    ValueError
        Not one volume of three dimensions, or what `check_contrast` raises.
    """
    image = nib.as_closest_canonical(nib.squeeze_image(nib.load(path)))
    if image.ndim != 3:
        raise ValueError(f"{path} should be one 3D volume, its shape is {image.shape}")
    data = image.get_fdata(dtype=np.float32)
    check_contrast(data, path)
    return np.maximum(data, 0), image.affine


def scale_template(data, affine, resolution):
    """Return the template at another resolution.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Skull-stripped T1w template; 0 outside the brain.
    affine : ndarray, shape (4, 4)
        Voxel to world, RAS-aligned.
    resolution : float
        Voxel size wanted, in mm; not finer than the template's own.

    Returns
    -------
    t1w : ndarray, shape (i, j, k)
    brain_mask : ndarray of bool, shape (i, j, k)
    affine : ndarray, shape (4, 4)
        Of both; the middle of the grid stays where it was.
    """
    voxel = affine[0, 0]
    shape = np.ceil(np.array(data.shape) * voxel / resolution).astype(int)
    middle = affine[:3, 3] + voxel * (np.array(data.shape) - 1) / 2
    target = np.diag([resolution, resolution, resolution, 1.0])
    target[:3, 3] = middle - resolution * (shape - 1) / 2
    t1w = downsample(data, affine, shape, target)
    return t1w, mask_on_grid(data, affine, shape, target), target


def mask_on_grid(data, affine, shape, target):
    """Return the brain mask (bool) of a skull-stripped template on another grid.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        0 outside the brain.
    affine, target : ndarray, shape (4, 4)
        Voxel to world of `data` and of the result.
    shape : sequence of int, length 3
        Shape of the result.
    """
    brain = binary_fill_holes(data > 0)
    return downsample(brain, affine, shape, target) >= 0.5


def template_grey_matter(shape, affine):
    """Return the MNI template's probability of grey matter, 0 to 1, on a grid."""
    template = nib.load(template_path("GM"))
    probability = template.get_fdata(dtype=np.float32) / 255
    return downsample(probability, template.affine, shape, affine)


def denoise(data, threads=1):
    """Denoise by blockwise non-local means, with Rician noise estimated from the image.

    DIPY's implementation of Coupé et al. 2008 (doi 10.1109/TMI.2007.906087).

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        Magnitude image.
    threads : int
        Threads to use.

    Returns
    -------
    ndarray of float32, shape (x, y, z)
    """
    from dipy.denoise.nlmeans import nlmeans
    from dipy.denoise.noise_estimate import estimate_sigma

    sigma = float(estimate_sigma(data)[0])
    if not sigma > 0:
        return data.astype(np.float32)
    smooth = nlmeans(data, sigma, num_threads=threads, rician=True)
    return smooth.astype(np.float32)


def correct_bias(data, mask, affine, weight=None):
    """Even out the receive field with N4 (Tustison et al. 2010).

    doi 10.1109/TMI.2010.2046908, ANTs' implementation; the field is estimated inside
    the brain mask and applied everywhere.

    Parameters
    ----------
    data : ndarray, shape (x, y, z)
        T1w image of the whole head.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    weight : ndarray, shape (x, y, z), optional
        How much a voxel of the mask counts, 0 to 1; by default all count alike.

    Returns
    -------
    ndarray of float32, shape (x, y, z)
        0 where `data` is 0.
    """
    ants = use_ants(0)
    head = to_ants(data, affine)
    even = ants.n4_bias_field_correction(
        head,
        mask=to_ants(mask, affine),
        weight_mask=None if weight is None else to_ants(weight, affine),
        shrink_factor=int(np.clip(round(FIELD_VOXEL / min(head.spacing)), 2, 4)),
    )
    return np.maximum(even.numpy(), 0) * (data > 0)


def warp_to_template(brain, template, grid, method="syn", seed=0):
    """Register a brain to the template, and the template to the brain.

    Parameters
    ----------
    brain : tuple of ndarray (x, y, z) and ndarray (4, 4)
        Bias-corrected T1w image, 0 outside the brain; voxel to world.
    template : tuple of ndarray (i, j, k) and ndarray (4, 4)
        Skull-stripped T1w template; voxel to world.
    grid : tuple of sequence of int (3) and ndarray (4, 4)
        Shape and voxel to world of the field in the template's space.
    method : {"syn", "syn-cc", "affine"}
        All but ``affine`` deform after the affine registration (Avants et al. 2008,
        doi 10.1016/j.media.2007.06.004); see `TRANSFORMS`.
    seed : int
        Seed of ANTs.

    Returns
    -------
    field : ndarray, shape (*grid, 3)
        Displacements in RAS+ mm from points of the template's space to points of the
        T1w image: pulls the T1w image to the template.
    inverse : ndarray, shape (i, j, k, 3)
        From points of the T1w image to those of the template.
    inverse_affine : ndarray, shape (4, 4)
        Voxel to world of the inverse's grid, which covers the T1w image.

    Raises
    ------
    ValueError
        `method` is unknown.
    """
    if method not in TRANSFORMS:
        raise ValueError(
            f"anat: registration should be one of {', '.join(TRANSFORMS)}, got "
            f"'{method}'"
        )
    ants = use_ants(seed)
    fixed, moving = to_ants(*template), to_ants(*brain)
    with tempfile.TemporaryDirectory() as folder:
        found = ants.registration(
            fixed,
            moving,
            outprefix=os.path.join(folder, "to_brain_"),
            **TRANSFORMS[method],
        )
        back = _inverse_grid(*brain)
        field = _one_field(grid, found["fwdtransforms"], folder)
        inverse = _one_field(back, found["invtransforms"], folder, backwards=True)
    return field, inverse, back[1]


def _inverse_grid(data, affine):
    """Return shape and affine of a grid of about `INVERSE_VOXEL` over an image."""
    step = np.maximum(INVERSE_VOXEL / np.linalg.norm(affine[:3, :3], axis=0), 1)
    coarse = affine.copy()
    coarse[:3, :3] *= step
    return tuple(np.ceil((np.array(data.shape) - 1) / step).astype(int) + 1), coarse


def _one_field(grid, transforms, folder, backwards=False):
    """Return a chain of ANTs' transforms as displacements on a grid."""
    image = to_ants(np.zeros(grid[0]), grid[1])
    path = import_ants().apply_transforms(
        image,
        image,
        transforms,
        whichtoinvert=[backwards and path.endswith(".mat") for path in transforms],
        compose=os.path.join(folder, "composite_"),
    )
    return read_field(path)[0]


def check_overlap(brain, template):
    """Check that a registered brain lies where the template's does.

    Parameters
    ----------
    brain, template : ndarray of bool, shape (x, y, z)
        Masks on the same grid.

    Returns
    -------
    float
        Dice coefficient.

    Raises
    ------
    ValueError
        It is below `LEAST_OVERLAP`.
    """
    dice = 2 * (brain & template).sum() / (brain.sum() + template.sum())
    if not dice >= LEAST_OVERLAP:
        raise ValueError(
            f"the T1w image's brain mask overlaps the template's by {dice:.2f} (Dice) "
            f"after registration, at least {LEAST_OVERLAP} is expected: the "
            "registration failed. Look at the preprocessed T1w image and its brain "
            "mask; try the other 'anat: brain_mask' (robex, template) or exclude the "
            "session"
        )
    return dice
