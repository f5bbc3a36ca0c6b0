# Folds: how people are dealt to them, and whom each network learns from and is tested on.

from collections import Counter

from scan2map.analyses import base_and_number
from scan2map.bids_layout import FOLDERS
from scan2map.splits import VALIDATION, is_shuffle, tested_folds, training_folds


def people(name):
    """Sessions of the cohort as an experiment sees them: permuted labels or given ones."""
    return labelled(base_and_number(name)[1])


def dealing_of(name):
    """Name of the way in which participants are dealt to an experiment's folds.

    Experiments with as many folds share it; permuted labels are dealt anew.
    """
    number, base = base_and_number(name)[1], name_dealing(
        experiment_named(name)["folds"]
    )
    return base if number is None else f"{base}_null-{number}"


NO_COPIES = "<results>/6_folds/no_copies.json"
"""No score is written before this is there. Networks do not wait for it: they would
depend on the people they test, and be trained anew with every person more."""


def starting_images(wildcards):
    """What all sessions start from, image by image: each in the order of the cohort.

    Images of an existing dataset, or those that DICOM becomes.
    """
    if FROM_DICOM:
        return [
            path
            for kind in WANTED
            for path in each_session(f"<bids_{FOLDERS[kind]}>_{kind}.nii.gz")
        ]
    found = given_files or find_dataset_files(cohort)
    kinds = [kind.lower() for kind in WANTED] or TISSUES_SEEN or ["bold"]
    return [files[kind] for kind in kinds for files in found.values()]


DEALINGS = "(k-[0-9]+|shuffle-[0-9.e-]+)"
"""What `name_dealing` returns."""


def name_dealing(asked):
    """Name of a way to deal participants, given labels."""
    if is_shuffle(asked):
        return f"shuffle-{asked['validation']}-{asked['test']}"
    return f"k-{asked['k']}"


def dealt_rows():
    """What splits depend on of each session, so that no covariate makes them anew."""
    keys = ("participant_id", "session_id", "group")
    return [
        {key: row[key] for key in keys} | {"family": family_of(row)} for row in cohort
    ]


@cache
def shared_families():
    """Labels of families that several participants have."""
    labels = {row["participant_id"]: row["family"] for row in cohort}.values()
    return {label for label, people in Counter(labels).items() if people > 1}


def family_of(row):
    """The family of a session; a label that nobody shares is as good as none."""
    return row["family"] if row["family"] in shared_families() else ""


def families_of(rows_of):
    """The family of each session that a function chooses."""
    return lambda wildcards: [family_of(row) for row in rows_of(wildcards)]


@cache
def dealt(name):
    """Sessions by repeat and fold, in the cohort's order; and fold by participant."""
    base, _, number = name.partition("_null-")
    number = int(number) if number else None
    asked = [experiment["folds"] for experiment in config["experiments"].values()]
    alike = [one for one in asked if name_dealing(one) == base]
    most = max(alike, key=lambda one: one["repeats"])
    fold_of = deal(number, **most)
    tested = {}
    for row in labelled(number):
        for repeat in range(1, most["repeats"] + 1):
            fold = fold_of[repeat, row["participant_id"]]
            tested.setdefault((repeat, fold), []).append(row)
    return tested, fold_of


@cache
def folds_of(name):
    """Fold of each repeat and participant; permuted labels are dealt anew."""
    return deal(base_and_number(name)[1], **experiment_named(name)["folds"])


def numbered_folds(name):
    """Repeat and fold of each network of an experiment."""
    asked = experiment_named(name)["folds"]
    return [
        (repeat, fold)
        for repeat in range(1, asked["repeats"] + 1)
        for fold in tested_folds(asked)
    ]


def each_fold(pattern):
    """Fill a path pattern for each repeat and fold of an experiment."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(experiment=wildcards.experiment, repeat=repeat, fold=fold)
        for repeat, fold in numbered_folds(wildcards.experiment)
    ]


def seed_of_fold(rule):
    """One seed per fold, the same for an experiment and its replica."""

    def derive(wildcards):
        base = experiment_of(wildcards)["base"]
        fold = (wildcards.repeat, wildcards.fold)
        return derive_seed(config["seed"], rule, base, *fold)

    return derive


def tested_in(dealing, repeat, numbers):
    """Sessions of the participants in some folds, fold by fold."""
    tested, _ = dealt(dealing)
    return [row for fold in numbers for row in tested[int(repeat), int(fold)]]


def held_out(wildcards):
    """Sessions of the participants that one fold tests."""
    dealing = dealing_of(wildcards.experiment)
    return tested_in(dealing, wildcards.repeat, [wildcards.fold])


def training(wildcards):
    """Sessions of the participants that one fold may learn from, fold by fold."""
    others = training_folds(experiment_of(wildcards)["folds"], wildcards.fold)
    return tested_in(dealing_of(wildcards.experiment), wildcards.repeat, others)


def validating(wildcards):
    """Sessions of the participants that a shuffle neither learns from nor tests."""
    dealing = dealing_of(wildcards.experiment)
    return tested_in(dealing, wildcards.repeat, [VALIDATION])


def watched(wildcards):
    """Sessions that early stopping looks at, where they are not training people's.

    A replica's are those of the fold it tests, a shuffle's those that validate.
    """
    experiment = experiment_of(wildcards)
    if not experiment["training"]["early_stopping"] or holds_back(experiment):
        return []
    if experiment["run_as"] == "replica":
        return held_out(wildcards)
    return validating(wildcards)


def holds_back(experiment):
    """Whether early stopping looks at training people, whom a network must not see."""
    stopping = experiment["training"]["early_stopping"]
    honest = experiment["run_as"] == "honest"
    return bool(stopping) and honest and not is_shuffle(experiment["folds"])


def families_held_back(wildcards):
    """The family of each training session, where it decides who is held back."""
    rows = training(wildcards)
    if not holds_back(experiment_of(wildcards)):
        return [""] * len(rows)
    return [family_of(row) for row in rows]


def training_settings(wildcards):
    """How a network learns; the share held back is part of it where anybody is."""
    experiment = experiment_of(wildcards)
    asked = experiment["training"]
    stopping = asked["early_stopping"]
    if not stopping or holds_back(experiment):
        return asked
    return asked | {"early_stopping": {"patience": stopping["patience"]}}


def labels_of(rows_of):
    """1 for the affected group, 0 for the reference group, session by session."""
    return lambda wildcards: [
        int(row["group"] == GROUPS[1]) for row in rows_of(wildcards)
    ]


def column_of(column, rows_of):
    """One column of the cohort for the sessions that a function chooses."""
    return lambda wildcards: [row[column] for row in rows_of(wildcards)]


def folds_testing(pattern):
    """Fill a path pattern for the folds in which a session was held out."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        name, subject = wildcards.experiment, wildcards.subject
        fold_of = folds_of(name)
        return [
            pattern.format(experiment=name, repeat=repeat, fold=fold)
            for repeat, fold in numbered_folds(name)
            if fold_of[repeat, subject] == fold
        ]

    return fill


def tested_in_folds(wildcards):
    """Participants that each fold tests, fold by fold."""
    tested = {fold: [] for fold in numbered_folds(wildcards.experiment)}
    for (repeat, who), fold in folds[wildcards.experiment].items():
        if (repeat, fold) in tested:
            tested[repeat, fold].append(who)
    return [sorted(people) for people in tested.values()]


def predicted_sessions(wildcards):
    """Participant and session of each prediction, network by network."""
    dealing = dealing_of(wildcards.experiment)
    return [
        sorted(
            (row["participant_id"], row["session_id"])
            for row in tested_in(dealing, repeat, [fold])
        )
        for repeat, fold in numbered_folds(wildcards.experiment)
    ]


def validation_predictions(wildcards):
    """Predictions of whom each shuffle neither learns from nor tests."""
    if wildcards.experiment not in shuffled():
        return []
    return each_fold("<fold>/validation.tsv")(wildcards)
