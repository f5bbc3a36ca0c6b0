"""Group ICA on sessions whose maps and time courses are known."""

import numpy as np
import pytest
from sklearn.decomposition import FastICA

from scan2map.ica import (
    GroupReduction,
    associated_components,
    average_activity,
    check_dimensions,
    decompose,
    dual_regression,
    gica1,
    in_noise_units,
    label_maps,
    match_maps,
    normalise_variance,
    reduce_session,
    rows_between,
)
from scan2map.ica.decomposition import fastica, orthogonalise, whiten
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
    return reduction


@pytest.fixture(scope="module")
def group(reduced):
    return reduce_group(reduced, keep=20).components(N_NETWORKS)


@pytest.fixture(scope="module")
def exact(reduced):
    """The group without loss: all that six sessions brought is kept."""
    return reduce_group(reduced, keep=6 * 15).components(N_NETWORKS)


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


def test_infomax_finds_the_same_maps_as_fastica(group, found):
    other = decompose(group, seed=3, repeats=3, algorithm="infomax")
    numbers, r = match_maps(other.maps, found.maps)
    assert sorted(numbers) == list(range(N_NETWORKS)) and r.min() > 0.99
    centred = group - group.mean(1, keepdims=True)
    np.testing.assert_allclose(
        other.mixing @ other.maps, centred, atol=1e-4 * np.abs(group).max()
    )


def test_fastica_stops_where_scikit_learns_does(group):
    white = whiten(group)[0]
    start = orthogonalise(np.random.default_rng(0).normal(size=(5, 5)))
    theirs = FastICA(whiten=False, w_init=start, tol=1e-4, max_iter=500)
    theirs.fit(white.T)
    cosines = np.abs((fastica(white, start) * theirs.components_).sum(1))
    assert cosines.min() > 1 - 1e-4


def test_units_of_the_noise_give_strong_networks_their_shape_back(truth):
    rng, reduction = np.random.default_rng(7), GroupReduction(rows_between(5, 15))
    for _ in range(6):
        data = 3 * rng.normal(size=(N_VOLUMES, N_NETWORKS)) @ truth
        data += rng.normal(0, 0.5, (N_VOLUMES, N_VOXELS))
        reduction.add(reduce_session(normalise_variance(data), 15))
    components = reduction.components(N_NETWORKS)
    maps = decompose(components, seed=3, repeats=2).maps
    mended = in_noise_units(maps, reduction.noise(components))
    assert matched(maps, truth)[1].max() < 0.9
    assert matched(mended, truth)[1].min() > 0.99
    np.testing.assert_allclose(mended.std(1), 1, rtol=1e-4)


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


def test_sessions_of_any_length_and_field_of_view_make_a_group(sessions, truth):
    reduction = GroupReduction(rows_between(5, 40))
    for number, data in enumerate(sessions[1]):
        data = data[: 25 + 5 * number].copy()
        data[:, : 100 * number] = 0  # not in this session's field of view
        reduction.add(reduce_session(normalise_variance(data), 40))
    components = reduction.components(N_NETWORKS)
    found = decompose(components, seed=3, repeats=2)
    maps = in_noise_units(found.maps, reduction.noise(components))
    assert np.isfinite(maps).all() and matched(maps, truth)[1].min() > 0.9


def test_dimensions_that_confounds_took_are_not_kept(sessions):
    data = normalise_variance(sessions[1][0])
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(N_VOLUMES, 12)))[0]
    assert len(reduce_session(basis @ (basis.T @ data), 40)) == 12


def test_more_components_than_dimensions_have_the_smallest_coefficients(sessions):
    data = sessions[1][0][:4] - sessions[1][0][:4].mean(0)
    rng = np.random.default_rng(0)
    courses, maps = dual_regression(data, rng.normal(size=(6, N_VOXELS)), True)
    design = courses / courses.std(0)
    np.testing.assert_allclose(design @ maps, data, atol=1e-5)
    np.testing.assert_allclose(maps, np.linalg.pinv(design, 1e-9) @ data, atol=1e-5)


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


@pytest.mark.filterwarnings("ignore:Precision loss")
def test_a_component_that_is_equally_active_in_all_is_not_selected(rng):
    activity = np.column_stack([np.ones(8), rng.normal(1, 0.1, 8)])
    selected, p = associated_components(activity, [0, 1] * 4, alpha=1e-6)
    assert list(selected) == [1] and p[0] == 1


def test_sessions_of_a_participant_are_averaged():
    averaged, order = average_activity([[1, 2], [5, 6], [3, 4]], ["b", "a", "b"])
    assert order == ["b", "a"] and averaged.tolist() == [[2, 3], [5, 6]]


def test_matching_is_one_to_one_and_keeps_the_sign(truth, rng):
    order = rng.permutation(N_NETWORKS)
    maps = -truth[order] + rng.normal(0, 0.01, truth.shape)
    number, r = match_maps(maps, truth)
    assert (number == order).all() and r.max() < -0.9


def test_labels_are_those_of_the_most_similar_template(truth):
    labels = ["a", "b", "c", "d", "e"]
    names, r = label_maps(np.stack([truth[3], -truth[1]]), truth, labels)
    assert names == ["d", "b"]
    np.testing.assert_allclose(r, [1, -1])


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda: label_maps(np.ones((1, 9)), np.ones((2, 9)), ["a"]), "2 .* 1 labels"),
        (lambda: match_maps(np.ones((2, 9)), np.ones((1, 9))), "2 maps .* with 1"),
        (lambda: match_maps(np.ones((2, 9)), np.ones((2, 8))), "9 and 8 voxels"),
        (lambda: decompose(np.ones((2, 9)), 0, algorithm="jade"), "'jade'"),
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


def test_a_session_with_fewer_dimensions_than_components_is_refused():
    check_dimensions(df=13, n_components=12)
    with pytest.raises(ValueError, match="left 12 degrees of freedom .* 12 components"):
        check_dimensions(df=12, n_components=12)
