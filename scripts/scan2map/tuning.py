"""Tune hyper-parameters in inner folds of the training participants of one fold."""

import logging

import keras
import numpy as np
import optuna
import pandas as pd
from optuna.trial import TrialState

from scan2map.features import digest_of
from scan2map.inner_splits import TUNING_FOLDS, inner_folds
from scan2map.splits import derive_seed
from scan2map.training import DivergedError, predict_logits, sessions_where, train

RANGES = {
    "learning_rate": {"low": 1e-5, "high": 1e-2, "log": True},
    "epsilon": {"low": 1e-8, "high": 1.0, "log": True},
    "dropout": {"low": 0.0, "high": 0.6, "step": 0.1},
}
"""What is drawn, and from where: numbers evenly, or evenly in their logarithm."""

BUDGETS = {
    "quick": {
        "trials": 6,
        "folds": TUNING_FOLDS["quick"],
        "epochs": {"low": 5, "high": 20},
    },
    "paper": {
        "trials": 50,
        "folds": TUNING_FOLDS["paper"],
        "epochs": {"low": 20, "high": 200},
    },
}
"""Trials, inner folds and range of epochs of each way to tune. Teh et al. (2023) tuned
the same four; their ranges are not at hand, and these are our reading: they hold the
values that the paper ended with (1e-3, 0.1, 0.3 and 100), and Keras's defaults."""

NETWORK_SETTINGS = ("dropout",)
"""Which of the tuned values belong to the network; all others belong to training."""


def tune(
    features,
    labels,
    participants,
    families,
    network,
    training,
    budget,
    seed,
    storage,
    version="",
):
    """Choose learning rate, epsilon, dropout and epochs in inner folds.

    Each trial draws values (tree-structured Parzen estimator), trains a network per
    inner fold as the outer fold will, early stopping included, and is judged by the
    cross-entropy of the sessions left out, averaged over the inner folds. It is given
    up after an inner fold whose running average is above the median of earlier trials.

    Trials are kept in `storage` under a digest of all that they depend on: a study that
    was cut short goes on, with the trials it would have had, and a changed one starts
    anew.

    Parameters
    ----------
    features : sequence of array-like, shape (x, y, z, n_channels)
        One per training session of the outer fold.
    labels : sequence of int
        0 or 1 per session.
    participants, families : sequence of str
        Whose session it is, and of which family ('' for none).
    network, training : dict
        What is not tuned; see `training.train`.
    budget : str
        A key of `BUDGETS`.
    seed : int
        Same seed and same number of threads, same trials.
    storage : optuna.storages.BaseStorage
        Where trials are kept.
    version : str
        Of the program: another one does not go on with the trials of this one.

    Returns
    -------
    tuned : dict
        ``network`` and ``training`` (the chosen settings of each), ``cross_entropy``
        (mean over the inner folds), ``trial`` (its number, from 1).
    trials : pandas.DataFrame
        See `trials_table`.

    Raises
    ------
    ValueError
        A group has fewer families than inner folds, or no trial could be finished.
    """
    plan = BUDGETS[budget]
    fold_of = inner_folds(labels, participants, families, plan["folds"], seed)
    people = {"participants": list(participants), "families": list(families)}
    facts = [labels, people, fold_of, network, training, plan, RANGES, seed, version]
    name = digest_of(facts, features)

    def left_out(fold, values):
        test = np.array(fold_of) == fold
        chosen = as_settings(values)
        model, scaling, _ = train(
            *sessions_where(~test, features, labels),
            network=network | chosen["network"],
            training=training | chosen["training"],
            seed=derive_seed(seed, "inner fold", fold),
            **{key: list(np.array(who)[~test]) for key, who in people.items()},
        )
        held, expected = sessions_where(test, features, labels)
        value = cross_entropy(predict_logits(model, scaling, held), expected)
        keras.utils.clear_session()
        return value

    study = search(left_out, plan, seed, storage, name)
    try:
        best = study.best_trial
    except ValueError:
        raise ValueError(
            f"none of {plan['trials']} tuning trials could be finished: training "
            "diverged in all of them; look for sessions with extreme values"
        ) from None
    numbers = [trial.number for trial in finished(study)]
    score = {"cross_entropy": best.value, "trial": 1 + numbers.index(best.number)}
    return as_settings(best.params) | score, trials_table(study)


def search(left_out, plan, seed, storage, name):
    """Run the trials of a study that are still missing.

    Each trial draws from a seed of its own, so that it does not matter whether the
    trials before it ran in the same process.

    Parameters
    ----------
    left_out : callable
        Cross-entropy of one inner fold, given its number (from 1) and the values.
    plan : dict
        An entry of `BUDGETS`.
    seed, storage
        As for `tune`.
    name : str
        Of the study in the storage.

    Returns
    -------
    optuna.Study
        With ``plan["trials"]`` trials that are complete or pruned.
    """
    study = optuna.create_study(
        storage=storage,
        study_name=name,
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(),
    )
    for killed in study.get_trials(states=[TrialState.RUNNING]):
        study.tell(killed.number, state=TrialState.FAIL)
    for number in range(len(finished(study)) + 1, plan["trials"] + 1):
        study.sampler = optuna.samplers.TPESampler(
            seed=derive_seed(seed, "trial", number)
        )
        trial = study.ask()
        values = draw(trial, plan["epochs"])
        value = judge(trial, left_out, values, plan["folds"])
        state = TrialState.PRUNED if value is None else TrialState.COMPLETE
        study.tell(trial, value, state)
        logging.info(
            "trial %d of %d: %s, %s, cross-entropy %s",
            number,
            plan["trials"],
            values,
            state.name.lower(),
            value,
        )
    return study


def draw(trial, epochs):
    """Draw a value for each hyper-parameter."""
    values = {name: trial.suggest_float(name, **span) for name, span in RANGES.items()}
    return values | {"epochs": trial.suggest_int("epochs", **epochs)}


def judge(trial, left_out, values, n_folds):
    """Return the mean over inner folds; None where a trial is given up before."""
    scores = []
    for fold in range(1, n_folds + 1):
        try:
            scores.append(left_out(fold, values))
        except DivergedError:
            return None
        trial.report(float(np.mean(scores)), step=fold)
        if fold < n_folds and trial.should_prune():
            return None
    return float(np.mean(scores))


def as_settings(values):
    """Sort tuned values into those of the network and those of its training."""
    network = {name: values[name] for name in NETWORK_SETTINGS}
    return {
        "network": network,
        "training": {k: v for k, v in values.items() if k not in network},
    }


def finished(study):
    """Return the trials that count, in the order they ran."""
    return study.get_trials(states=[TrialState.COMPLETE, TrialState.PRUNED])


def trials_table(study):
    """Return a study's trials as a table.

    Returns
    -------
    pandas.DataFrame
        ``trial`` (from 1), ``state`` (``complete`` or ``pruned``), the values drawn,
        ``folds`` (inner folds trained in), ``cross_entropy`` (mean over these).
    """
    rows = []
    for number, trial in enumerate(finished(study), start=1):
        reported = trial.intermediate_values
        mean = reported[max(reported)] if reported else np.nan
        rows.append(
            {"trial": number, "state": trial.state.name.lower()}
            | trial.params
            | {"folds": len(reported), "cross_entropy": mean}
        )
    return pd.DataFrame(rows)


def cross_entropy(logits, labels):
    """Return the mean cross-entropy of labels (0 or 1) given logits, in nats."""
    signs = 2 * np.asarray(labels) - 1
    return float(np.logaddexp(0, -signs * logits).mean())
