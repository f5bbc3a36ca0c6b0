"""One session of the phantom study: anatomy, position, scans, and the truth."""

import numpy as np

from scan2map.phantom.acquisition import (
    POSITION_DIFFERENCE,
    draw_position,
    scan_dwi,
    scan_t1w,
)
from scan2map.phantom.head import build_head
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.randomness import stream


def scan_session(template, phantom, row, participant_seed, seed):
    """Scan a phantom participant once.

    Parameters
    ----------
    template : scan2map.phantom.anatomy.Template
        From `read_template`.
    phantom : dict
        The configuration's ``phantom`` block.
    row : dict
        The session's row of the cohort table; needs group.
    participant_seed : int
        Of the anatomy, the same for all sessions of a participant.
    seed : int
        Of the session: positions, motion, noise.

    Returns
    -------
    series : dict of str to scan2map.phantom.acquisition.Series
        T1w and dwi.
    truth : dict
        What was simulated, ready for JSON: affected, size, effects; the head's
        matrix (head to scanner, RAS+ mm) in both scans; motion per diffusion volume.
    """
    participant = draw_participant(phantom, row, participant_seed)
    head = build_head(template, participant, model_spacing(phantom))
    position_rng = stream(seed, "position")
    dwi_position = draw_position(phantom, position_rng)
    t1w_position = dwi_position @ draw_position(
        phantom, position_rng, POSITION_DIFFERENCE
    )
    series = {
        "T1w": scan_t1w(head, t1w_position, phantom, stream(seed, "T1w")),
        "dwi": scan_dwi(head, dwi_position, phantom, stream(seed, "dwi")),
    }
    truth = {
        "affected": participant.affected,
        "head_size": participant.size,
        "effects": participant.expression,
        "frame": "RAS+ mm; matrices map the head's coordinates to the scanner's",
        "position_T1w": np.round(t1w_position, 9).tolist(),
        "position_dwi": np.round(dwi_position, 9).tolist(),
        "motion": series["dwi"].truth["motion"],
    }
    return series, truth


def model_spacing(phantom):
    """Return the spacing of the head model in mm: 2, or 1 for scans finer than 2 mm."""
    return 1.0 if min(phantom["t1w_voxel_size"], phantom["dwi_voxel_size"]) < 2 else 2.0
