"""One session of the phantom study: anatomy, position, scans, and the truth."""

import numpy as np
from scipy.ndimage import binary_dilation, map_coordinates

from scan2map.phantom.acquisition import (
    POSITION_DIFFERENCE,
    draw_position,
    scan_dwi,
    scan_t1w,
)
from scan2map.phantom.anatomy import tissue_fractions
from scan2map.phantom.bold import scan_bold
from scan2map.phantom.head import build_head, head_to_template
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.randomness import stream
from scan2map.phantom.resting_state import draw_expression

TRUTH_MM = 1.0
"""True tissue of a voxel is the mean over parts of it that are at most this wide."""


def scan_session(template, phantom, row, participant_seed, seed, images=("T1w", "dwi")):
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
        Of anatomy and networks, the same for all sessions of a participant.
    seed : int
        Of the session: positions, motion, time courses, noise.
    images : collection of {"T1w", "dwi", "bold"}
        What is scanned; T1w always is. What one scan draws does not depend on others.

    Returns
    -------
    series : dict of str to scan2map.phantom.acquisition.Series
        T1w and what else was asked for.
    truth : dict
        What was simulated, ready for JSON: affected, size, effects; the head's
        matrix (head to scanner, RAS+ mm) in each scan as ``position_…``; with
        diffusion, ``motion`` per volume; with BOLD, ``motion_bold``, and each
        network's ``expression`` and ``time_courses`` in the middle of volumes.
    """
    participant = draw_participant(phantom, row, participant_seed)
    head = build_head(template, participant, model_spacing(phantom, images))
    positions = draw_positions(phantom, seed)
    series = {"T1w": scan_t1w(head, positions["T1w"], phantom, stream(seed, "T1w"))}
    if "dwi" in images:
        rng = stream(seed, "dwi")
        series["dwi"] = scan_dwi(head, positions["dwi"], phantom, rng)
    if "bold" in images:
        expression = draw_expression(
            phantom["bold"]["effects"],
            participant.affected,
            stream(participant_seed, "expression"),
        )
        rng = stream(seed, "bold")
        series["bold"] = scan_bold(
            head, positions["bold"], template, phantom, expression, rng
        )
    truth = {
        "affected": participant.affected,
        "head_size": participant.size,
        "effects": participant.expression,
        "frame": "RAS+ mm; matrices map the head's coordinates to the scanner's",
    }
    for name, scan in series.items():
        truth[f"position_{name}"] = np.round(positions[name], 9).tolist()
        truth |= scan.truth
    return series, truth


def true_tissues(template, phantom, row, participant_seed, seed, affine, shape):
    """Return what a session's head is made of where its T1w scan is taken.

    Parameters
    ----------
    template, phantom, row, participant_seed, seed
        As `scan_session` takes them.
    affine : ndarray, shape (4, 4)
        Voxel to the T1w scanner's world (RAS+ mm) of the wanted grid, any orientation.
    shape : sequence of int, length 3
        Its shape.

    Returns
    -------
    dict of str to ndarray of float32, shape (x, y, z)
        GM, WM, CSF: fractions of each voxel's volume. Their sum is 1 in the brain; the
        fluid between brain and skull is outside of it.
    """
    participant = draw_participant(phantom, row, participant_seed)
    in_template, head_affine = head_to_template(participant, 2.0)
    position = draw_positions(phantom, seed)["T1w"]
    to_head = np.linalg.inv(position @ head_affine) @ affine
    voxels = np.indices(shape, dtype=np.float32).reshape(3, -1)

    def fractions(voxels):
        places = to_head[:3, :3].astype(np.float32) @ voxels
        places += to_head[:3, 3:].astype(np.float32)
        # Beyond the head is a place beyond the template.
        points = [map_coordinates(axis, places, np.float32, order=1, cval=1e4)
                  for axis in in_template]  # fmt: skip
        return tissue_fractions(template, np.stack(points, axis=1))

    brain = sum(fractions(voxels).values()).reshape(shape) > 0
    near = binary_dilation(brain, iterations=2).ravel()
    tissues = {name: np.zeros(near.shape, np.float32) for name in ("GM", "WM", "CSF")}
    parts = np.ceil(np.linalg.norm(affine[:3, :3], axis=0) / TRUTH_MM).astype(int)
    for part in np.ndindex(*parts):
        offset = np.float32((np.array(part) + 0.5) / parts - 0.5)
        inside = fractions(voxels[:, near] + offset[:, None])
        for name, image in tissues.items():
            image[near] += inside[name] / np.float32(parts.prod())
    return {name: image.reshape(shape) for name, image in tissues.items()}


def draw_positions(phantom, seed):
    """Draw where the head lies in each scan of a session: head to scanner, (4, 4)."""
    rng = stream(seed, "position")
    dwi = draw_position(phantom, rng)
    t1w = dwi @ draw_position(phantom, rng, POSITION_DIFFERENCE)
    rng = stream(seed, "position_bold")
    bold = t1w @ draw_position(phantom, rng, POSITION_DIFFERENCE)
    return {"T1w": t1w, "dwi": dwi, "bold": bold}


def model_spacing(phantom, images):
    """Return the spacing of the head model in mm: 2, or 1 for scans finer than 2 mm."""
    sizes = {"T1w": phantom["t1w_voxel_size"], "dwi": phantom["dwi_voxel_size"]}
    if "bold" in images:
        sizes["bold"] = phantom["bold"]["voxel_size"]
    return 1.0 if min(sizes[name] for name in ("T1w", *images)) < 2 else 2.0
