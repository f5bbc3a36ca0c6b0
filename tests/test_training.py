"""Training and prediction."""

import numpy as np
import pytest

from scan2map import networks
from scan2map.features import MaskedFeature, fit_scaling
from scan2map.inner_splits import held_back

keras = pytest.importorskip("keras")
from scan2map.feeding import NO_AUGMENTATION, Feeder  # noqa: E402
from scan2map.training import (  # noqa: E402
    class_weights,
    compile_classifier,
    predict_logits,
    prediction_table,
    train,
)

NETWORK = {"name": "vbd", "filters": [4], "pool_after": [1], "dense": [4], "l2": 1e-4}
NETWORK |= {"activation": "elu", "pooling": "average"}
TRAINING = {
    "learning_rate": 1e-2,
    "decay": 0.5,
    "decay_every": 3,
    "epochs": 8,
    "batch_size": 3,
    "augmentation": {"flip": "both", "rotation_degrees": 5, "translation_voxels": 1},
}


@pytest.fixture
def sessions(rng):
    """Return eight sessions whose second half has a bright corner, and their labels."""
    features = rng.normal(1, 0.1, size=(8, 8, 8, 4, 6)).astype(np.float32)
    features[4:, 2:6, 2:6, :, 0] += 0.5
    return 1e-3 * features, [0] * 4 + [1] * 4


def feeder(sessions, **settings):
    features, labels = sessions
    defaults = {"batch_size": 3, "augmentation": NO_AUGMENTATION, "seed": 1}
    scaling = fit_scaling(features)
    return Feeder(features, labels, scaling, **{**defaults, **settings})


def test_an_epoch_shows_every_session_once_with_its_label(sessions):
    batches = [batch for batch in feeder(sessions)]
    assert [len(labels) for _, labels in batches] == [3, 3, 2]
    shown = np.concatenate([x for x, _ in batches])
    labels = np.concatenate([y for _, y in batches])[:, 0]
    bright = shown[:, 2:6, 2:6, :, 0].mean((1, 2, 3)) > 0.8
    np.testing.assert_array_equal(bright, labels == 1)
    assert labels.sum() == 4


def test_an_epoch_depends_on_its_number_alone(sessions):
    settings = {"augmentation": TRAINING["augmentation"]}
    one, other = feeder(sessions, **settings), feeder(sessions, **settings)
    one.start_epoch(3)
    first = one[0][0]
    for epoch in (1, 3):
        other.start_epoch(epoch)
    np.testing.assert_array_equal(first, other[0][0])
    other.start_epoch(4)
    assert not np.array_equal(first, other[0][0])


def test_a_session_left_alone_joins_the_batch_before(sessions):
    features, labels = sessions[0][:7], sessions[1][:7]
    sizes = [
        [len(y) for _, y in feeder((features, labels), smallest_batch=least)]
        for least in (1, 2)
    ]
    assert sizes == [[3, 3, 1], [3, 4]]


def test_training_learns_and_reports_every_epoch(sessions):
    features, labels = sessions
    training = {**TRAINING, "decay_every": 30, "epochs": 30}
    training["augmentation"] = {**NO_AUGMENTATION, "flip": "both"}
    model, scaling, history = train(features, labels, NETWORK, training, seed=0)
    logits = predict_logits(model, scaling, features)
    assert logits[4:].min() > logits[:4].max()
    assert [row["epoch"] for row in history] == list(range(1, 31))
    assert history[-1]["cross_entropy"] < history[0]["cross_entropy"]


def test_learning_rate_decays_in_steps(sessions):
    *_, history = train(*sessions, NETWORK, TRAINING, seed=0)
    rates = [row["learning_rate"] for row in history]
    expected = 1e-2 * 0.5 ** np.array([0, 0, 0, 1, 1, 1, 2, 2])
    np.testing.assert_allclose(rates, expected, rtol=1e-6)  # float32 optimizer


def test_same_seed_gives_the_same_weights(sessions):
    one, two, other = (
        train(*sessions, NETWORK, {**TRAINING, "epochs": 2}, seed=seed)[0].get_weights()
        for seed in (3, 3, 4)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one[0], other[0])


def test_penalty_is_in_the_loss_and_not_in_the_cross_entropy(sessions):
    *_, history = train(*sessions, {**NETWORK, "l2": 0.1}, TRAINING, seed=0)
    assert all(row["loss"] > row["cross_entropy"] + 0.01 for row in history)


STOPPED = TRAINING | {"early_stopping": {"patience": 2, "share": 0.25}, "epochs": 12}
"""Early stopping on one of each four participants."""


def test_early_stopping_keeps_the_best_epoch_on_people_not_learnt_from(sessions):
    features, labels = sessions
    participants = list("abcdefgh")
    model, scaling, history = train(
        features, labels, NETWORK, STOPPED, seed=0, participants=participants
    )
    held = np.array(held_back(labels, participants, None, 0.25, seed=0))
    assert scaling == fit_scaling(features[~held])
    logits = predict_logits(model, scaling, features[held])
    losses = np.logaddexp(0, np.where(np.array(labels)[held], -logits, logits))
    watched = [row["val_cross_entropy"] for row in history]
    assert losses.mean() == pytest.approx(min(watched), rel=1e-5)  # float32
    assert len(history) in (12, np.argmin(watched) + 1 + 2)


def test_early_stopping_gives_the_same_weights_again(sessions):
    one, two = (
        train(*sessions, NETWORK, STOPPED, seed=3, participants="abcdefgh")[0]
        for _ in range(2)
    )
    pairs = zip(one.get_weights(), two.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_replica_stops_by_the_sessions_given_and_learns_from_all_others(sessions):
    features, labels = sessions
    watched = (features[::3], labels[::3])
    _, scaling, history = train(
        features, labels, NETWORK, STOPPED, seed=0, validation=watched
    )
    assert scaling == fit_scaling(features)
    assert {"val_cross_entropy", "val_accuracy"} < set(history[0])


def test_watching_sessions_changes_no_weight(sessions):
    features, labels = sessions
    training = {**TRAINING, "epochs": 2}
    alone, watched = (
        train(features, labels, NETWORK, training, seed=0, validation=validation)[0]
        for validation in (None, (features[:2], labels[:2]))
    )
    pairs = zip(alone.get_weights(), watched.get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)


def test_epsilon_is_adams(sessions):
    training = {**TRAINING, "epochs": 1, "epsilon": 0.1}
    model = train(*sessions, NETWORK, training, seed=0)[0]
    assert model.optimizer.epsilon == 0.1


def test_voxnet_learns_from_masked_maps(rng):
    mask = np.ones((9, 9, 9), bool)
    mask[0] = False
    labels = [0, 1] * 5
    maps = rng.normal(size=(10, 2, mask.sum())).astype(np.float32)
    maps[1::2, 1] += np.linspace(-1, 1, mask.sum())
    features = [MaskedFeature(values, mask, [1]) for values in maps]
    network = {"name": "voxnet", "filters": [4, 4], "dense": [8], "shrink": 1}
    training = {**TRAINING, "decay": 1.0, "epochs": 20, "augmentation": NO_AUGMENTATION}
    model, scaling, _ = train(features, labels, network, training, seed=0)
    logits = predict_logits(model, scaling, features)
    assert logits[1::2].min() > logits[::2].max()


def test_augmenting_maps_is_refused():
    mask = np.ones((8, 8, 4), bool)
    features = [MaskedFeature(np.ones((6, 256)), mask)] * 2
    with pytest.raises(ValueError, match="augmentation is made for tensors"):
        train(features, [0, 1], NETWORK, TRAINING, seed=0)


def test_saved_network_predicts_as_before(sessions, tmp_path):
    features, labels = sessions
    model, scaling, _ = train(features, labels, NETWORK, TRAINING, seed=0)
    networks.save(model, tmp_path / "model.keras")
    loaded = networks.load(tmp_path / "model.keras")
    before, after = (predict_logits(m, scaling, features) for m in (model, loaded))
    np.testing.assert_array_equal(before, after)


def test_balanced_weights_count_both_labels_alike():
    weights = class_weights([0, 0, 0, 1], "balanced")
    assert 3 * weights[0] == pytest.approx(1 * weights[1])
    assert class_weights([0, 1], "none") is None
    with pytest.raises(ValueError, match="'auto'"):
        class_weights([0, 1], "auto")


def test_training_without_both_labels_is_refused(sessions):
    with pytest.raises(ValueError, match="both labels"):
        train(sessions[0], [1] * 8, NETWORK, TRAINING, seed=0)
    with pytest.raises(ValueError, match="8 features came with 7 labels"):
        train(sessions[0], [0, 1, 1, 1, 1, 1, 1], NETWORK, TRAINING, seed=0)


def test_diverged_training_is_refused(sessions):
    features = sessions[0].copy()
    features[0, 0, 0, 0, 0] = np.inf
    with pytest.raises(ValueError, match="not a number|same value"):
        train(features, sessions[1], NETWORK, {**TRAINING, "epochs": 1}, seed=0)


def test_loss_takes_logits():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    compile_classifier(model, 1e-3)
    loss = float(model.loss(np.array([[1.0]]), np.array([[2.0]])))
    assert loss == pytest.approx(np.log1p(np.exp(-2.0)), rel=1e-5)  # float32


def test_prediction_table_has_probabilities_beside_logits():
    table = prediction_table(np.array([0.0, 2.0]), participant_id=["a", "b"], fold=3)
    assert list(table) == ["participant_id", "fold", "logit", "probability"]
    assert table["probability"].tolist() == pytest.approx([0.5, 0.8807970779778823])


def test_a_reused_network_learns_as_one_built_anew(sessions):
    training = {**TRAINING, "epochs": 2}
    network = {**NETWORK, "dropout": 0.5}
    used = train(*sessions, network, training, seed=7)[0]
    again, _, history = train(*sessions, network, training, seed=8, reuse=used)
    anew, _, expected = train(*sessions, network, training, seed=8)
    assert again is used
    for one, other in zip(again.get_weights(), anew.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert history == expected
