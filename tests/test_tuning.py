"""Tuning in inner folds: what is drawn, given up, kept and gone on with."""

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.storages.journal import JournalFileBackend

pytest.importorskip("keras")
from scan2map import tuning  # noqa: E402
from scan2map.features import digest_of  # noqa: E402
from scan2map.training import DivergedError  # noqa: E402

PLAN = {"trials": 4, "folds": 2, "epochs": {"low": 5, "high": 20}}
NETWORK = {"name": "voxnet", "filters": [2, 2], "dense": [2], "shrink": 1}
TRAINING = {"decay": 1.0, "decay_every": 1, "batch_size": 4, "learning_rate": 1e-3}


def journal(folder):
    path = str(folder / "trials.journal")
    return optuna.storages.JournalStorage(JournalFileBackend(path))


def bowl(fold, values):
    """Return an inner score that is best at a learning rate of 1e-3 and 0.3."""
    rate, dropout = np.log10(values["learning_rate"]), values["dropout"]
    return (rate + 3) ** 2 + (dropout - 0.3) ** 2 + fold


def searched(storage, left_out=bowl, plan=PLAN, seed=1):
    return tuning.search(left_out, plan, seed, storage, "name")


def killed_after(n_calls):
    """Return an inner score whose process dies at a call after some."""
    calls = []

    def left_out(fold, values):
        calls.append(fold)
        if len(calls) > n_calls:
            raise KeyboardInterrupt
        return bowl(fold, values)

    return left_out


def test_a_killed_search_goes_on_with_the_trials_it_would_have_had(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        searched(journal(tmp_path), killed_after(5))
    kept = tuning.trials_table(searched(journal(tmp_path), plan=PLAN | {"trials": 2}))
    resumed = tuning.trials_table(searched(journal(tmp_path)))
    whole = tuning.trials_table(searched(optuna.storages.InMemoryStorage()))
    assert len(kept) == 2
    pd.testing.assert_frame_equal(resumed, whole)
    pd.testing.assert_frame_equal(resumed.head(2), kept)


def test_a_finished_search_trains_nothing_more(tmp_path):
    searched(journal(tmp_path))
    again = searched(journal(tmp_path), killed_after(0))
    assert len(tuning.finished(again)) == 4


def test_values_are_drawn_within_their_ranges_and_depend_on_the_seed():
    one, same, other = (
        tuning.trials_table(searched(optuna.storages.InMemoryStorage(), seed=seed))
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, same)
    assert not one["learning_rate"].equals(other["learning_rate"])
    ranges = tuning.RANGES | {"epochs": PLAN["epochs"]}
    for name, span in ranges.items():
        assert one[name].between(span["low"], span["high"]).all()
        assert one[name].nunique() > 1


def test_search_finds_the_better_half():
    study = searched(optuna.storages.InMemoryStorage(), plan=PLAN | {"trials": 40})
    assert study.best_value < 1.5 + 0.1
    assert abs(np.log10(study.best_params["learning_rate"]) + 3) < 0.3


def test_poor_trials_are_given_up_after_an_inner_fold():
    study = searched(optuna.storages.InMemoryStorage(), plan=PLAN | {"trials": 20})
    table = tuning.trials_table(study)
    given_up = table[table["state"] == "pruned"]
    assert len(given_up) and (given_up["folds"] == 1).all()
    assert (table[table["state"] == "complete"]["folds"] == 2).all()


def test_a_trial_that_diverges_is_given_up_and_the_search_goes_on():
    def left_out(fold, values):
        if values["learning_rate"] > 1e-3:
            raise DivergedError("training diverged")
        return bowl(fold, values)

    study = searched(optuna.storages.InMemoryStorage(), left_out)
    table = tuning.trials_table(study)
    diverged = table["learning_rate"] > 1e-3
    assert diverged.any() and (table["state"][diverged] == "pruned").all()
    assert study.best_params["learning_rate"] <= 1e-3


def test_another_study_has_another_name(rng):
    features = list(rng.normal(size=(2, 3, 3, 3, 1)))
    names = {
        digest_of(["a"], features),
        digest_of(["b"], features),
        digest_of(["a"], features[::-1]),
        digest_of(["a"], [features[0], features[1] + 1e-9]),
    }
    assert len(names) == 4
    assert digest_of(["a"], features) in names


def test_cross_entropy_is_that_of_logits():
    expected = -np.mean([np.log(0.5), np.log(1 / (1 + np.exp(-2)))])
    assert tuning.cross_entropy(np.array([0.0, 2.0]), [0, 1]) == pytest.approx(expected)


def test_tuning_chooses_settings_and_repeats_itself(rng, monkeypatch):
    features = list(rng.normal(size=(8, 9, 9, 9, 2)).astype(np.float32))

    def tuned(n_trials):
        budget = {"trials": n_trials, "folds": 2, "epochs": {"low": 1, "high": 2}}
        monkeypatch.setitem(tuning.BUDGETS, "quick", budget)
        return tuning.tune(
            features,
            labels=[0, 0, 1, 1] * 2,
            participants=list("aabbccdd"),
            families=[""] * 8,
            network=NETWORK,
            training=TRAINING,
            budget="quick",
            seed=3,
            storage=optuna.storages.InMemoryStorage(),
        )

    (one, trials), (_, again) = tuned(2), tuned(1)
    pd.testing.assert_frame_equal(again, trials.head(1))
    assert trials["trial"].tolist() == [1, 2]
    assert set(one["training"]) == {"learning_rate", "epsilon", "epochs"}
    assert set(one["network"]) == {"dropout"}
    assert one["cross_entropy"] == trials["cross_entropy"].min()
