"""The phantom's anatomy in MNI space: template tissues, tensors, where effects are."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from scan2map.nifti import nib
from scan2map.phantom.effects import effect_factors
from scan2map.phantom.fibres import ANISOTROPY, fibre_populations, radial_directions
from scan2map.phantom.regions import region_weight
from scan2map.template import template_path

DIFFUSIVITY = {"WM": 0.75e-3, "GM": 0.85e-3, "CSF": 3.0e-3}
"""Mean diffusivity of pure tissue in mm²/s."""

GREY_ANISOTROPY = 0.058
"""Anisotropy of grey matter, pointing to the surface, as in `fibres.ANISOTROPY`: FA
0.1."""


@dataclass
class Template:
    """MNI template images.

    Attributes
    ----------
    images : dict of str to ndarray of uint8, shape (197, 233, 189)
        T1, GM, WM; 0 to 255.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm).
    """

    images: dict
    affine: np.ndarray

    def sample(self, name, points):
        """Return one image at world coordinates (n, 3), linearly, scaled to 0..1."""
        voxels = (points - self.affine[:3, 3].astype(np.float32)).T
        voxels /= np.diag(self.affine)[:3, None].astype(np.float32)
        values = map_coordinates(
            self.images[name], voxels, np.float32, order=1, mode="constant"
        )
        return values / 255


def read_template():
    """Read the templates that ship inside nilearn.

    Returns
    -------
    Template
    """
    loaded = {name: nib.load(template_path(name)) for name in ("T1", "GM", "WM")}
    images = {name: np.asanyarray(image.dataobj) for name, image in loaded.items()}
    return Template(images, loaded["T1"].affine)


def tissue_fractions(template, points):
    """Return the fractions of white matter, grey matter and CSF inside the brain.

    CSF is what the template's brain holds besides white and grey matter.

    Parameters
    ----------
    template : Template
        From `read_template`.
    points : ndarray, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).

    Returns
    -------
    dict of str to ndarray, shape (n,)
        WM, GM, CSF; they sum to 1 in the brain and to 0 outside.
    """
    white, grey = template.sample("WM", points), template.sample("GM", points)
    tissue = np.maximum(white + grey, 1e-6)
    brain = np.maximum(tissue > 0.3, template.sample("T1", points) > 0.05)
    excess = np.maximum(tissue, 1)
    white, grey = brain * white / excess, brain * grey / excess
    return {"WM": white, "GM": grey, "CSF": np.clip(brain - white - grey, 0, 1)}


def tissue_tensors(points, fractions, participant, spread=None):
    """Return a participant's diffusion tensors.

    Each fibre population keeps its own direction where the anatomy is deformed: its
    vector is carried along by the local affine part of the deformation. Where one
    population is alone this is the preservation of principal direction.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 3)
        World coordinates in MNI space (RAS+ mm).
    fractions : dict of str to ndarray, shape (n,)
        From `tissue_fractions`.
    participant : scan2map.phantom.participant.Participant
        Variation between participants and planted effects.
    spread : ndarray, shape (n, 3, 3), optional
        Turns a direction in MNI space into one of the participant's head; its length
        does not matter. Without it, tensors stay in MNI space.

    Returns
    -------
    ndarray of float32, shape (n, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s, positive definite in the brain.
    """
    white = fractions["WM"] * DIFFUSIVITY["WM"]
    grey = fractions["GM"] * DIFFUSIVITY["GM"]
    mean_factor, anisotropy_factor = effect_factors(points, participant.expression)
    mean_variation, anisotropy_variation = participant.variation(points)
    mean = (white + grey) * mean_factor * mean_variation
    mean += fractions["CSF"] * DIFFUSIVITY["CSF"]
    amount = grey * GREY_ANISOTROPY
    deviator = _deviator(radial_directions(points), amount, spread)
    directions, shares = fibre_populations(points)
    for name, share in shares.items():
        part = white * ANISOTROPY[name] * share
        deviator += _deviator(directions[name], part, spread)
        amount = amount + part
    change = anisotropy_factor * anisotropy_variation
    # The smallest eigenvalue is at least mean - amount * change: keep that positive.
    change = np.minimum(change, 0.95 * mean / np.maximum(amount, 1e-12))
    tensors = deviator * change[:, None]
    tensors[:, [0, 3, 5]] += mean[:, None]
    return tensors.astype(np.float32)


def _deviator(directions, amount, spread):
    """Return 3 amount (v vᵀ - I / 3) as six components."""
    if spread is not None:
        directions = np.einsum("nij,nj->ni", spread, directions)
        directions /= np.maximum(np.linalg.norm(directions, axis=1)[:, None], 1e-12)
    pairs = directions[:, [0, 0, 0, 1, 1, 2]] * directions[:, [0, 1, 2, 1, 2, 2]]
    pairs[:, [0, 3, 5]] -= np.float32(1 / 3)
    return (3 * amount)[:, None] * pairs


def simulate_tensor(template, participant, affine, shape):
    """Return a participant's true tensors in MNI space, without a scan.

    What a perfect acquisition, registration and fit would give: the participant's
    own variation and planted effects on the undeformed template.

    Parameters
    ----------
    template : Template
        From `read_template`.
    participant : scan2map.phantom.participant.Participant
        From `draw_participant`.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the wanted grid.
    shape : sequence of int, length 3
        Its shape.

    Returns
    -------
    ndarray of float32, shape (x, y, z, 6)
        Dxx, Dxy, Dxz, Dyy, Dyz, Dzz in mm²/s, world frame; 0 outside the brain.
    """
    points = grid_points(affine, shape)
    fractions = tissue_fractions(template, points)
    brain = sum(fractions.values()) > 0.5
    tensors = np.zeros((len(points), 6), dtype=np.float32)
    inside = {name: values[brain] for name, values in fractions.items()}
    tensors[brain] = tissue_tensors(points[brain], inside, participant)
    return tensors.reshape(*shape, 6)


def effect_mask(template, effect, affine, shape):
    """Return where an effect is planted: in its regions, in white and grey matter.

    Parameters
    ----------
    template : Template
        From `read_template`.
    effect : dict
        One entry of the configuration's ``phantom: effects``.
    affine : ndarray, shape (4, 4)
        Voxel to world (RAS+ mm) of the wanted grid.
    shape : sequence of int, length 3
        Its shape.

    Returns
    -------
    ndarray of bool, shape (x, y, z)
    """
    points = grid_points(affine, shape)
    fractions = tissue_fractions(template, points)
    regions = effect["regions"].values()
    weight = np.max([region_weight(points, region) for region in regions], axis=0)
    mask = (weight > 0.5) & (fractions["WM"] + fractions["GM"] > 0.5)
    return mask.reshape(shape)


def grid_points(affine, shape):
    """Return the world coordinates of a grid's voxels, float32, shape (n, 3)."""
    indices = np.indices(shape, dtype=np.float32).reshape(3, -1)
    points = affine[:3, :3].astype(np.float32) @ indices
    return np.ascontiguousarray((points + affine[:3, 3:].astype(np.float32)).T)
