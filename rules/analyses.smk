# Voxel-wise analyses: which maps each of them tests, of whom, by which contrasts.

from scan2map.analyses import contrasts_of
from scan2map.cohort import leave_out
from scan2map.designs import design_covariates, global_column, images_of


def analysis_of(wildcards):
    return analyses[wildcards.analysis]


def statistics_of(*keys):
    """What a rule uses of an analysis's settings, so that nothing else reruns it."""
    return lambda wildcards: {
        key: analysis_of(wildcards)["statistics"][key] for key in keys
    }


MODEL = (
    "design", "groups", "sessions", "regressor", "covariates", "variance", "global",
)  # fmt: skip
"""What the model of an analysis depends on."""


def settings_of_correction(wildcards):
    """What a correction depends on beside the model."""
    asked = analysis_of(wildcards)["statistics"]
    keys = [*MODEL, "tails", "alpha", "cluster_forming_p", "null"]
    if wildcards.correction.startswith("permutation"):
        keys += ["permutations", "tfce"]
    return {key: asked[key] for key in keys}


def seed_of_correction(wildcards):
    """A seed for each permutation test; other corrections have no use for one."""
    if wildcards.correction.startswith("permutation"):
        return derive_seed(config["seed"], "correct_maps", *wildcards)
    return None


def analyses_of_kind(*kinds):
    """Names of the analyses of a kind of maps."""
    return [name for name, one in analyses.items() if one["kind"] in kinds]


def maps_of(name):
    """What the maps of an analysis are called, each tested for itself."""
    kind, maps = analyses[name]["kind"], analyses[name]["maps"]
    if kind in ("sensitivity", "diffusion"):
        return METRICS
    if kind == "activation":
        return kinds_of(maps)
    if kind == "tissue":
        return TISSUES_SEEN
    return [maps] if kind == "column" else ["components"]


def contrasts(name, maps):
    """Contrasts of an analysis's maps, by name."""
    return contrasts_of(analyses[name], GROUPS, maps)


def contrasts_tested(wildcards):
    """Contrasts of the maps that a rule is about, by name."""
    return contrasts(wildcards.analysis, wildcards.maps)


def contrast_of(wildcards):
    """One contrast as configured."""
    return contrasts_tested(wildcards)[wildcards.contrast]


def contrast_position(wildcards):
    """Which of the maps' contrasts it is, counted from 0."""
    return list(contrasts_tested(wildcards)).index(wildcards.contrast)


def tested_rows(name):
    """Sessions whose maps an analysis tests, in the order of its design."""
    return [row for rows in sessions_tested(name).values() for row in rows]


def sessions_tested(name):
    """Sessions by what each row of an analysis's design, their average, is called."""
    return images_of(designs[name], leave_out(cohort, unmapped[name]))


def images_per_row(wildcards):
    """How many maps each row of the design is the average of."""
    return [len(members) for members in designs[wildcards.analysis].members]


def sessions_of_globals(wildcards):
    """Sessions of each row of the design, where a column holds their global values."""
    column = global_column(analysis_of(wildcards)["statistics"])
    if column is None:
        return {}
    known = ("participant_id", "session_id", column)
    return {
        label: [{key: row[key] for key in known if key in row} for row in rows]
        for label, rows in sessions_tested(wildcards.analysis).items()
    }


def columns_of_model(name):
    """Columns that the model of an analysis needs beside the groups."""
    covariates = design_covariates(analyses[name]["statistics"])
    return [covariate["name"] for covariate in covariates]


def rows_of_model(wildcards):
    """What a model depends on of the sessions that take part; nothing else reruns it."""
    name = wildcards.analysis
    return model_columns(name, tested_rows(name))


def model_columns(name, rows):
    """Sessions without the columns that the model of an analysis does not need."""
    keys = ("participant_id", "session_id", "group", *columns_of_model(name))
    return [{key: row[key] for key in keys if key in row} for row in rows]


def columns_of_globals(name):
    """The column that holds the global values of an analysis's maps, where one does."""
    return [global_column(analyses[name]["statistics"])]


def volumes_in(columns):
    """The table of measured volumes, where an analysis has columns that are measured."""

    def find(wildcards):
        if set(columns(wildcards.analysis)).isdisjoint(measured):
            return []
        return workflow.pathvars.apply("<results>/2_anat/tissue_volumes.tsv")

    return find


def tested_maps(wildcards):
    """Files of the maps that an analysis tests, in the order of its design."""
    analysis, rows = analysis_of(wildcards), tested_rows(wildcards.analysis)
    if analysis["kind"] == "column":
        return [row[analysis["maps"]] for row in rows]
    if analysis["kind"] == "diffusion":
        return each_session(f"<dwi>_space-{MNI}_{wildcards.maps}.nii.gz", rows)
    if analysis["kind"] == "tissue":
        return each_session("<tissue_map>", rows, tissue=wildcards.maps)
    pattern = {
        "sensitivity": "<sensitivity>",
        "activation": "<activation>",
        "components": "<gradients>",
        "volumes": "<gradients>",
    }[analysis["kind"]]
    about = {"experiment": analysis["maps"], "kind": wildcards.maps}
    return each_session(pattern, rows, **about)


def null_maps(wildcards):
    """Statistics of networks that were trained on permuted labels, where asked for."""
    asked = analysis_of(wildcards)["statistics"]
    if asked["null"] == "maps" or not wildcards.correction.startswith("permutation"):
        return []
    pattern = workflow.pathvars.apply("<tested>/null/{number}_statmaps.nii.gz")
    about = {"analysis": wildcards.analysis, "maps": wildcards.maps}
    numbers = range(1, asked["retrainings"] + 1)
    return [pattern.format(**about, number=number) for number in numbers]


def retrained(wildcards):
    """The experiment of an analysis, its labels permuted."""
    return f"{analysis_of(wildcards)['maps']}_null{wildcards.number}"


def retrained_stacks(suffix):
    """Maps of each fold of networks that were trained on permuted labels."""

    def fill(wildcards):
        name, kind = retrained(wildcards), analysis_of(wildcards)["kind"]
        stem = "gradients" if kind == "volumes" else kind
        pattern = f"<maps>/repeat-{{repeat}}_fold-{{fold}}/{stem}{suffix}"
        pattern = workflow.pathvars.apply(pattern)
        return [
            pattern.format(experiment=name, repeat=repeat, fold=fold)
            for repeat, fold in numbered_folds(name)
        ]

    return fill


def maps_in_order(wildcards):
    """What the maps of an analysis are called."""
    return maps_of(wildcards.analysis)


def retrained_rows(wildcards):
    """The cohort with permuted labels, and what the model depends on beside them."""
    return model_columns(wildcards.analysis, people(retrained(wildcards)))


def fields_of_maps(wildcards):
    """Fields that take each session's maps to MNI; nothing where they are there."""
    space = experiment_named(analysis_of(wildcards)["maps"])["feature"].get("space")
    if space != "T1w":
        return []
    return each_session(f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz")


def grids_of_maps(wildcards):
    """Images on the grids of each session's maps."""
    space = experiment_named(analysis_of(wildcards)["maps"])["feature"].get("space")
    if space is None:
        return []
    return each_session("<dwi>_space-{space}_desc-tensor_mask.nii.gz", space=space)


def without_maps(wildcards):
    """Participants of the cohort who have no maps that an analysis could test."""
    return unmapped[wildcards.analysis]


def kind_of_analysis(wildcards):
    return analysis_of(wildcards)["kind"]


def is_reversed(wildcards):
    """Whether each map is mirrored: those of networks and of diffusion can be."""
    analysis = analysis_of(wildcards)
    mirror = analysis["kind"] in ("sensitivity", "diffusion")
    return [mirror and is_mirrored(row) for row in tested_rows(wildcards.analysis)]


def masks_of_sessions(wildcards):
    """Where each session has data in MNI space."""
    if wildcards.modality == "dwi":
        return each_session(f"<dwi>_space-{MNI}_desc-tensor_mask.nii.gz")
    return each_session("<bold>_desc-brain_mask.nii.gz")


def tested_masks(wildcards):
    """Masks that a map must lie in: where everybody has data, and the user's own."""
    analysis = analysis_of(wildcards)
    shared = {
        "sensitivity": ["<statistics>/dwi_mask.nii.gz"],
        "diffusion": ["<statistics>/dwi_mask.nii.gz"],
        "components": ["<statistics>/bold_mask.nii.gz"],
        "volumes": ["<statistics>/bold_mask.nii.gz"],
        "activation": [GRID_MASK],
        "tissue": [GRID_MASK],
        "column": [],
    }[analysis["kind"]]
    own = analysis["statistics"]["mask"]["explicit"]
    return [workflow.pathvars.apply(path) for path in shared] + ([own] if own else [])


def atlas_files(wildcards):
    """Image and table of an analysis's atlas, where it has one."""
    return atlas_in(analysis_of(wildcards)["statistics"])


def atlas_in(statistics):
    files = statistics["atlas"]["image"], statistics["atlas"]["labels"]
    return [file for file in files if file]


def checked_atlas(wildcards):
    """Word that an atlas fits the brain; images of the user's own are looked up first."""
    analysis = analysis_of(wildcards)
    if analysis["kind"] == "column":
        return []
    return word_of_atlas(analysis["statistics"], wildcards.analysis)


def word_of_atlas(statistics, analysis):
    if not atlas_in(statistics):
        return []
    path = workflow.pathvars.apply("<statistics>/{analysis}/atlas.json")
    return path.format(analysis=analysis)


def first_correction(name):
    """The correction of an analysis that figures show."""
    return analyses[name]["statistics"]["corrections"][0]


def of_first_correction(pattern, **known):
    """Fill a path pattern for the correction that figures show."""
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        first = first_correction(wildcards.analysis)
        return pattern.format(**dict(wildcards.items()), **known, correction=first)

    return fill


def of_contrasts(pattern, each=False):
    """Fill a path pattern for each contrast of an analysis, and for its first correction.

    Or for each of its corrections, contrast by contrast.
    """
    pattern = workflow.pathvars.apply(pattern)

    def fill(wildcards):
        asked = analysis_of(wildcards)["statistics"]["corrections"]
        about = {"analysis": wildcards.analysis, "maps": wildcards.maps}
        return [
            pattern.format(**about, contrast=contrast, correction=correction)
            for contrast in contrasts_tested(wildcards)
            for correction in (asked if each else asked[:1])
        ]

    return fill


def contrasts_in_order(wildcards):
    """Names of the maps' contrasts."""
    return list(contrasts_tested(wildcards))


def corrections_in_order(wildcards):
    """Names of an analysis's corrections."""
    return analysis_of(wildcards)["statistics"]["corrections"]


def of_analysed_experiment(pattern):
    """Fill a path pattern with the experiment whose maps an analysis tests."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: pattern.format(experiment=analysis_of(wildcards)["maps"])
