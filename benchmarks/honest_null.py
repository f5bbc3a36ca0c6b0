"""Are honest scores honest? Networks on phantom people, with no effect and with one.

People are scanned and preprocessed once, by the workflow. Without an effect the two
groups are alike, so each draw of who is a patient makes a null study: 20 of them have
group labels, folds, group ICA and networks of their own, made as the rules of stages 5
and 6 make them.
"""

import sys
from statistics import mean, stdev
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
from _study import run_study, say

from scan2map.cohort import phantom_cohort
from scan2map.features import MaskedFeature
from scan2map.ica import (
    GroupReduction,
    associated_components,
    decompose,
    dual_regression,
    in_noise_units,
    normalise_variance,
    read_voxels,
    reduce_session,
    rows_between,
)
from scan2map.images import read_mask
from scan2map.networks.backend import use_threads
from scan2map.scores import score_table
from scan2map.splits import derive_seed, split
from scan2map.template import SPACE
from scan2map.training import predict_logits, prediction_table, sessions_where, train

NULL_SEEDS, EFFECT_SEEDS = range(1, 21), range(1, 4)
PEOPLE_SEED = 2
"""Other people than those on whom settings were tried."""

GROUPS = {"control": 12, "patient": 12}
EFFECTS = {"sensorimotor": 1.0, "salience": -0.5}
BOLD = {"voxel_size": 8.0, "volumes": 120, "repetition_time": 3.0}
ALPHA, FOLDS = 0.1, 4
ICA = {"components": 12, "reduce_to": 20, "algorithm": "fastica", "repeats": 3}
ICA |= {"normalise_courses": True}
NETWORK = {"name": "voxnet", "shrink": 2, "filters": [16, 16], "dense": [32]}
TRAINING = {
    "learning_rate": 1e-2,
    "decay": 1.0,
    "decay_every": 1,
    "epsilon": 0.1,
    "epochs": 40,
    "batch_size": 4,
    "early_stopping": {"patience": 10, "share": 0.2},
}

LEAST_COVERED = 17
"""Of 20 null studies; with a true coverage of 95 %, fewer are rare (2 %)."""


class People(NamedTuple):
    """Sessions, one of each participant, and what their networks may see."""

    rows: list
    data: list
    reduced: list
    mask: np.ndarray


class Scope(NamedTuple):
    """Components of a scope's people, in all people."""

    activity: np.ndarray
    maps: list


def scan(study, effects):
    """Return people whom the workflow has scanned and preprocessed."""
    rows = phantom_cohort(GROUPS, PEOPLE_SEED)
    names = [f"sub-{row['participant_id']}_ses-{row['session_id']}" for row in rows]
    bold = [
        f"4_func/{name.replace('_', '/')}/{name}_task-rest_space-{SPACE}"
        "_desc-denoised_bold.nii.gz"
        for name in names
    ]
    mask = "2_anat/template/grid_brain_mask.nii.gz"
    results, _ = run_study(
        "config/studies/teh2022.yaml",
        study=study,
        targets=[*bold, mask],
        seed=PEOPLE_SEED,
        groups={"reference": "control", "affected": "patient"},
        grid={"shape": [24, 28, 24], "voxel_size": 8.0},
        phantom={
            "groups": GROUPS,
            "t1w_voxel_size": 3.0,
            "bold": BOLD | {"effects": effects},
        },
        anat={"brain_mask": "template", "template_resolution": 3.0},
        func={"confounds": {"motion": 12, "compcor": 1}},
        ica=ICA,
        experiments={
            "ssc": {
                "label": "selected components",
                "feature": {"kind": "ica", "components": "selected", "alpha": ALPHA},
                "folds": {"k": FOLDS, "repeats": 1},
                "network": NETWORK,
                "training": TRAINING,
            }
        },
    )
    mask = str(results / mask)
    data = [read_voxels(str(results / path), mask) for path in bold]
    reduced = [
        reduce_session(normalise_variance(run), ICA["reduce_to"]) for run in data
    ]
    return People(rows, data, reduced, read_mask(mask))


def fit_scope(people, inside, seed):
    """Fit group ICA to the people inside a scope, and find its components in all."""
    n = ICA["components"]
    group = GroupReduction(rows_between(n, ICA["reduce_to"]))
    for number in np.flatnonzero(inside):
        group.add(people.reduced[number])
    components = group.components(n)
    found = decompose(components, seed, ICA["repeats"], ICA["algorithm"])
    group_maps = in_noise_units(found.maps, group.noise(components))
    normalise = ICA["normalise_courses"]
    pairs = [dual_regression(run, group_maps, normalise) for run in people.data]
    return Scope(
        activity=np.array([courses.std(0) for courses, _ in pairs]),
        maps=[maps.astype(np.float16) for _, maps in pairs],
    )


def predict(people, labels, seed, experiments):
    """Return the predictions of a study's experiments on everybody.

    Parameters
    ----------
    people : People
    labels : ndarray of int, shape (n_people,)
        1 for a patient.
    seed : int
        Of folds, group ICA and networks.
    experiments : sequence of (str, str)
        ``asc`` or ``ssc``, and ``honest`` or ``replica``.

    Returns
    -------
    dict of (str, str) to DataFrame
    """
    fold_of, everybody = deal(people, labels, seed), np.full(len(labels), True)
    published = fit_scope(people, everybody, derive_seed(seed, "fit_group_ica", "all"))
    tables = {experiment: [] for experiment in experiments}
    for fold in range(1, FOLDS + 1):
        learnt = fold_of != fold
        own = fit_scope(people, learnt, derive_seed(seed, "fit_group_ica", fold))
        for kind, protocol in experiments:
            replica = protocol == "replica"
            scope, inside = (published, everybody) if replica else (own, learnt)
            chosen = select(scope, labels, inside) if kind == "ssc" else None
            features = [MaskedFeature(maps, people.mask, chosen) for maps in scope.maps]
            of_network = derive_seed(seed, "train_fold", kind, fold)
            table = predict_fold(people, features, labels, learnt, replica, of_network)
            tables[kind, protocol].append(table.assign(repeat=1, fold=fold))
    return {key: pd.concat(parts, ignore_index=True) for key, parts in tables.items()}


def deal(people, labels, seed):
    """Return the fold that tests each of the people."""
    names = names_of(people)
    pairs = zip(names, map(str, labels), strict=True)
    rows = [{"participant_id": name, "group": group} for name, group in pairs]
    fold_of = split(rows, k=FOLDS, repeats=1, seed=seed)
    return np.array([fold_of[1, name] for name in names])


def select(scope, labels, inside):
    """Return the components that go with the labels of the people inside a scope."""
    return associated_components(scope.activity[inside], labels[inside], ALPHA)[0]


def predict_fold(people, features, labels, learnt, watches_test, seed):
    """Train on the people to be learnt from; return predictions of the others."""
    names = names_of(people)
    tested = sessions_where(~learnt, features, labels)
    model, scaling, _ = train(
        *sessions_where(learnt, features, labels),
        network=NETWORK,
        training=TRAINING,
        seed=seed,
        participants=names[learnt].tolist(),
        validation=tested if watches_test else None,
    )
    logits = predict_logits(model, scaling, tested[0])
    keras.utils.clear_session()
    columns = {"participant_id": names[~learnt], "session_id": "1"}
    return prediction_table(logits, **columns, label=labels[~learnt])


def names_of(people):
    """Return the participants."""
    return np.array([row["participant_id"] for row in people.rows])


def auc(predictions, seed):
    """Return the pooled AUC and the bounds of its confidence interval."""
    scores = score_table(predictions, seed, n_permutations=1).set_index(
        ["score", "pooling"]
    )
    return tuple(scores.loc[("auc", "pooled"), ["value", "ci_low", "ci_high"]])


def planted_labels(people):
    """Return 1 for each patient, 0 for each control."""
    return np.array([int(row["group"] == "patient") for row in people.rows])


def measure_null():
    """Draw patients at random among people without an effect."""
    people = scan("honest_null", {})
    planted = planted_labels(people)
    honest, replica = [], []
    for seed in NULL_SEEDS:
        labels = np.random.default_rng(seed).permutation(planted)
        asked = ("ssc", "honest"), ("ssc", "replica")
        tables = predict(people, labels, seed, asked)
        for experiment, found in zip(asked, (honest, replica), strict=True):
            found.append(auc(tables[experiment], seed))
            note(f"null seed {seed}", experiment, found[-1])
    n = len(honest)
    covered = sum(low <= 0.5 <= high for _, low, high in honest)
    unit = f"of {n} 95 % intervals of honest AUC hold 0.5"
    enough = covered >= LEAST_COVERED
    say("honest_null_coverage", covered, unit, f">= {LEAST_COVERED}", enough)
    honest, replica = ([value for value, *_ in found] for found in (honest, replica))
    error = stdev(honest) / n**0.5
    unit, goal = f"mean of {n}, standard error {error:.3f}", "<= 0.5 + 2 errors"
    low = mean(honest) <= 0.5 + 2 * error
    say("honest_null_auc", f"{mean(honest):.3f}", unit, goal, low)
    gaps = [two - one for one, two in zip(honest, replica, strict=True)]
    above = sum(gap > 0 for gap in gaps)
    unit = f"replica (mean {mean(replica):.3f}) less honest, > 0 in {above} of {n}"
    inflated = mean(gaps) >= 0.1
    say("honest_null_optimism", f"{mean(gaps):.3f}", unit, ">= 0.1", inflated)


def measure_effect():
    """Tell patients from controls who differ in two networks."""
    people = scan("honest_effect", EFFECTS)
    labels = planted_labels(people)
    asked = ("asc", "honest"), ("ssc", "honest")
    values = {experiment: [] for experiment in asked}
    for seed in EFFECT_SEEDS:
        for experiment, table in predict(people, labels, seed, asked).items():
            found = auc(table, seed)
            note(f"effect seed {seed}", experiment, found)
            values[experiment].append(found[0])
    for (kind, _), aucs in values.items():
        unit = "mean of " + " ".join(f"{value:.3f}" for value in aucs)
        high = mean(aucs) >= 0.8
        say(f"honest_effect_auc_{kind}", f"{mean(aucs):.3f}", unit, ">= 0.8", high)


def note(study, experiment, found):
    """Print one study's AUC where the collector of figures does not read."""
    value, low, high = found
    text = f"{study} {'_'.join(experiment)} {value:.3f} ({low:.3f} to {high:.3f})"
    print(text, file=sys.stderr, flush=True)


use_threads(1)
measure_null()
measure_effect()
