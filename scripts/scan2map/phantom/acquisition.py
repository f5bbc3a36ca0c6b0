"""Image a head with a scanner: position, motion, distortion, bias field, noise."""

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from scan2map.images import MNI_CENTRE
from scan2map.phantom.randomness import rigid, smooth_field

TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Turns RAS+ world coordinates into DICOM's patient coordinates, and back."""

T1_SNR = 25.0
"""Signal to noise of the T1-weighted image where its intensity is 1."""

FIELD_OF_VIEW_MM = {"T1w": (246.0, 210.0, 198.0), "EPI": (204.0, 240.0, 180.0)}
"""Extent of the scans along columns, rows and slices."""

FIELD_OF_VIEW_CENTRE = (0.0, -18.0, 4.0)
"""Middle of the scans in world coordinates (RAS+ mm)."""

EPI_TILT_DEGREES = -8.0
"""Slices of EPI scans are tilted about x, as between the commissures."""

POSITION_DIFFERENCE = 0.15
"""Head position differs between T1w and diffusion by this share of its spread."""

POSITION_LIMITS = (12.0, 15.0)
"""Head position is clipped to ±this in mm and degrees, to stay in the field of view."""

BIAS_WIDTH_MM = 50.0
"""Smoothness of the bias field."""

DISTORTION_WIDTH_MM = 18.0
"""Smoothness of the EPI distortion."""


@dataclass
class Series:
    """Images of one DICOM series.

    Attributes
    ----------
    volumes : ndarray, shape (volume, column, row, slice)
        Magnitude; columns, rows and slices run as in the DICOM images.
    affine : ndarray, shape (4, 4)
        (column, row, slice) to world (RAS+ mm).
    b_values : ndarray, shape (volume,)
        s/mm²; zeros for a scan without diffusion weighting.
    directions : ndarray, shape (volume, 3)
        Diffusion gradients in the world frame (RAS+); 0 at b = 0.
    truth : dict
        What really happened: positions and motion.
    """

    volumes: np.ndarray
    affine: np.ndarray
    b_values: np.ndarray
    directions: np.ndarray
    truth: dict = field(default_factory=dict)


def gradient_directions(number):
    """Return unit vectors spread evenly over a half sphere (a golden spiral), (n, 3).

    Parameters
    ----------
    number : int
        At least 6, so that they determine a tensor.

    Raises
    ------
    ValueError
        Fewer than 6 directions.
    """
    if number < 6:
        raise ValueError(f"a tensor needs at least 6 directions, {number} were given")
    steps = np.arange(number)
    z = 1 - (steps + 0.5) / number
    angle = steps * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - z**2)
    return np.stack([ring * np.cos(angle), ring * np.sin(angle), z], axis=1)


def draw_position(phantom, rng, share=1.0):
    """Draw where a head lies: the matrix from head to scanner, RAS+ mm, (4, 4)."""
    shift = rng.standard_normal(3) * phantom["position_mm"] * share
    angles = rng.standard_normal(3) * phantom["position_degrees"] * share
    far, wide = POSITION_LIMITS
    return rigid(np.clip(shift, -far, far), np.clip(angles, -wide, wide), MNI_CENTRE)


def scan_t1w(head, position, phantom, rng):
    """Image a head with a sagittal T1-weighted sequence.

    Parameters
    ----------
    head : scan2map.phantom.head.Head
        From `build_head`.
    position : ndarray, shape (4, 4)
        Head to scanner.
    phantom : dict
        The configuration's ``phantom`` block; needs t1w_voxel_size, bias_field.
    rng : numpy.random.Generator
        Source of bias field and noise.

    Returns
    -------
    Series
        One volume; the brightest white matter is near 1.
    """
    voxel_size = phantom["t1w_voxel_size"]
    # Sagittal: columns run to the back, rows to the feet, slices to the right.
    axes = np.array([[0, -1, 0], [0, 0, -1], [1, 0, 0]], dtype=float).T
    affine, shape = scan_grid(FIELD_OF_VIEW_MM["T1w"], axes, voxel_size)
    blurred = blur(head.t1, head.affine[0, 0], voxel_size)
    image = sample_model(blurred, to_voxels(head, position, affine), shape)
    image = noisy(image * draw_bias(affine, shape, phantom, rng), 1 / T1_SNR, rng)
    return Series(image[None], affine, np.zeros(1), np.zeros((1, 3)))


def scan_dwi(head, position, phantom, rng):
    """Image a head with a diffusion-weighted EPI sequence.

    Parameters
    ----------
    head : scan2map.phantom.head.Head
        From `build_head`.
    position : ndarray, shape (4, 4)
        Head to scanner before it moves.
    phantom : dict
        The configuration's ``phantom`` block; needs dwi_voxel_size, directions,
        b0_volumes, b_value, snr, motion_mm, motion_degrees, bias_field,
        epi_distortion_mm.
    rng : numpy.random.Generator
        Source of motion, distortion, bias field and noise.

    Returns
    -------
    Series
        Tilted axial slices, phase encoding along the rows' axis; white matter at
        b = 0 is near 1. ``truth["motion"]`` holds a row per volume.
    """
    voxel_size = phantom["dwi_voxel_size"]
    affine, shape = epi_grid(voxel_size)
    b_values, directions = _scheme(phantom)
    motion = _draw_motion(phantom, len(b_values), rng)
    shift, density = draw_distortion(affine, shape, phantom, rng)
    bias = draw_bias(affine, shape, phantom, rng) * density
    volumes = []
    for b_value, direction, moved in zip(b_values, directions, motion, strict=True):
        pose = moved["matrix"] @ position
        signal = _weighted(head, b_value, pose[:3, :3].T @ direction)
        blurred = blur(signal, head.affine[0, 0], voxel_size)
        places = to_voxels(head, pose, affine)
        image = sample_model(blurred, places, shape, shift) * bias
        volumes.append(noisy(image, 1 / phantom["snr"], rng))
    for moved in motion:
        moved["matrix"] = moved["matrix"].tolist()
    return Series(np.stack(volumes), affine, b_values, directions, {"motion": motion})


def epi_grid(voxel_size):
    """Return affine and shape of tilted axial slices, as EPI scans take them."""
    tilt = rigid((0, 0, 0), (EPI_TILT_DEGREES, 0, 0), (0, 0, 0))[:3, :3]
    axes = tilt @ np.diag([-1.0, -1.0, 1.0])
    return scan_grid(FIELD_OF_VIEW_MM["EPI"], axes, voxel_size)


def scan_grid(extent, axes, voxel_size):
    """Return affine and shape of a scan; `axes` are its unit vectors as columns."""
    shape = [2 * round(length / voxel_size / 2) for length in extent]
    affine = np.eye(4)
    affine[:3, :3] = axes * voxel_size
    affine[:3, 3] = FIELD_OF_VIEW_CENTRE - affine[:3, :3] @ (np.array(shape) - 1) / 2
    return affine, tuple(shape)


def to_voxels(head, position, affine):
    """Return the matrix from the scan's voxels to the head model's voxels."""
    return np.linalg.inv(position @ head.affine) @ affine


def sample_model(image, matrix, shape, shift=None):
    """Sample a model at a scan's voxels; for the rest see `model_places`."""
    places = model_places(matrix, shape, shift)
    return map_coordinates(image, places, np.float32, order=1)


def model_places(matrix, shape, shift=None):
    """Return where in a model a scan's voxels are, float32, (3, *shape).

    `matrix` maps the scan's voxels, their rows shifted by `shift` voxels, to the
    model's: (4, 4), or (slices, 4, 4) where slices see the head in different places.
    """
    voxels = np.indices(shape, dtype=np.float32)
    if shift is not None:
        voxels[1] += shift
    turn, move = matrix[..., :3, :3].astype(np.float32), matrix[..., :3, 3]
    if matrix.ndim == 2:
        places = np.einsum("ij,jcrz->icrz", turn, voxels)
        places += move.astype(np.float32)[:, None, None, None]
    else:
        places = np.einsum("zij,jcrz->icrz", turn, voxels)
        places += move.astype(np.float32).T[:, None, None, :]
    return places


def blur(image, spacing, voxel_size):
    """Smooth a model so that a coarser scan does not alias."""
    excess = np.sqrt(max(voxel_size**2 - spacing**2, 0)) / spacing
    return gaussian_filter(image, 0.425 * excess, truncate=2.5) if excess else image


def _weighted(head, b_value, direction):
    """Return the model's signal for one diffusion gradient of the head frame."""
    if b_value == 0:
        return head.b0
    x, y, z = direction
    squares = np.array([x * x, 2 * x * y, 2 * x * z, y * y, 2 * y * z, z * z])
    inside = head.b0 > 0
    signal = np.zeros_like(head.b0)
    attenuation = head.tensors[inside] @ (-b_value * squares).astype(np.float32)
    signal[inside] = head.b0[inside] * np.exp(attenuation)
    return signal


def _scheme(phantom):
    """Return b-values and world directions: b = 0 first, then one volume each."""
    directions = np.zeros((phantom["b0_volumes"], 3))
    directions = np.vstack([directions, gradient_directions(phantom["directions"])])
    return phantom["b_value"] * directions.any(1).astype(float), directions


def _draw_motion(phantom, number, rng):
    """Return translation, rotation and matrix per volume; the first is at rest."""
    shifts = rng.standard_normal((number, 3)) * phantom["motion_mm"]
    angles = rng.standard_normal((number, 3)) * phantom["motion_degrees"]
    shifts[0] = angles[0] = 0
    return [
        {
            "translation_mm": shift.tolist(),
            "rotation_degrees": angle.tolist(),
            "matrix": rigid(shift, angle, MNI_CENTRE),
        }
        for shift, angle in zip(shifts, angles, strict=True)
    ]


def draw_distortion(affine, shape, phantom, rng):
    """Return the shift along rows in voxels and the change of density it makes."""
    voxel_size = np.linalg.norm(affine[:3, 1])
    sd = phantom["epi_distortion_mm"] / voxel_size
    shift = smooth_field(rng, sd, DISTORTION_WIDTH_MM).on_axes(scan_axes(affine, shape))
    return shift, 1 + np.gradient(shift, axis=1)


def draw_bias(affine, shape, phantom, rng):
    """Return a smooth factor around 1."""
    drawn = smooth_field(rng, phantom["bias_field"], BIAS_WIDTH_MM)
    return np.exp(drawn.on_axes(scan_axes(affine, shape)))


def scan_axes(affine, shape):
    """Return mm from the scan's middle along columns, rows and slices."""
    steps = np.linalg.norm(affine[:3, :3], axis=0)
    return [s * (np.arange(n) - (n - 1) / 2) for s, n in zip(steps, shape, strict=True)]


def noisy(image, sd, rng):
    """Return the magnitude of an image with complex Gaussian noise (Rician)."""
    real, imaginary = rng.standard_normal((2, *image.shape), dtype=np.float32)
    return np.hypot(image + np.float32(sd) * real, np.float32(sd) * imaginary)
