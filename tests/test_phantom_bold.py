"""The phantom's BOLD: networks, motion, slice times, and what dcm2niix makes of it."""

import json
import subprocess

import dcm2niix
import nibabel as nib
import numpy as np
import pytest
from test_phantom import PHANTOM

from scan2map.func.realignment import realign
from scan2map.func.slice_timing import correct_slice_timing
from scan2map.images import MNI_CENTRE
from scan2map.motion import motion_of
from scan2map.phantom.acquisition import (
    draw_position,
    epi_grid,
    sample_model,
    to_voxels,
)
from scan2map.phantom.anatomy import read_template, tissue_fractions
from scan2map.phantom.bold import (
    SPIN_HISTORY,
    _draw_distortion,
    _spin_history,
    scan_bold,
)
from scan2map.phantom.dicom import session_header, write_bold
from scan2map.phantom.head import build_head
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.protocol import slice_times
from scan2map.phantom.randomness import rigid
from scan2map.phantom.resting_state import NETWORKS, draw_expression, network_maps
from scan2map.phantom.session import scan_session

ROW = {"participant_id": "P01", "session_id": "1", "group": "patient"}
TR = 2.0
BOLD = {
    "voxel_size": 6.0,
    "volumes": 60,
    "repetition_time": TR,
    "snr": 100.0,
    "percent": 3.0,
    "motion_mm": 0.1,
    "motion_degrees": 0.1,
    "effects": {},
}
SETTINGS = PHANTOM | {"bold": BOLD}


@pytest.fixture(scope="module")
def subject():
    template = read_template()
    participant = draw_participant(SETTINGS, ROW, 11)
    head = build_head(template, participant, 2.0)
    return template, head, draw_position(SETTINGS, np.random.default_rng(2))


def scan(subject, seed=3, **changes):
    template, head, position = subject
    rng = np.random.default_rng(seed)
    expression = draw_expression({}, True, rng)
    settings = SETTINGS | {"bold": BOLD | changes}
    return scan_bold(head, position, template, settings, expression, rng)


@pytest.fixture(scope="module")
def run(subject):
    return scan(subject)


def maps_on(subject, series):
    """Return the networks on the scan, as if nothing were distorted."""
    template, head, position = subject
    points = head.in_template[:, head.brain].T
    places = to_voxels(head, position, series.affine)
    on_scan = []
    for network in network_maps(points, tissue_fractions(template, points)["GM"]):
        model = np.zeros(head.brain.shape, dtype=np.float32)
        model[head.brain] = network
        on_scan.append(sample_model(model, places, series.volumes.shape[1:]))
    return np.array(on_scan)


def timed(series):
    """Return volumes last, shifted to the middle of each volume."""
    data = np.moveaxis(series.volumes, 0, -1)
    times = slice_times(data.shape[2], 1000 * TR) / 1000
    return correct_slice_timing(data, times, TR / 2, TR)


def test_networks_fluctuate_as_the_truth_says(subject):
    series = scan(subject, motion_mm=0.0, motion_degrees=0.0)
    maps, data = maps_on(subject, series), timed(series)
    for network, true in zip(maps, series.truth["time_courses"].values(), strict=True):
        core = data[network > 0.7 * network.max()]
        course = (core / core.mean(1, keepdims=True)).mean(0)
        both = np.column_stack([course, true])
        trends = np.vander(np.arange(len(course)), 3)
        both = both - trends @ np.linalg.lstsq(trends, both, rcond=None)[0]
        # Breath, pulsation and neighbouring networks remain.
        assert np.corrcoef(both.T)[0, 1] > 0.7


def test_slice_timing_brings_slices_together(subject):
    series = scan(subject, motion_mm=0.0, motion_degrees=0.0, snr=1000.0)
    network = maps_on(subject, series)[list(NETWORKS).index("sensorimotor")]
    true = series.truth["time_courses"]["sensorimotor"]
    data, shifted = np.moveaxis(series.volumes, 0, -1), timed(series)
    times = slice_times(data.shape[2], 1000 * TR)
    late = int(np.argmax(np.where((network > 0.5).any((0, 1)), times, 0)))
    core = network[:, :, late] > 0.5

    def agreement(volumes):
        change = np.diff(volumes[:, :, late][core].mean(0))
        return np.corrcoef(change, np.diff(true))[0, 1]

    assert agreement(shifted) > agreement(data)


def test_realignment_finds_the_motion(run):
    data = np.moveaxis(run.volumes, 0, -1)
    found = motion_of(realign(data, run.affine), np.array(MNI_CENTRE))
    true = np.array([row["translation_mm"] for row in run.truth["motion_bold"]])
    error = found[:, :3] - (true - true[0])
    assert true.std(0).min() > 0.1
    assert np.sqrt(np.square(error).mean()) < 0.06  # 6 mm voxels, distorted


def moved(series_affine, slices, along):
    """Poses of a head that moves by a millimetre before the second of three volumes."""
    step = series_affine[:3, along] / np.linalg.norm(series_affine[:3, along])
    poses = np.tile(np.eye(4), (3, slices, 1, 1))
    poses[1:] = rigid(step, (0, 0, 0), MNI_CENTRE)
    return poses


def test_motion_through_slices_costs_signal_once():
    affine, shape = epi_grid(4.0)
    loss = _spin_history(moved(affine, shape[2], 2), affine, shape)
    # A quarter of a slice is new.
    np.testing.assert_allclose(loss(1), SPIN_HISTORY / 4, rtol=1e-3)
    assert not loss(0).any() and not loss(2).any()


def test_motion_within_slices_costs_nothing():
    affine, shape = epi_grid(4.0)
    loss = _spin_history(moved(affine, shape[2], 0), affine, shape)
    np.testing.assert_allclose(loss(1), 0, atol=1e-5)


def test_a_tilt_changes_the_distortion():
    affine, shape = epi_grid(8.0)
    motion = np.zeros((3, shape[2], 6))
    motion[1, :, 3], motion[2, :, 5] = 2.0, 2.0
    rng = np.random.default_rng(1)
    shift = _draw_distortion(affine, shape, SETTINGS, motion, rng)
    change = 8.0 * (shift(1) - shift(0))
    assert 0.2 < change.std() < 0.8  # 0.15 of 1.5 mm per degree
    np.testing.assert_array_equal(shift(2), shift(0))


FEW = SETTINGS | {"bold": BOLD | {"volumes": 6, "effects": {"salience": 0.5}}}


def session(subject, images, group="patient", seed=5):
    row = ROW | {"group": group}
    return scan_session(
        subject[0], FEW, row, participant_seed=3, seed=seed, images=images
    )


def test_a_scan_does_not_depend_on_what_else_is_scanned(subject):
    everything, truth = session(subject, ["T1w", "dwi", "bold"])
    for images in (["T1w", "dwi"], ["T1w", "bold"]):
        series, told = session(subject, images)
        assert list(series) == images
        for name, scan in series.items():
            np.testing.assert_array_equal(scan.volumes, everything[name].volumes)
        assert told.items() <= truth.items()


def test_expression_belongs_to_the_participant_and_time_courses_to_the_session(subject):
    (_, first), (_, second) = (
        session(subject, ["T1w", "bold"], seed=seed) for seed in (1, 2)
    )
    assert first["expression"] == second["expression"]
    assert first["time_courses"] != second["time_courses"]
    away = np.array(first["position_bold"]) - np.array(first["position_T1w"])
    assert 0 < np.abs(away[:3, 3]).max() < 5


def test_the_planted_effect_is_that_of_the_affected_group(subject):
    (_, control), (_, patient) = (
        session(subject, ["T1w", "bold"], group) for group in ("control", "patient")
    )
    ratio = {
        name: patient["expression"][name] / control["expression"][name]
        for name in NETWORKS
    }
    assert ratio.pop("salience") == pytest.approx(1.5)
    assert set(ratio.values()) == {1.0}
    assert len(json.dumps(patient)) < 20_000


def test_the_same_seed_gives_the_same_bytes(subject, run):
    assert scan(subject).volumes.tobytes() == run.volumes.tobytes()
    assert scan(subject, seed=4).volumes.tobytes() != run.volumes.tobytes()


def test_dcm2niix_reads_a_scanners_bold(run, tmp_path):
    folder = tmp_path / "dicom"
    folder.mkdir()
    write_bold(run, session_header(ROW, 5), folder, TR)
    command = [dcm2niix.bin, *"-b y -ba y -z i -f %d -o".split(), tmp_path, folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    image = nib.load(tmp_path / "BOLD_rest.nii.gz")
    sidecar = json.loads((tmp_path / "BOLD_rest.json").read_text())
    assert image.shape[3] == 60 and image.header.get_zooms()[3] == TR
    assert sidecar["RepetitionTime"] == TR and sidecar["EchoTime"] == 0.03
    assert sidecar["BidsGuess"][0] == "func"
    assert sidecar["BidsGuess"][1].endswith("_bold")
    times = slice_times(image.shape[2], 1000 * TR) / 1000
    np.testing.assert_allclose(sidecar["SliceTiming"], times, atol=1e-3)
    turn = np.linalg.inv(run.affine) @ image.affine
    assert np.allclose(np.abs(turn[:3, :3]).round(6), np.eye(3), atol=1e-3)
    data = image.get_fdata()
    ours = np.moveaxis(run.volumes, 0, -1)
    for axis in range(3):
        if turn[axis, axis] < 0:
            ours = np.flip(ours, axis)
    np.testing.assert_allclose(data, np.clip(ours * 700, 0, 4095), atol=0.51)
