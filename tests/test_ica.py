"""Group ICA on sessions whose maps and time courses are known."""

import numpy as np
import pytest

from scan2map.ica import (
    GroupReduction,
    associated_components,
    decompose,
    dual_regression,
    gica1,
    normalise_variance,
    reduce_session,
)
from scan2map.ica.stability import centrotypes

N_VOXELS, N_VOLUMES, N_NETWORKS = 4000, 60, 5


@pytest.fixture(scope="module")
def truth():
    """Bumps that overlap a little, on a line of voxels."""
    middles = np.linspace(400, 3600, N_NETWORKS)[:, None]
    return np.exp(-(((np.arange(N_VOXELS) - middles) / 80) ** 2))


@pytest.fixture(scope="module")
def sessions(truth):
    """Time courses of six sessions, and their data with noise."""
    rng = np.random.default_rng(2)
    courses = rng.normal(size=(6, N_VOLUMES, N_NETWORKS))
    courses *= rng.uniform(0.5, 1.5, (6, 1, N_NETWORKS))
    noise = rng.normal(0, 0.3, (6, N_VOLUMES, N_VOXELS))
    return courses, courses @ truth + noise


@pytest.fixture(scope="module")
def reduced(sessions):
    return [reduce_session(normalise_variance(data), 15) for data in sessions[1]]


def reduce_group(reduced, keep):
    reduction = GroupReduction(keep)
    for session in reduced:
        reduction.add(session)
    return reduction.components(N_NETWORKS)


@pytest.fixture(scope="module")
def group(reduced):
    return reduce_group(reduced, keep=20)


@pytest.fixture(scope="module")
def exact(reduced):
    """The group without loss: all that six sessions brought is kept."""
    return reduce_group(reduced, keep=6 * 15)


@pytest.fixture(scope="module")
def found(group):
    return decompose(group, seed=3, repeats=8)


def matched(maps, truth):
    """Return for each true map the number of the map most like it, and |r|."""
    r = np.corrcoef(truth, maps)[: len(truth), len(truth) :]
    return np.abs(r).argmax(1), np.abs(r).max(1)


def test_every_network_is_found_and_stable(found, truth):
    numbers, r = matched(found.maps, truth)
    assert sorted(numbers) == list(range(N_NETWORKS))
    assert r.min() > 0.9  # variance normalisation flattens the bumps
    assert found.quality.min() > 0.85  # one run in eight may end in another optimum


def test_maps_have_their_tail_up_and_the_strongest_first(found):
    assert (found.maps.max(1) > -found.maps.min(1)).all()
    assert (np.diff(found.share) <= 0).all() and found.share.sum() == pytest.approx(1)


def test_the_same_seed_gives_the_same_bytes(group, found):
    again = decompose(group, seed=3, repeats=8)
    assert again.maps.tobytes() == found.maps.tobytes()


def test_another_seed_finds_the_same_components(group, found):
    other = decompose(group, seed=4, repeats=2)
    numbers, r = matched(other.maps, found.maps)
    assert list(numbers) == list(range(N_NETWORKS)) and r.min() > 0.999


def test_maps_and_mixing_give_the_components_back(group, found):
    centred = group - group.mean(1, keepdims=True)
    scale = np.abs(group).max()
    np.testing.assert_allclose(
        found.mixing @ found.maps, centred, atol=1e-4 * scale
    )  # float32


def test_one_pass_is_the_svd_of_the_concatenation_where_all_is_kept(reduced, exact):
    _, strength, rows = np.linalg.svd(np.concatenate(reduced), full_matrices=False)
    cosines = np.abs((exact * rows[:N_NETWORKS]).sum(1)) / strength[:N_NETWORKS]
    np.testing.assert_allclose(cosines, 1, atol=1e-5)  # float32


def test_few_kept_components_span_nearly_the_same(exact, group):
    whole, ours = np.linalg.qr(exact.T)[0], np.linalg.qr(group.T)[0]
    assert np.linalg.svd(whole.T @ ours)[1].min() > 0.99


def test_dual_regression_recovers_time_courses_and_expression(sessions, truth):
    courses, data = sessions
    activity = []
    for true, session in zip(courses, data, strict=True):
        estimated, maps = dual_regression(session, truth, normalise=True)
        r = np.corrcoef(true.T, estimated.T)[:N_NETWORKS, N_NETWORKS:]
        assert np.diag(r).min() > 0.99
        assert matched(maps, truth)[1].min() > 0.85  # noise of one session
        activity.append(estimated.std(0))
    r = np.corrcoef(np.array(activity).T, courses.std(1).T)[:N_NETWORKS, N_NETWORKS:]
    assert np.diag(r).min() > 0.99


def test_normalised_time_courses_put_the_amplitude_into_the_maps(sessions, truth):
    session = sessions[1][0]
    courses, maps = dual_regression(session, truth, normalise=True)
    _, plain = dual_regression(session, truth)
    np.testing.assert_allclose(maps, plain * courses.std(0)[:, None], rtol=1e-3)


def test_gica1_adds_up_to_the_session_in_the_groups_space(reduced, group, found):
    maps = gica1(reduced[0], group, found.mixing)
    numbers, r = matched(maps, found.maps)
    assert list(numbers) == list(range(N_NETWORKS)) and r.min() > 0.8


def test_gica1_averages_to_the_groups_maps(reduced, exact):
    found = decompose(exact, seed=3, repeats=2)
    parts = [
        np.linalg.lstsq(exact.T, session.T, rcond=None)[0].T for session in reduced
    ]
    weights = [part @ found.mixing for part in parts]
    total = sum(
        w.T @ w @ gica1(r, exact, found.mixing)
        for w, r in zip(weights, reduced, strict=True)
    )
    centre = np.linalg.solve(sum(w.T @ w for w in weights), total)
    centre = centre - centre.mean(1, keepdims=True)
    np.testing.assert_allclose(centre, found.maps, atol=0.02)  # float32 sums


def test_a_wandering_component_has_a_low_quality(rng):
    stable = np.eye(6)[:3]
    runs = []
    for _ in range(10):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        runs.append(np.concatenate([stable, np.pad(turn, ((0, 0), (3, 0)))]))
    _, quality = centrotypes(np.concatenate(runs), 6)
    assert np.sort(quality)[-3:].min() > 0.9 and np.sort(quality)[:3].max() < 0.9


def test_voxels_without_variance_are_zero(rng):
    data = rng.normal(size=(20, 5))
    data[:, 2] = 7
    normal = normalise_variance(data)
    assert not normal[:, 2].any()
    np.testing.assert_allclose(normal[:, [0, 1, 3, 4]].std(0), 1, rtol=1e-5)


def test_components_that_differ_between_groups_are_selected(rng):
    activity, labels = rng.normal(1, 0.1, (40, 6)), np.arange(40) % 2
    activity[labels == 1, 4] += 0.3
    selected, p = associated_components(activity, labels, alpha=0.001)
    assert list(selected) == [4] and p.argmin() == 4
    assert list(associated_components(activity, labels, alpha=1e-30)[0]) == [4]


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda: reduce_session(np.zeros((5, 9)), 3), "0 everywhere"),
        (lambda: reduce_session(np.full((5, 9), np.nan), 3), "not finite"),
        (lambda: GroupReduction(9).components(2), "0 can be had from 0 sessions"),
        (lambda: dual_regression(np.ones((5, 9)), np.ones((2, 8))), "9 voxels, .* 8"),
        (lambda: decompose(np.ones((2, 50)), seed=0), "linearly dependent"),
        (lambda: associated_components(np.ones((3, 2)), [0, 0, 1], 0.1), "label 1"),
    ],
)
def test_what_cannot_be_decomposed_is_said(act, sentence):
    with pytest.raises(ValueError, match=sentence):
        act()
