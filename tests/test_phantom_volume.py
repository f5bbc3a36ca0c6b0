"""Planted changes of volume: how the anatomy is deformed, and what scans show of it."""

import numpy as np
import pytest
from test_phantom import LOCAL, PHANTOM

from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.phantom.anatomy import (
    effect_mask,
    grid_points,
    read_template,
    tissue_fractions,
)
from scan2map.phantom.effects import express
from scan2map.phantom.head import build_head, head_to_template
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.session import scan_session, true_tissues
from scan2map.phantom.volume import SHELL, carry_radii

CENTRE, RADIUS = np.array([26.0, -20, 28]), 12
GROWN = {
    "name": "grown",
    "kind": "volume",
    "regions": {"right_corona_radiata": {"centre": [26, -20, 28], "radius": RADIUS}},
    "change": 0.25,
}
SHRUNK = GROWN | {"change": -0.2}
QUIET = PHANTOM | {
    "t1w_voxel_size": 4.0,
    "bias_field": 0.0,
    "position_mm": 0.0,
    "position_degrees": 0.0,
}


@pytest.fixture(scope="module")
def template():
    return read_template()


def participant(group, *effects):
    return draw_participant(PHANTOM | {"effects": list(effects)}, {"group": group}, 5)


def places(group, *effects, spacing=1.5):
    return head_to_template(participant(group, *effects), spacing)[0]


def determinant(in_template, spacing=1.5):
    steps = [np.gradient(axis, spacing) for axis in in_template]
    return np.linalg.det(np.moveaxis(np.array(steps), (0, 1), (-2, -1)))


def from_centre(in_template):
    return np.linalg.norm(in_template - CENTRE.reshape(3, 1, 1, 1), axis=0)


@pytest.mark.parametrize("effect", [GROWN, SHRUNK], ids=["larger", "smaller"])
def test_anatomy_grows_by_the_change_inside_and_gives_way_in_a_shell(effect):
    before, after = places("control", effect), places("patient", effect)
    # The head's own deformation is the same: what is left is the planted one.
    change = determinant(before) / determinant(after)
    distance = from_centre(after)
    # Four mm from the edge its softness leaves 2 % of the change.
    inside = change[distance < RADIUS - 4]
    np.testing.assert_allclose(np.median(inside), 1 + effect["change"], rtol=0.01)
    np.testing.assert_allclose(inside, 1 + effect["change"], rtol=0.03)
    shell = change[(distance > RADIUS + 4) & (distance < SHELL * RADIUS - 4)]
    np.testing.assert_allclose(shell, 1 - effect["change"] / 7, rtol=0.02)


@pytest.mark.parametrize("effect", [GROWN, SHRUNK], ids=["larger", "smaller"])
def test_far_anatomy_stays_and_nothing_folds(effect):
    before, after = places("control", effect), places("patient", effect)
    far = from_centre(before) > SHELL * RADIUS + 6
    np.testing.assert_array_equal(after[:, far], before[:, far])
    assert determinant(after).min() > 0
    assert np.abs(after - before).max() < 1.5


def test_a_region_of_the_simulated_head_has_the_planted_volume(template):
    volumes = []
    for group in ("control", "patient"):
        head = build_head(template, participant(group, GROWN), 2.0)
        volumes.append((from_centre(head.in_template) < RADIUS - 3)[head.brain].sum())
    # Some 380 voxels of 2 mm in it: their count is right to about 2 %.
    np.testing.assert_allclose(volumes[1] / volumes[0], 1.25, rtol=0.03)


def test_all_scans_of_a_person_show_the_same_anatomy(template):
    affected, spared = (
        build_head(template, participant(group, GROWN), 3.0)
        for group in ("patient", "control")
    )
    near = from_centre(spared.in_template) < SHELL * RADIUS + 6
    for image in ("t1", "b0", "tensors"):
        differs = getattr(affected, image) != getattr(spared, image)
        differs = differs.any(-1) if differs.ndim == 4 else differs
        assert differs[near].any()
        # Beyond the reach tensors' directions feel it for one voxel, in a gradient.
        assert not differs[from_centre(spared.in_template) > SHELL * RADIUS + 12].any()


def test_a_change_of_zero_gives_the_bytes_of_no_effect(template):
    zero = PHANTOM | {"effects": [GROWN | {"change": 0.0}]}
    scans = [
        scan_session(template, phantom, {"group": "patient"}, 3, seed=1)[0]
        for phantom in (zero, PHANTOM | {"effects": []})
    ]
    for name in ("T1w", "dwi"):
        assert scans[0][name].volumes.tobytes() == scans[1][name].volumes.tobytes()


def test_the_truth_says_what_was_planted():
    drawn = express(GROWN, True, np.random.default_rng(0))
    region = drawn["regions"]["right_corona_radiata"]
    assert region["volume_change"] == 0.25 and region["md_change"] == 0
    local = express(LOCAL, True, np.random.default_rng(0))
    assert local["regions"]["right_corona_radiata"]["volume_change"] == 0


def test_its_mask_is_its_region_in_tissue(template):
    affine = analysis_grid(MNI_CENTRE, (36, 44, 36), 4.5)
    mask = effect_mask(template, GROWN, affine, (36, 44, 36))
    volume = mask.sum() * 4.5**3
    # A ball of 80 voxels, nearly all of it tissue.
    np.testing.assert_allclose(volume, 4 / 3 * np.pi * RADIUS**3, rtol=0.15)


@pytest.mark.parametrize("change", [-1.5, 8.0])
def test_a_change_that_folds_is_refused(change):
    with pytest.raises(ValueError, match="effect grown changes the volume of region"):
        express(GROWN | {"change": change}, False, np.random.default_rng(0))


def test_radii_rise_and_end_where_they_began():
    for radius in (3, 12, 30):
        before, after = carry_radii(radius, 1.0)
        assert (np.diff(after) > 0).all()
        np.testing.assert_allclose(after[-1], before[-1], rtol=1e-9)


def test_true_tissues_lie_where_the_t1w_scan_shows_them(template):
    row = {"group": "patient"}
    moved = QUIET | {"position_mm": 5.0, "position_degrees": 4.0}
    t1w = scan_session(template, moved, row, 3, seed=1, images=())[0]["T1w"]
    image, affine = t1w.volumes[0], t1w.affine
    tissues = true_tissues(template, moved, row, 3, 1, affine, image.shape)
    brain = sum(tissues.values())
    np.testing.assert_allclose(brain[brain > 0.99], 1, atol=1e-3)
    inside = brain > 0.99
    model = np.stack([part[inside] for part in tissues.values()], axis=1)
    fit = model @ np.linalg.lstsq(model, image[inside])[0]
    # Deep grey matter is brighter than cortex, so a sum of three is not all of it.
    assert np.corrcoef(fit, image[inside])[0, 1] > 0.9
    shifted = np.roll(image, 1, axis=0)[inside]
    assert np.corrcoef(fit, shifted)[0, 1] < 0.8


def test_true_tissues_hold_the_planted_volume(template):
    still = QUIET | {"deformation_mm": 0.0, "effects": [GROWN]}
    grid = analysis_grid(MNI_CENTRE, (66, 80, 66), 3.0), (66, 80, 66)
    white = []
    for group in ("control", "patient"):
        tissues = true_tissues(template, still, {"group": group}, 3, 1, *grid)
        white.append(27 * tissues["WM"].sum(dtype=float))
    points = grid_points(analysis_grid(CENTRE, (64, 64, 64), 1.0), (64, 64, 64))
    before, after = carry_radii(RADIUS, 0.25)
    distance = np.linalg.norm(points - CENTRE, axis=1)
    grown = np.interp(distance, before[1:], np.diff(after**3) / np.diff(before**3))
    expected = tissue_fractions(template, points)["WM"] @ (grown - 1)
    expected *= draw_participant(still, {"group": "patient"}, 3).size ** 3
    # In mm³: the region gains and its shell loses; neither grid is infinitely fine.
    assert expected > 200
    np.testing.assert_allclose(np.diff(white)[0], expected, rtol=0.05)
