"""The phantom's anatomy, planted effects and scans."""

from types import SimpleNamespace

import numpy as np
import pytest

from scan2map.images import MNI_CENTRE, analysis_grid
from scan2map.phantom import acquisition
from scan2map.phantom.anatomy import (
    effect_mask,
    grid_points,
    read_template,
    simulate_tensor,
    tissue_fractions,
    tissue_tensors,
)
from scan2map.phantom.effects import express
from scan2map.phantom.fibres import fibre_populations
from scan2map.phantom.head import build_head
from scan2map.phantom.participant import draw_participant
from scan2map.phantom.randomness import rigid, smooth_field
from scan2map.phantom.session import scan_session

SHAPE, AFFINE = (24, 28, 24), analysis_grid(MNI_CENTRE, (24, 28, 24), 8.0)
LOCAL = {
    "name": "local",
    "kind": "local",
    "regions": {"right_corona_radiata": {"centre": [26, -20, 28], "radius": 12}},
    "md": 0.25,
    "anisotropy": -0.4,
}
NONLOCAL = {
    "name": "hidden",
    "kind": "nonlocal",
    "regions": {
        "left_frontal": {"centre": [-24, 24, 20], "radius": 14},
        "right_frontal": {"centre": [24, 24, 20], "radius": 14},
    },
    "difference": 0.2,
    "shared_sd": 0.3,
}
PHANTOM = {
    "groups": {"control": 2, "patient": 2},
    "t1w_voxel_size": 6.0,
    "dwi_voxel_size": 8.0,
    "directions": 6,
    "b0_volumes": 1,
    "b_value": 1000,
    "snr": 30.0,
    "deformation_mm": 3.0,
    "position_mm": 5.0,
    "position_degrees": 4.0,
    "motion_mm": 0.5,
    "motion_degrees": 0.5,
    "bias_field": 0.2,
    "epi_distortion_mm": 1.5,
    "effects": [LOCAL, NONLOCAL],
}
QUIET = PHANTOM | {
    "deformation_mm": 0.0,
    "motion_mm": 0.0,
    "motion_degrees": 0.0,
    "bias_field": 0.0,
    "epi_distortion_mm": 0.0,
    "snr": 1e6,
}


@pytest.fixture(scope="module")
def template():
    return read_template()


@pytest.fixture(scope="module")
def head(template):
    return build_head(template, _participant("control", phantom=QUIET), 4.0)


def _participant(group, seed=7, effects=None, phantom=PHANTOM):
    effects = PHANTOM["effects"] if effects is None else effects
    return draw_participant(phantom | {"effects": effects}, {"group": group}, seed)


def _mean_diffusivity(tensors):
    return tensors[..., [0, 3, 5]].mean(-1)


def _design(directions):
    x, y, z = directions.T
    return np.stack([x * x, 2 * x * y, 2 * x * z, y * y, 2 * y * z, z * z], axis=1)


def test_tensors_are_positive_definite_in_the_brain_and_zero_outside(template):
    tensors = simulate_tensor(template, _participant("patient"), AFFINE, SHAPE)
    inside = _mean_diffusivity(tensors) > 0
    full = tensors[inside][:, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]].astype(float)
    assert 0.1 < inside.mean() < 0.5
    assert np.linalg.eigvalsh(full).min() > 2e-5
    assert not tensors[~inside].any()


def test_white_matter_is_anisotropic_and_grey_matter_is_not(template):
    points = grid_points(AFFINE, SHAPE)
    fractions = tissue_fractions(template, points)
    tensors = tissue_tensors(points, fractions, _participant("control"))
    full = tensors[:, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]].astype(float)
    values = np.linalg.eigvalsh(full)
    spread = ((values - values.mean(1)[:, None]) ** 2).sum(1)
    fa = np.sqrt(1.5 * spread / np.maximum((values**2).sum(1), 1e-12))
    assert 0.4 < np.median(fa[fractions["WM"] > 0.9]) < 0.7
    assert np.median(fa[fractions["GM"] > 0.9]) < 0.15


def test_fibre_populations_are_the_same_in_both_hemispheres(rng):
    points = rng.uniform(-60, 60, size=(50, 3)).astype(np.float32)
    mirror = np.array([-1, 1, 1], dtype=np.float32)
    directions, shares = fibre_populations(points)
    mirrored, mirrored_shares = fibre_populations(points * mirror)
    for name in directions:
        np.testing.assert_allclose(mirrored[name], directions[name] * mirror)
        np.testing.assert_allclose(mirrored_shares[name], shares[name])


@pytest.mark.parametrize(
    ("place", "axis"),
    [((0, -5, 24), 0), ((0, -28, -35), 2), ((-38, 0, -20), 1)],
    ids=["callosum", "brainstem", "temporal lobe"],
)
def test_fibres_of_known_places_run_as_anatomy_says(place, axis):
    directions, shares = fibre_populations(np.array([place], dtype=np.float32))
    main = max(shares, key=lambda name: shares[name][0])
    assert np.abs(directions[main][0]).argmax() == axis


def test_local_effect_changes_md_and_anisotropy_by_what_is_configured(template):
    point = np.array([[26, -20, 28]], dtype=np.float32)
    white = {
        name: np.array([name == "WM"], dtype=float) for name in ("WM", "GM", "CSF")
    }
    reference, affected = (
        tissue_tensors(point, white, _participant(group, effects=[LOCAL]))
        for group in ("control", "patient")
    )
    mean = _mean_diffusivity(affected) / _mean_diffusivity(reference)
    # The soft edge leaves 6e-6 of the weight in the ball's centre.
    np.testing.assert_allclose(mean, 1.25, rtol=1e-4)
    np.testing.assert_allclose(affected[:, 1] / reference[:, 1], 0.6, rtol=1e-4)


def test_local_effect_stays_in_its_region(template):
    reference, affected = (
        simulate_tensor(template, _participant(g, effects=[LOCAL]), AFFINE, SHAPE)
        for g in ("control", "patient")
    )
    mask = effect_mask(template, LOCAL, AFFINE, SHAPE)
    changed = np.abs(_mean_diffusivity(affected - reference)) > 4e-5
    assert mask.any() and changed[mask].all()
    distance = np.linalg.norm(grid_points(AFFINE, SHAPE) - [26, -20, 28], axis=1)
    assert distance[changed.ravel()].max() < 12 + 4


def test_effects_of_size_zero_change_nothing(template):
    sizes = {"md": 0.0, "anisotropy": 0.0, "difference": 0.0}
    effects = [effect | sizes for effect in (LOCAL, NONLOCAL)]
    reference, affected = (
        simulate_tensor(template, _participant(g, effects=effects), AFFINE, SHAPE)
        for g in ("control", "patient")
    )
    np.testing.assert_array_equal(reference, affected)


def test_only_the_difference_of_the_sides_shows_a_nonlocal_effect():
    sides = {True: [], False: []}
    for affected in sides:
        for seed in range(200):
            drawn = express(NONLOCAL, affected, np.random.default_rng(seed))
            changes = [r["md_change"] for r in drawn["regions"].values()]
            sides[affected].append(changes)
    patients, controls = np.array(sides[True]), np.array(sides[False])
    shift = patients.mean(0) - controls.mean(0)
    np.testing.assert_allclose(shift, [0.1, -0.1], atol=1e-12)
    assert (np.abs(shift) < 0.5 * controls.std(0)).all()
    np.testing.assert_allclose(np.diff(patients), -0.2)
    np.testing.assert_allclose(np.diff(controls), 0, atol=1e-12)


def test_nonlocal_effect_scales_the_sides_of_the_brain(template):
    patient = _participant("patient", effects=[NONLOCAL])
    neutral = _participant("patient", effects=[])
    ratio = np.full(SHAPE, np.nan)
    with_effect, without = (
        _mean_diffusivity(simulate_tensor(template, p, AFFINE, SHAPE))
        for p in (patient, neutral)
    )
    mask = effect_mask(template, NONLOCAL, AFFINE, SHAPE)
    ratio[mask] = with_effect[mask] / without[mask]
    left, right = np.nanmedian(ratio[:12]), np.nanmedian(ratio[12:])
    # Edges and CSF within the voxels weaken the effect.
    assert 0.1 < left - right < 0.2


def test_tensors_turn_with_the_head(template):
    points = np.array([[20, -20, 30], [-8, 10, 22]], dtype=np.float32)
    fractions = tissue_fractions(template, points)
    turn = rigid((0, 0, 0), (20, -10, 35), (0, 0, 0))[:3, :3]
    still, turned = (
        tissue_tensors(points, fractions, _participant("control"), spread)
        for spread in (None, np.array([turn, turn]))
    )
    full, expected = (t[:, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]] for t in (turned, still))
    np.testing.assert_allclose(full, turn @ expected @ turn.T, atol=1e-8)


def test_anatomy_belongs_to_the_participant_and_noise_to_the_session(template):
    row = {"group": "control"}
    (one, first), (two, second) = (
        scan_session(template, PHANTOM, row, participant_seed=3, seed=seed)
        for seed in (1, 2)
    )
    assert first["head_size"] == second["head_size"]
    assert first["effects"] == second["effects"]
    assert first["position_dwi"] != second["position_dwi"]
    assert (one["T1w"].volumes != two["T1w"].volumes).mean() > 0.99
    assert not np.any(first["motion"][0]["translation_mm"])


def test_tissues_have_the_contrast_of_a_t1w_image(head):
    pure = {"white": 1.0, "grey": 1.25, "csf": 2.8, "skull": 0.04, "scalp": 0.25}
    seen = {
        n: np.median(head.t1[np.abs(head.b0 - b0) < 0.01]) for n, b0 in pure.items()
    }
    assert seen["white"] > 1.2 * seen["grey"] > 2 * seen["csf"]
    assert seen["skull"] < 0.2 and seen["scalp"] > seen["grey"]


def test_t1w_image_is_bright_in_the_brain_and_dark_in_the_air(head, rng):
    image = acquisition.scan_t1w(head, np.eye(4), QUIET, rng).volumes[0]
    middle = tuple(slice(n // 3, n // 2) for n in image.shape)
    assert image[middle].mean() > 5 * image[:2].mean()


def test_head_is_where_its_position_puts_it(head, rng):
    def middle(position):
        dwi = acquisition.scan_dwi(head, position, QUIET, rng)
        weight = dwi.volumes[0].ravel()
        return weight @ grid_points(dwi.affine, dwi.volumes.shape[1:]) / weight.sum()

    moved = middle(rigid((6, -4, 3), (0, 0, 0), (0, 0, 0))) - middle(np.eye(4))
    # The scan ends below the brain, where the shift moves tissue in and out.
    np.testing.assert_allclose(moved, (6, -4, 3), atol=1.0)


def test_a_clean_scan_of_a_turned_head_holds_its_turned_tensors(head, rng):
    position = rigid((4, 3, 2), (10, -15, 20), MNI_CENTRE)
    dwi = acquisition.scan_dwi(head, position, QUIET, rng)
    logs = np.log(dwi.volumes[0] / dwi.volumes[1:]) / 1000
    tensors = np.linalg.solve(_design(dwi.directions[1:]), logs.reshape(6, -1)).T
    places = acquisition.to_voxels(head, position, dwi.affine)
    shape, turn = dwi.volumes.shape[1:], position[:3, :3]
    b0, *true = (
        acquisition.sample_model(
            acquisition.blur(part, 4.0, 8.0), places, shape
        ).ravel()
        for part in (head.b0, *np.moveaxis(head.tensors, -1, 0))
    )
    white, full = np.abs(b0 - 1) < 0.1, [[0, 1, 2], [1, 3, 4], [2, 4, 5]]
    expected = turn @ np.stack(true, axis=1)[white][:, full] @ turn.T
    # Blurring signals is not blurring tensors: allow 1 % of white matter's 7.5e-4.
    assert np.median(np.abs(tensors[white][:, full] - expected)) < 0.75e-5


def test_signal_is_attenuated_along_the_tensor(head):
    direction = np.array([0.6, 0.0, 0.8])
    signal = acquisition._weighted(head, 1000, direction)
    voxel = np.unravel_index(head.b0.argmax(), head.b0.shape)
    tensor = head.tensors[voxel][[[0, 1, 2], [1, 3, 4], [2, 4, 5]]]
    expected = head.b0[voxel] * np.exp(-1000 * direction @ tensor @ direction)
    np.testing.assert_allclose(signal[voxel], expected, rtol=1e-5)


def test_noise_is_rician(rng):
    image = acquisition.noisy(np.zeros((40, 40, 40)), 2.0, rng)
    # Mean of a Rayleigh distribution; 64,000 samples give 0.4 %.
    np.testing.assert_allclose(image.mean(), 2 * np.sqrt(np.pi / 2), rtol=0.02)


def test_smooth_fields_have_the_spread_asked_for(rng):
    axes = [np.arange(-60, 61, 10.0)] * 3
    fields = [smooth_field(rng, 3.0, 20.0).on_axes(axes) for _ in range(60)]
    # About 60 fields times 20 independent places: 2 % of the standard deviation.
    np.testing.assert_allclose(np.std(fields), 3.0, rtol=0.08)


def test_rigid_motions_keep_the_centre_and_distances():
    matrix = rigid((1, 2, 3), (10, 20, 30), (5, 6, 7))
    np.testing.assert_allclose(matrix[:3, :3] @ matrix[:3, :3].T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose((matrix @ [5, 6, 7, 1])[:3], (6, 8, 10))
    np.testing.assert_allclose(np.linalg.det(matrix), 1)


@pytest.mark.parametrize("number", [6, 12, 30])
def test_gradient_directions_determine_a_tensor_well(number):
    design = _design(acquisition.gradient_directions(number))
    # 1.58 is the best possible; 3 still spreads noise evenly enough.
    assert np.linalg.cond(design) < 3


def test_bad_configuration_is_refused_in_a_sentence():
    draw = np.random.default_rng
    with pytest.raises(ValueError, match="'siblings', the phantom knows control and"):
        _participant("siblings")
    with pytest.raises(ValueError, match="choose local, nonlocal or volume"):
        express(LOCAL | {"kind": "global"}, True, draw(0))
    with pytest.raises(ValueError, match="must start with left_ or right_"):
        express(NONLOCAL | {"regions": LOCAL["regions"] | {"mid": {}}}, True, draw(0))
    with pytest.raises(ValueError, match="must stay above -1"):
        express(LOCAL | {"md": -1.0}, True, draw(0))
    with pytest.raises(ValueError, match="at least 6 directions"):
        acquisition.gradient_directions(5)


def test_a_deformation_that_folds_is_refused(template):
    participant = _participant("control", phantom=PHANTOM | {"deformation_mm": 40.0})
    with pytest.raises(ValueError, match="folds the brain"):
        build_head(template, SimpleNamespace(**vars(participant)), 4.0)
