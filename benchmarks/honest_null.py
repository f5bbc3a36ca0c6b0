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
GROUPS = {"control": 12, "patient": 12}
EFFECTS = {"sensorimotor": 1.0, "salience": -0.5}
BOLD = {"voxel_size": 8.0, "volumes": 120, "repetition_time": 3.0}
ALPHA, FOLDS = 0.1, 4
ICA = {"components": 12, "reduce_to": 20, "algorithm": "fastica", "repeats": 3}
NETWORK = {"name": "voxnet", "shrink": 1, "filters": [8, 8], "dense": [16]}
TRAINING = {
    "learning_rate": 1e-2,
    "decay": 1.0,
    "decay_every": 1,
    "epsilon": 0.1,
    "epochs": 30,
    "batch_size": 4,
    "early_stopping": {"patience": 5, "share": 0.2},
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
    rows = phantom_cohort(GROUPS, seed=1)
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
        groups={"reference": "control", "affected": "patient"},
        grid={"shape": [24, 28, 24], "voxel_size": 8.0},
        phantom={
            "groups": GROUPS,
            "t1w_voxel_size": 4.0,
            "bold": BOLD | {"effects": effects},
        },
        anat={"brain_mask": "template", "template_resolution": 4.0},
        func={"confounds": {"motion": 12, "compcor": 1}},
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
    pairs = [dual_regression(run, group_maps, normalise=True) for run in people.data]
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
    names = np.array([row["participant_id"] for row in people.rows])
    pairs = zip(names, map(str, labels), strict=True)
    rows = [{"participant_id": name, "group": group} for name, group in pairs]
    fold_of = split(rows, k=FOLDS, repeats=1, seed=seed)
    fold_of = np.array([fold_of[1, name] for name in names])
    everybody = np.full(len(names), True)
    published = fit_scope(people, everybody, derive_seed(seed, "fit_group_ica", "all"))
    tables = {experiment: [] for experiment in experiments}
    for fold in range(1, FOLDS + 1):
        learnt = fold_of != fold
        own = fit_scope(people, learnt, derive_seed(seed, "fit_group_ica", fold))
        for kind, protocol in experiments:
            replica = protocol == "replica"
            scope, inside = (published, everybody) if replica else (own, learnt)
            chosen = select(scope, labels, inside) if kind == "ssc" else None
            logits = predict_fold(
                [MaskedFeature(maps, people.mask, chosen) for maps in scope.maps],
                labels,
                names,
                learnt,
                watches_test=replica,
                seed=derive_seed(seed, "train_fold", kind, fold),
            )
            table = prediction_table(
                logits,
                participant_id=names[~learnt],
                session_id="1",
                label=labels[~learnt],
                repeat=1,
                fold=fold,
            )
            tables[kind, protocol].append(table)
    return {key: pd.concat(parts, ignore_index=True) for key, parts in tables.items()}


def select(scope, labels, inside):
    """Return the components that go with the labels of the people inside a scope."""
    return associated_components(scope.activity[inside], labels[inside], ALPHA)[0]


def predict_fold(features, labels, names, learnt, watches_test, seed):
    """Train on the people to be learnt from; return the logits of the others."""
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
    return logits


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
    experiments = [("ssc", "honest"), ("ssc", "replica")]
    found = {experiment: [] for experiment in experiments}
    for seed in NULL_SEEDS:
        labels = np.random.default_rng(seed).permutation(planted_labels(people))
        for experiment, table in predict(people, labels, seed, experiments).items():
            found[experiment].append(auc(table, seed))
            value, low, high = found[experiment][-1]
            note(f"null seed {seed} {experiment}: {value:.3f} ({low:.3f}-{high:.3f})")
    honest, replica = found.values()
    n = len(honest)
    covered = sum(low <= 0.5 <= high for _, low, high in honest)
    say(
        "honest_null_coverage",
        covered,
        f"of {n} 95% CIs of honest AUC hold 0.5",
        f">= {LEAST_COVERED}",
        covered >= LEAST_COVERED,
    )
    honest, replica = ([value for value, *_ in values] for values in (honest, replica))
    near = abs(mean(honest) - 0.5) <= 2 * stdev(honest) / n**0.5
    unit = f"mean of {n}, SD {stdev(honest):.3f}"
    say("honest_null_auc", f"{mean(honest):.3f}", unit, "0.5 ± 2 SE", near)
    gaps = [two - one for one, two in zip(honest, replica, strict=True)]
    low = mean(gaps) - 2 * stdev(gaps) / n**0.5
    above = sum(gap > 0 for gap in gaps)
    unit = f"replica (mean {mean(replica):.3f}) above honest, in {above} of {n}"
    say("honest_null_optimism", f"{mean(gaps):+.3f}", unit, ">= 0.1 - 2 SE", low >= 0.1)


def measure_effect():
    """Tell patients from controls who differ in two networks."""
    people = scan("honest_effect", EFFECTS)
    labels = planted_labels(people)
    experiments = [("asc", "honest"), ("ssc", "honest")]
    found = {kind: [] for kind, _ in experiments}
    for seed in EFFECT_SEEDS:
        for (kind, _), table in predict(people, labels, seed, experiments).items():
            found[kind].append(auc(table, seed)[0])
    for kind, values in found.items():
        every = " ".join(f"{value:.3f}" for value in values)
        name, unit = f"honest_effect_auc_{kind}", f"mean of {every}"
        say(name, f"{mean(values):.3f}", unit, ">= 0.8", mean(values) >= 0.8)


def note(text):
    """Print what is not a figure where the collector of figures does not read."""
    print(text, file=sys.stderr, flush=True)


use_threads(1)
measure_null()
measure_effect()
