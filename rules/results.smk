# Results of voxel-wise analyses: which a figure or page shows, and what it says of them.


def approaches(measure):
    """Analyses, and their maps, that are about a metric of tensors or about a tissue."""
    if measure in METRICS:
        names = analyses_of_kind("sensitivity", "diffusion")
        return [(name, measure) for name in names]
    return [(name, measure) for name in analyses_of_kind("tissue")] + [
        (name, maps)
        for name in analyses_of_kind("activation")
        if experiment_named(analyses[name]["maps"])["feature"]["tissue"] == measure
        for maps in maps_of(name)
    ]


def approaches_shown(wildcards):
    """Of those, the ones that have a contrast."""
    return [
        (name, maps)
        for name, maps in approaches(wildcards.metric)
        if wildcards.contrast in contrasts(name, maps)
    ]


def of_approaches(pattern):
    """Fill a path pattern for each analysis of a measure, and its first correction."""
    pattern = workflow.pathvars.apply(pattern)
    return lambda wildcards: [
        pattern.format(
            analysis=name,
            maps=maps,
            contrast=wildcards.contrast,
            correction=first_correction(name),
        )
        for name, maps in approaches_shown(wildcards)
    ]


def approach_labels(wildcards):
    """What figures call the analyses that have a contrast."""
    return [
        (
            f"{analyses[name]['label']}: {ACTIVATION[maps]}"
            if maps in ACTIVATION
            else analyses[name]["label"]
        )
        for name, maps in approaches_shown(wildcards)
    ]


def kinds_shown(wildcards):
    """What the maps of each row are: a kind of map of activation, or of analysis."""
    return [
        maps if analyses[name]["kind"] == "activation" else analyses[name]["kind"]
        for name, maps in approaches_shown(wildcards)
    ]


def corrections_shown(wildcards):
    """What the captions of t maps say of each row's correction."""
    return [first_correction(name) for name, _ in approaches_shown(wildcards)]


def mask_of_approaches(wildcards):
    """Where the maps of a measure are tested."""
    shared = "<statistics>/dwi_mask.nii.gz"
    shared = shared if wildcards.metric in METRICS else GRID_MASK
    return workflow.pathvars.apply(shared)


def results_title(wildcards):
    """What a page of results is about."""
    label, kind = analysis_of(wildcards)["label"], analysis_of(wildcards)["kind"]
    what = {
        "sensitivity": f"sensitivity to {wildcards.maps}",
        "diffusion": wildcards.maps,
        "components": "gradients by component",
        "volumes": "mean |gradient| of volumes",
        "activation": ACTIVATION.get(wildcards.maps),
        "tissue": wildcards.maps,
        "column": f"images of column {wildcards.maps}",
    }
    return f"{label}: {what[kind]}"


def results_notes(wildcards):
    """What a reader of a page of results should know."""
    return [
        *network_notes(analysis_of(wildcards)),
        *untested_notes(unmapped[wildcards.analysis]),
        *volume_notes(wildcards.analysis),
    ]


def untested_notes(people):
    """Who has no map."""
    if not people:
        return []
    return [
        "Left out, since no shuffle tested them and they have no map: "
        f"{', '.join(people)}."
    ]


def volume_notes(name):
    """Which columns of the model are volumes, and where they come from."""
    used = [*columns_of_model(name), *columns_of_globals(name)]
    used = [column for column in dict.fromkeys(used) if column in MEASURED]
    here = [column for column in used if column in measured]
    given = [column for column in used if column not in measured]
    notes = {
        "measured in the T1w images (2_anat/tissue_volumes.tsv), mL": here,
        "taken from the cohort table, not measured": given,
    }
    return [f"{', '.join(names)}: {how}." for how, names in notes.items() if names]


def network_notes(analysis):
    """What maps of networks are no evidence of."""
    if analysis["kind"] not in ("sensitivity", "components", "volumes", "activation"):
        return []
    if analysis["statistics"]["null"] != "maps":
        return [
            "Corrections by permutation compare with networks that were trained on "
            "permuted labels. All other p values are approximate: maps of networks depend "
            "on each other and on the labels (docs/calibration_networks.md)."
        ]
    return [
        "These are maps of networks that share most of the people they were trained on: "
        "they depend on each other and on the groups' labels, and p values are "
        "approximate. A significant mean is no evidence: networks that have learnt "
        "nothing have one in nearly every study; a difference between groups is found too "
        "seldom. Only 'null: retrain' and 'models' keep what they promise "
        "(docs/calibration_networks.md)."
    ]


def asked_by(contrast):
    """What a contrast asks, in words where it is one of the usual."""
    return {
        "groups": f"{GROUPS[1]} minus {GROUPS[0]}",
        "mean": "mean over everybody, against zero",
    }.get(contrast, f"contrast {contrast}")


def t_map_title(wildcards):
    """What a t map shows, in words."""
    return f"{wildcards.metric}: {asked_by(wildcards.contrast)}"


def component_title(wildcards):
    """What t maps of component gradients show, in words."""
    analysis = analysis_of(wildcards)
    ica = analysis["kind"] == "components"
    what = "gradient by component" if ica else "mean |gradient| of volumes"
    return f"{analysis['label']}: {what}, {asked_by(wildcards.contrast)}"


def components_of_analysis(wildcards):
    """Names of what the volumes of component maps are; BOLD itself has one."""
    if analysis_of(wildcards)["kind"] == "volumes":
        return []
    return workflow.pathvars.apply("<ica>/all/components.tsv")
