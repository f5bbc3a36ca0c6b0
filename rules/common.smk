import gc
from functools import cache

from scan2map.analyses import (
    columns_needed,
    locate_images,
    permuted_cohort,
    plan_designs,
)
from scan2map.bids_layout import find_dataset_images
from scan2map.cohort import phantom_cohort, read_cohort
from scan2map.derivatives_layout import find_derivatives, find_tissue_maps
from scan2map.dicom.inventory import let_through_in
from scan2map.inner_splits import check_inner_splits
from scan2map.measured import MEASURED, with_places
from scan2map.programs import check_programs
from scan2map.provenance import code_digest
from scan2map.settings import check_sides, wanted_images
from scan2map.source_files import listing_digest
from scan2map.splits import deal as deal_to_folds
from scan2map.splits import derive_seed, never_tested
from scan2map.template import SPACE as MNI

# A plan is millions of objects that live until the end: to look for garbage among them,
# again and again as they grow, takes a fifth of the time. Once jobs start it is looked for.
gc.disable()
# Snakemake looks up the script of every job three times: a tenth of the time.
workflow.sourcecache._cache = cache(workflow.sourcecache._cache)

PLANS = workflow.is_main_process
"""Whether this is the Snakemake that looks at the whole study, not one that runs a job."""

METRICS = ["MD", "A", "FA", "planarity"]
ACTIVATION = {"cam": "CAM", "gradcam": "Grad-CAM", "gradient": "gradient"}
"""What maps of networks that see a tissue are called, in the order of figures."""
WANTED = wanted_images(config)
FROM_DICOM = bool(WANTED) and config["source"] in ("phantom", "dicom")
DEFACED = bool(WANTED) and config["anat"].get("deface", config["source"] == "dicom")
KINDS = {one["feature"]["kind"] for one in config["experiments"].values()}
HAS_DWI = "tensor" in KINDS
HAS_BOLD = not KINDS.isdisjoint(["ica", "bold"])
HAS_TISSUE = "tissue" in KINDS
TISSUES = ["CSF", "GM", "WM"]
TISSUES_SEEN = [
    tissue
    for tissue in TISSUES
    if {"kind": "tissue", "tissue": tissue}
    in [one["feature"] for one in config["experiments"].values()]
]
TISSUE_MAP = "desc-modulated_probseg" if config["anat"]["modulate"] else "probseg"
MAP_SPACE = (
    config["derivatives"]["entities"]["space"]
    if config["source"] == "derivatives"
    else MNI
)
"""Space of BOLD, of tissue maps and of what networks make of both: ours of MNI, or the
one that they came in."""

GROUPS = [config["groups"]["reference"], config["groups"]["affected"]]

PHANTOM = config["phantom"] | {"groups": GROUPS}


pathvars:
    results=f"results/{config['study']}",
    logs=f"logs/{config['study']}",
    benchmarks="<results>/benchmarks",
    template="<results>/2_anat/template",
    phantom="<results>/0_phantom/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    inventory="<results>/1_bids/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}_inventory.tsv",
    bids_anat="<results>/1_bids/sub-{subject}/ses-{session}/anat/sub-{subject}_ses-{session}",
    bids_dwi="<results>/1_bids/sub-{subject}/ses-{session}/dwi/sub-{subject}_ses-{session}",
    bids_func="<results>/1_bids/sub-{subject}/ses-{session}/func/sub-{subject}_ses-{session}_task-rest",
    anat="<results>/2_anat/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    tissue_map=f"<anat>_space-{MAP_SPACE}_label-{{tissue}}_{TISSUE_MAP}.nii.gz",
    dwi="<results>/3_dwi/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    func="<results>/4_func/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}_task-rest",
    bold=f"<func>_space-{MAP_SPACE}",
    tensors="<results>/5_features/tensor_space-{space}/sub-{subject}_ses-{session}",
    tissues="<results>/5_features/tissue-{tissue}/sub-{subject}_ses-{session}",
    ica="<results>/5_features/ica",
    component_maps="<ica>/{scope}/sub-{subject}_ses-{session}_maps",
    volumes="<results>/5_features/bold_volumes-{volumes}/sub-{subject}_ses-{session}",
    list="<results>/5_features/{feature}/{dealing}_repeat-{repeat}_fold-{fold}.json",
    folds="<results>/6_folds/{experiment}",
    fold="<folds>/repeat-{repeat}_fold-{fold}",
    maps="<results>/7_maps/{experiment}",
    map="<maps>/sub-{subject}/ses-{session}/sub-{subject}_ses-{session}",
    sensitivity=f"<map>_space-{MNI}_desc-{{kind}}_sensitivity.nii.gz",
    activation=f"<map>_space-{MAP_SPACE}_desc-{{kind}}_map.nii.gz",
    gradients=f"<map>_space-{MAP_SPACE}_desc-components_gradient.nii.gz",
    statistics="<results>/8_statistics",
    tested="<statistics>/{analysis}/{maps}",
    corrected="<tested>/{contrast}_desc-{correction}",
    report="<results>/9_report",


def code_of(script):
    """Digest of a script and the library modules it imports, as a rerun trigger."""
    path = f"{workflow.basedir}/scripts/{script}.py"
    # A job needs that of its own script only.
    return code_digest(path) if PLANS else lambda wildcards: code_digest(path)


def intermediate(path):
    """Mark a file that nobody looks at once it has been used: the study may drop it."""
    return temp(path) if config["keep"] == "minimal" else path


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
    needed = columns_needed(analyses, MEASURED if "T1w" in WANTED else ())
    rows = read_cohort(config["cohort"], GROUPS, config["source"], needed, look=PLANS)
    locate_images(rows, analyses, config["cohort"])
    return rows


def measured_columns():
    """Volumes that the study measures in T1w images; the cohort's own columns win."""
    if "T1w" not in WANTED:
        return []
    return [name for name in MEASURED if name not in everybody[0]]


@cache
def labelled(number):
    """Sessions of the cohort with given labels, or with those of one permutation."""
    if number is None:
        return cohort
    return permuted_cohort(cohort, derive_seed(config["seed"], "null", number))


@cache
def deal(number=None, **asked):
    """Fold of each repeat and participant, with given labels or with permuted ones."""
    return deal_to_folds(labelled(number), config["seed"], **asked)


def plan_folds():
    """Return {experiment: {(repeat, participant): fold}}."""
    planned = {}
    for name, experiment in config["experiments"].items():
        try:
            planned[name] = deal(**experiment["folds"])
            check_inner_splits(experiment, cohort, planned[name])
        except ValueError as problem:
            raise ValueError(f"experiment '{name}': {problem}") from None
    return planned


def people_without_maps(analysis):
    """Participants of whom no network can make a map: those whom no shuffle tests."""
    if analysis["maps"] not in folds:
        return []
    asked = config["experiments"][analysis["maps"]]["folds"]
    return never_tested(asked, folds[analysis["maps"]])


def find_dataset_files(rows):
    """Return {(subject, session): {name: path}} where an existing dataset is the source."""
    if config["source"] == "bids":
        given = config["bids"]
        return find_dataset_images(
            given["dataset"], rows, wanted=WANTED, entities=given["entities"]
        )
    if config["source"] == "derivatives":
        given = config["derivatives"]
        if not HAS_TISSUE:
            return find_derivatives(given["dataset"], rows, given["entities"])
        return find_tissue_maps(
            given["dataset"],
            rows,
            tissues=TISSUES_SEEN,
            modulated=config["anat"]["modulate"],
            entities=given["entities"],
        )
    return {}


try:
    everybody = read_study()
    cohort = [row for row in everybody if not row["exclude"]]
    check_sides(cohort, config["experiments"])
    if HAS_DWI:
        check_programs(config["dwi"])
    folds = plan_folds()
    unmapped = {name: people_without_maps(one) for name, one in analyses.items()}
    measured = measured_columns()
    planned_rows = with_places(cohort, measured)
    designs = plan_designs(analyses, planned_rows, GROUPS, unmapped)
    given_files = find_dataset_files(cohort) if PLANS else {}
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


def anat_settings(*keys):
    """What a rule uses of the section `anat`, so that nothing else makes it run again."""
    return {key: config["anat"][key] for key in keys}


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


def files_of_dicom(wildcards):
    """A digest of what is in a session's DICOM, which the date of a folder tells not."""
    if config["source"] == "phantom":
        return None
    return listing_digest(session_row(wildcards)["dicom"])


def no_longer_let_through(wildcards):
    """What a session was let through with, and would be refused for today.

    That something is let through now is no reason to look again at those who passed.
    """
    pattern = workflow.pathvars.apply("<inventory>")
    inventory = Path(pattern.format(**dict(wildcards.items())))
    if not inventory.exists():
        return []
    gate = config["bids"]["gate"]
    return [kind for kind in let_through_in(inventory) if gate.get(kind) != "warn"]


def drop_heads():
    """Remove heads with faces that no job is going to read: of sessions left out, say."""
    anat = Path(workflow.pathvars.apply("<results>/1_bids"))
    for path in anat.glob("sub-*/ses-*/anat/*_desc-head_T1w.nii.gz"):
        path.unlink()


def given_of_session(wildcards):
    """The files of a session in an existing dataset, by name of the image."""
    found = given_files or find_dataset_files([session_row(wildcards)])
    return found[wildcards.subject, wildcards.session]


def given_tissue_map(wildcards):
    """The map of a tissue of a session in an existing dataset."""
    return given_of_session(wildcards)[wildcards.tissue]


def whole_head():
    """Path of a T1w image as it came; with a face, it goes as soon as that is out."""
    if DEFACED:
        return temp("<bids_anat>_desc-head_T1w.nii.gz")
    return "<bids_anat>_T1w.nii.gz"


def bids_images():
    """Paths of the images that stage 1 makes of a session, by name."""
    files = {
        "T1w": {"t1w": whole_head(), "t1w_json": "<bids_anat>_T1w.json"},
        "dwi": {
            "dwi": "<bids_dwi>_dwi.nii.gz",
            "dwi_json": "<bids_dwi>_dwi.json",
            "bval": "<bids_dwi>_dwi.bval",
            "bvec": "<bids_dwi>_dwi.bvec",
        },
        "bold": {
            "bold": "<bids_func>_bold.nii.gz",
            "bold_json": "<bids_func>_bold.json",
        },
    }
    return {name: path for image in WANTED for name, path in files[image].items()}


def source_owners():
    """Participant by path of what a session starts from, where no name says it."""
    if config["source"] != "dicom":
        return {}
    return {row["dicom"]: row["participant_id"] for row in cohort}


def warp_from(space):
    """The field that takes a space to MNI; nothing where it is MNI already."""
    if space == MNI:
        return []
    return workflow.pathvars.apply(f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz")


def warp_of_space(wildcards):
    """The field that takes T1w space on to MNI, where that is the target."""
    return warp_from("T1w") if wildcards.space == MNI else []
