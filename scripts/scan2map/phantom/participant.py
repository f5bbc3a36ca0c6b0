"""What makes one phantom participant differ from another."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from scan2map.phantom.effects import express
from scan2map.phantom.randomness import FIELD_EXTENT, SmoothField, smooth_field, stream

MEAN_VARIATION = 0.03
"""Between participants: standard deviation of the mean diffusivity, relative, once
for the whole brain and once locally."""

ANISOTROPY_VARIATION = 0.05
"""The same for the anisotropy."""

VARIATION_WIDTH_MM = 12.0
"""Smoothness of the local variation (width of the bumps it is made of)."""

DEFORMATION_WIDTH_MM = 20.0
"""Smoothness of the deformation: with a standard deviation of 3 mm its gradient has
one of 0.1, so the anatomy does not fold."""

HEAD_SIZE_VARIATION = 0.03
"""Standard deviation of the head's size, relative."""

LATTICE_MM = 4.0
"""Spacing at which the local variation is tabulated."""


@dataclass
class Participant:
    """One phantom participant, the same in all sessions.

    Attributes
    ----------
    affected : bool
        Whether the participant is of the affected group.
    size : float
        Size of the head relative to the template.
    deformation : list of three SmoothField
        Displacement in mm along x, y, z, from head to template.
    level : tuple of two float
        Factors on mean diffusivity and anisotropy in the whole brain.
    local : list of two ndarray
        Relative local variation of mean diffusivity and anisotropy, tabulated in MNI
        space every `LATTICE_MM` from the corner of `FIELD_EXTENT`.
    expression : list of dict
        What each planted effect does (`scan2map.phantom.effects.express`).
    """

    affected: bool
    size: float
    deformation: list[SmoothField]
    level: tuple[float, float]
    local: list[np.ndarray]
    expression: list[dict]

    def variation(self, points):
        """Return the factors on mean diffusivity and anisotropy at points (n, 3)."""
        corner = np.array([low for low, _ in FIELD_EXTENT], dtype=np.float32)
        lattice = ((points - corner) / np.float32(LATTICE_MM)).T
        return [
            level * (1 + map_coordinates(local, lattice, np.float32, order=1))
            for level, local in zip(self.level, self.local, strict=True)
        ]


def draw_participant(phantom, row, participant_seed):
    """Draw one participant.

    Parameters
    ----------
    phantom : dict
        The configuration's ``phantom`` block; needs groups, deformation_mm, effects.
    row : dict
        The participant's row of the cohort table; needs group.
    participant_seed : int
        The same for all sessions of a participant.

    Returns
    -------
    Participant

    Raises
    ------
    ValueError
        The row's group is none of the configuration's two.
    """
    groups = list(phantom["groups"])
    if row["group"] not in groups:
        raise ValueError(
            f"participant {row.get('participant_id')} is of the group "
            f"{row['group']!r}, the phantom knows {' and '.join(groups)}"
        )
    affected = row["group"] != groups[0]
    rng = stream(participant_seed, "anatomy")
    deviation = np.clip(rng.standard_normal(3), -3, 3)
    sizes = np.array([MEAN_VARIATION, ANISOTROPY_VARIATION])
    shape_rng = stream(participant_seed, "deformation")
    return Participant(
        affected=affected,
        size=float(1 + HEAD_SIZE_VARIATION * deviation[0]),
        deformation=[
            smooth_field(shape_rng, phantom["deformation_mm"], DEFORMATION_WIDTH_MM)
            for _ in range(3)
        ],
        level=tuple(float(f) for f in 1 + sizes * deviation[1:]),
        local=[_tabulate(smooth_field(rng, s, VARIATION_WIDTH_MM)) for s in sizes],
        expression=[
            express(effect, affected, stream(participant_seed, effect["name"]))
            for effect in phantom["effects"]
        ],
    )


def _tabulate(field):
    return field.on_axes([np.arange(a, b, LATTICE_MM) for a, b in FIELD_EXTENT])
