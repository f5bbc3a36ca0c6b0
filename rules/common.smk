from scan2map.bids_layout import find_dataset_images
from scan2map.cohort import phantom_cohort, read_cohort
from scan2map.covariates import check_design
from scan2map.programs import check_programs
from scan2map.provenance import code_digest
from scan2map.splits import derive_seed, split
from scan2map.template import SPACE as MNI

METRICS = ["MD", "A", "FA", "planarity"]
WANTED = ["T1w", "dwi"]
GROUPS = [config["groups"]["reference"], config["groups"]["affected"]]

PHANTOM = config["phantom"] | {"groups": GROUPS}


pathvars:
    results=f"results/{config['study']}",
    logs=f"logs/{config['study']}",
    benchmarks="<results>/benchmarks",
    template="<results>/2_anat/template",
    phantom="<results>/0_phantom/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    bids_anat="<results>/1_bids/sub-{subject}/ses-{session}/anat/sub-{subject}_ses-{session}",
    bids_dwi="<results>/1_bids/sub-{subject}/ses-{session}/dwi/sub-{subject}_ses-{session}",
    anat="<results>/2_anat/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    dwi="<results>/3_dwi/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    tensors="<results>/5_features/tensor_space-{space}/sub-{subject}_ses-{session}",
    folds="<results>/6_folds/{experiment}",
    fold="<folds>/repeat-{repeat}_fold-{fold}",
    maps="<results>/7_maps/{experiment}",
    map="<maps>/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    statistics="<results>/8_statistics",
    report="<results>/9_report",


def code_of(script):
    """Digest of a script and the library modules it imports, as a rerun trigger."""
    return code_digest(f"{workflow.basedir}/scripts/{script}.py")


def seed_of(rule):
    """Give each job of a rule a seed of its own."""
    return lambda wildcards: derive_seed(config["seed"], rule, *wildcards)


def read_study():
    """Return all rows of the cohort; errors are sentences, one a line."""
    if config["source"] == "phantom":
        if sorted(config["phantom"]["groups"]) != sorted(GROUPS):
            raise ValueError(
                f"the phantom has the groups {', '.join(config['phantom']['groups'])}, "
                f"the study compares {' and '.join(GROUPS)}: make 'phantom: groups' and "
                "'groups' agree"
            )
        return phantom_cohort(config["phantom"]["groups"], config["seed"])
    return read_cohort(
        config["cohort"], GROUPS, config["source"], config["statistics"]["covariates"]
    )


def plan_folds():
    """Return {experiment: {(repeat, participant): fold}}."""
    planned = {}
    for name, experiment in config["experiments"].items():
        try:
            planned[name] = split(cohort, **experiment["folds"], seed=config["seed"])
        except ValueError as problem:
            raise ValueError(f"experiment '{name}': {problem}") from None
    return planned


def find_dataset_files():
    """Return {(subject, session): {name: path}} where an existing dataset is the source."""
    if config["source"] != "bids":
        return {}
    bids = config["bids"]
    return find_dataset_images(bids["dataset"], cohort, bids["entities"])


try:
    everybody = read_study()
    cohort = [row for row in everybody if not row["exclude"]]
    check_design(cohort, GROUPS, config["statistics"]["covariates"])
    check_programs(config["dwi"])
    folds = plan_folds()
    bids_files = find_dataset_files()
except (ValueError, RuntimeError) as problem:
    raise WorkflowError(str(problem)) from None

row_of = {(row["participant_id"], row["session_id"]): row for row in cohort}


def session_row(wildcards):
    """The cohort's row of one session."""
    return row_of[wildcards.subject, wildcards.session]


def each_session(pattern, rows=None, **values):
    """Fill a path pattern for each session of the cohort or of the given rows."""
    pattern = workflow.pathvars.apply(pattern)
    return [
        pattern.format(
            subject=row["participant_id"], session=row["session_id"], **values
        )
        for row in (cohort if rows is None else rows)
    ]


def is_mirrored(row):
    """Whether a session is mirrored, so that disease lies on one side in everybody."""
    return row["onset_side"] == "left"


def mirror_session(wildcards):
    return is_mirrored(session_row(wildcards))


def participant_seed(wildcards):
    """What stays the same in all sessions of a participant: the anatomy."""
    return derive_seed(config["seed"], "participant", wildcards.subject)


def dicom_of_session(wildcards):
    """The DICOM folder or archive of a session."""
    if config["source"] == "phantom":
        return workflow.pathvars.apply(
            "<results>/0_phantom/sub-{subject}/ses-{session}/dicom"
        )
    return session_row(wildcards)["dicom"]


def bids_of_session(wildcards):
    """The files of a session in an existing BIDS dataset, by name of the image."""
    return bids_files[wildcards.subject, wildcards.session]


def warp_from(space):
    """The field that takes a space to MNI; nothing where it is MNI already."""
    if space == MNI:
        return []
    return workflow.pathvars.apply(f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz")


def warp_of_space(wildcards):
    """The field that takes T1w space on to MNI, where that is the target."""
    return warp_from("T1w") if wildcards.space == MNI else []


def experiment_of(wildcards):
    return config["experiments"][wildcards.experiment]


def setting_of_experiment(key):
    """A block of an experiment's configuration."""
    return lambda wildcards: experiment_of(wildcards)[key]


def held_out(wildcards):
    """Sessions of the participants that one fold tests."""
    fold_of = folds[wildcards.experiment]
    repeat, fold = int(wildcards.repeat), int(wildcards.fold)
    return [row for row in cohort if fold_of[repeat, row["participant_id"]] == fold]


def training(wildcards):
    """Sessions of the participants that one fold may learn from."""
    tested = {row["participant_id"] for row in held_out(wildcards)}
    return [row for row in cohort if row["participant_id"] not in tested]


def labels_of(rows_of):
    """1 for the affected group, 0 for the reference group, session by session."""
    return lambda wildcards: [
        int(row["group"] == GROUPS[1]) for row in rows_of(wildcards)
    ]


def column_of(column, rows_of):
    """One column of the cohort for the sessions that a function chooses."""
    return lambda wildcards: [row[column] for row in rows_of(wildcards)]


def features(rows_of):
    """Feature arrays of the sessions that a function of the wildcards chooses."""
    return lambda wildcards: each_session(
        "<tensors>.npy", rows_of(wildcards), space=experiment_of(wildcards)["space"]
    )


def training_memory(wildcards):
    """MB that training needs: about 600 bytes per voxel and session of a batch."""
    x, y, z = config["grid"]["shape"]
    return (
        2000
        + 600 * x * y * z * experiment_of(wildcards)["training"]["batch_size"] // 2**20
    )


def each_fold(pattern):
    """Fill a path pattern for each repeat and fold of an experiment."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        asked = experiment_of(wildcards)["folds"]
        return [
            pattern.format(experiment=wildcards.experiment, repeat=repeat, fold=fold)
            for repeat in range(1, asked["repeats"] + 1)
            for fold in range(1, asked["k"] + 1)
        ]

    return fill


def folds_testing(pattern):
    """Fill a path pattern for the folds in which a session was held out."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        name, subject = wildcards.experiment, wildcards.subject
        return [
            pattern.format(experiment=name, repeat=repeat, fold=fold)
            for (repeat, participant), fold in folds[name].items()
            if participant == subject
        ]

    return fill


def warp_of_experiment(wildcards):
    """The field that takes an experiment's maps to MNI."""
    return warp_from(experiment_of(wildcards)["space"])


def grid_of_experiment(wildcards):
    """An image on the grid of an experiment's maps."""
    space = experiment_of(wildcards)["space"]
    return workflow.pathvars.apply(f"<dwi>_space-{space}_desc-tensor_mask.nii.gz")


def tested_maps(wildcards):
    """Maps that a t map is made of: an experiment's sensitivity, or diffusion itself."""
    if wildcards.maps == "traditional":
        return each_session(f"<dwi>_space-{MNI}_{wildcards.metric}.nii.gz")
    return each_session(
        f"<map>_space-{MNI}_desc-{wildcards.metric}_sensitivity.nii.gz",
        experiment=wildcards.maps,
    )


def each_experiment(pattern):
    """Fill a path pattern for each experiment."""
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.format(experiment=name) for name in config["experiments"]]


def experiment_labels():
    """What figures and tables call the experiments."""
    return [experiment["label"] for experiment in config["experiments"].values()]


def approaches(contrast):
    """Names of the maps that a contrast is tested on.

    Diffusion maps have no mean of interest: they are positive everywhere.
    """
    return [*config["experiments"], *(["traditional"] if contrast == "groups" else [])]


def of_approaches(pattern):
    """Fill a path pattern for each kind of maps that a contrast is tested on."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(maps=maps, metric=wildcards.metric, contrast=wildcards.contrast)
        for maps in approaches(wildcards.contrast)
    ]


def approach_labels(wildcards):
    """What figures call the kinds of maps that a contrast is tested on."""
    return [*experiment_labels(), "traditional"][: len(approaches(wildcards.contrast))]


def t_map_title(wildcards):
    """What a t map shows, in words."""
    asked = {
        "groups": f"{wildcards.metric}: {GROUPS[1]} minus {GROUPS[0]}",
        "mean": f"Sensitivity to {wildcards.metric}: mean over everybody, against zero",
    }
    return asked[wildcards.contrast]


def effect_names():
    """Names of the phantom's planted effects; none for real data."""
    if config["source"] != "phantom":
        return []
    return [effect["name"] for effect in config["phantom"]["effects"]]


def effect_masks():
    return [
        f"<results>/0_phantom/ground_truth/{name}_mask.nii.gz"
        for name in effect_names()
    ]


def study_figures():
    """Everything that the report shows."""
    apply = workflow.pathvars.apply
    per_experiment = ["roc.png", "learning_curves.png"]
    return [
        *each_session("<report>/sub-{subject}/sub-{subject}_ses-{session}_qc.png"),
        *[
            apply(f"<report>/{name}_{figure}")
            for name in config["experiments"]
            for figure in per_experiment
        ],
        *[
            apply(f"<report>/{metric}_{contrast}_t.png")
            for metric in METRICS
            for contrast in ("groups", "mean")
        ],
        apply("<report>/scores.html"),
        apply("<report>/methods.html"),
        apply("<report>/cohort.png"),
        apply("<results>/1_bids/dataset_description.json"),
    ]
