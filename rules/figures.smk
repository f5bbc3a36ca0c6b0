# What the report shows: which figures there are, of which files, called what.

from functools import cache
from types import SimpleNamespace

from scan2map.logs import last_error


def experiment_labels(names=None):
    """What figures and tables call the experiments."""
    names = config["experiments"] if names is None else names
    return [config["experiments"][name]["label"] for name in names]


def label_of_experiment(wildcards):
    return experiment_of(wildcards)["label"]


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
            correction=analyses[name]["statistics"]["corrections"][0],
        )
        for name, maps in approaches_shown(wildcards)
    ]


ACTIVATION = {"cam": "CAM", "gradcam": "Grad-CAM", "gradient": "gradient"}
"""What maps of networks that see a tissue are called."""


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


def corrections_shown(wildcards):
    """What the captions of t maps say of each row's correction."""
    return [
        analyses[name]["statistics"]["corrections"][0]
        for name, _ in approaches_shown(wildcards)
    ]


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


def protocols():
    """What the table of honest and published scores says of each experiment."""
    return [
        {key: experiment[key] for key in ("configured_label", "run_as")}
        | {"published": published_scores(experiment)}
        for experiment in config["experiments"].values()
    ]


def published_scores(experiment):
    """What a paper prints of all its predictions; of single runs is another table."""
    of_runs = ("test_accuracy", "validation_accuracy")
    return {
        key: one for key, one in experiment["published"].items() if key not in of_runs
    }


def repeated():
    """Names of the experiments that have several runs to compare."""
    return [
        name
        for name, experiment in config["experiments"].items()
        if experiment["folds"]["repeats"] > 1
    ]


def repeated_experiments():
    """What the comparison of runs says of each experiment."""
    return [
        {key: config["experiments"][name][key] for key in ("label", "published")}
        for name in repeated()
    ]


def has_published():
    """Whether there are published scores, or replicas, to compare with."""
    return bool(pairs()) or any(map(published_scores, config["experiments"].values()))


def settings_of_methods():
    """The configuration without what no result depends on."""
    kept = {key: value for key, value in config.items() if key not in ("keep", "gpu")}
    kept["experiments"] = {
        name: {key: one[key] for key in one if key != "folds_per_job"}
        for name, one in config["experiments"].items()
    }
    kept["anat"] = config["anat"] | {"deface": DEFACED}
    return kept


def planted_effects():
    """The phantom's planted effects that the study's images show; none for real data."""
    if config["source"] != "phantom":
        return []
    effects = config["phantom"]["effects"]
    return [effect for effect in effects if HAS_DWI or effect["kind"] == "volume"]


def effect_masks():
    """Where they are planted."""
    pattern = "<results>/0_phantom/ground_truth/{}_mask.nii.gz"
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.format(effect["name"]) for effect in planted_effects()]


def effects_on(wildcards):
    """Names of the planted effects on a metric of tensors, or on tissue."""
    structural = wildcards.metric in TISSUES
    return [
        effect["name"]
        for effect in planted_effects()
        if (effect["kind"] == "volume") == structural
    ]


def masks_of_effects_on(wildcards):
    """Where those are planted."""
    on = effects_on(wildcards)
    effects = zip(planted_effects(), effect_masks(), strict=True)
    return [path for effect, path in effects if effect["name"] in on]


def volume_effects():
    """Names of the phantom's planted changes of volume; none for real data."""
    return [one["name"] for one in planted_effects() if one["kind"] == "volume"]


def volume_masks():
    return [
        f"<results>/0_phantom/ground_truth/{name}_mask.nii.gz"
        for name in volume_effects()
    ]


def activation_title(wildcards):
    """Whose activation a figure shows, in which experiment."""
    row = session_row(wildcards)
    return (
        f"{label_of_experiment(wildcards)}: {row['participant_id']}, session "
        f"{row['session_id']} ({row['group']})"
    )


def atlas_of_experiment(wildcards):
    """Image and table of the atlas of an experiment's statistics; empty without one."""
    atlas = experiment_of(wildcards)["statistics"]["atlas"]
    return [atlas[key] for key in ("image", "labels") if atlas[key]]


def qc_of_bold(wildcards):
    """What shows whether a session's BOLD can be trusted; less where it came processed."""
    files = {
        "bold": "<bold>_desc-preproc_bold.nii.gz",
        "denoised_sidecar": "<bold>_desc-denoised_bold.json",
        "denoised": "<bold>_desc-denoised_bold.nii.gz",
        "mask": "<bold>_desc-brain_mask.nii.gz",
        "boldref": "<bold>_boldref.nii.gz",
        "confounds": "<func>_desc-confounds_timeseries.tsv",
        "template": "<template>/T1w.nii.gz",
        "template_brain": "<template>/brain_mask.nii.gz",
    }
    if config["source"] != "derivatives":
        files |= {
            "boldref_t1w": "<func>_space-T1w_boldref.nii.gz",
            "t1w_brain": "<anat>_desc-brain_mask.nii.gz",
            "csf": "<anat>_label-CSF_probseg.nii.gz",
            "gm": "<anat>_label-GM_probseg.nii.gz",
            "wm": "<anat>_label-WM_probseg.nii.gz",
            "xfm_mni": f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz",
        }
    apply, about = workflow.pathvars.apply, dict(wildcards.items())
    return {name: apply(path).format(**about) for name, path in files.items()}


SHOWN_TISSUES = ["GM", "WM"] if WANTED else TISSUES_SEEN
"""Tissues whose maps a session's page shows."""


def session_names():
    """What figures call the sessions of the cohort, in its order."""
    return each_session("sub-{subject}_ses-{session}")


def session_groups():
    """The groups of these sessions."""
    return [row["group"] for row in cohort]


def tissue_maps_of_all(wildcards):
    return each_session("<tissue_map>", tissue=wildcards.tissue)


def tissue_maps_shown(wildcards):
    pattern = workflow.pathvars.apply("<tissue_map>")
    about = dict(wildcards.items())
    return [pattern.format(**about, tissue=tissue) for tissue in SHOWN_TISSUES]


def shown_titles():
    """What a session's page calls its maps of tissues."""
    how = ", modulated" if config["anat"]["modulate"] else ""
    return [f"{tissue} in MNI{how}" for tissue in SHOWN_TISSUES]


def homogeneity_title(wildcards):
    return f"Homogeneity of {wildcards.tissue} maps"


def tissue_figures():
    """Quality of tissue maps: everybody's, and of each session."""
    if not HAS_TISSUE:
        return []
    page = "tissue_qc" if WANTED else "given_tissue"
    return [
        *(["<report>/tissue_volumes.png"] if WANTED else []),
        *[f"<report>/homogeneity_tissue-{name}.png" for name in TISSUES_SEEN],
        *each_session(
            f"<report>/sub-{{subject}}/sub-{{subject}}_ses-{{session}}_{page}.png"
        ),
    ]


def dwi_figures():
    """Quality of diffusion images, and t maps of tensors."""
    if not HAS_DWI:
        return []
    return [
        *each_session("<report>/sub-{subject}/sub-{subject}_ses-{session}_qc.png"),
        *t_maps(METRICS),
    ]


def t_maps(measures):
    """A figure of t maps per measure and contrast."""
    asked = {
        (measure, contrast): None
        for measure in measures
        for approach in approaches(measure)
        for contrast in contrasts(*approach)
    }
    return [f"<report>/{measure}_{contrast}_t.png" for measure, contrast in asked]


def bold_figures():
    """Quality of BOLD, components, what networks make of them, and the phantom's truth."""
    if not HAS_BOLD:
        return []
    ica = experiments_of_kind("ica")
    return [
        *each_session("<report>/sub-{subject}/sub-{subject}_ses-{session}_bold_qc.png"),
        *(["<report>/components.png"] if ica else []),
        *[f"<report>/{name}_ranking.png" for name in explained("ica")],
        *[
            f"<report>/{name}_components_{contrast}_t.png"
            for name in analyses_of_kind("components", "volumes")
            for contrast in contrasts(name, "components")
        ],
        *(
            ["<results>/0_phantom/ground_truth/networks.nii.gz"]
            if config["source"] == "phantom"
            else []
        ),
    ]


def activation_figures():
    """Maps of tissue experiments: of each session, of each group, of regions."""
    own = (
        "<report>/sub-{subject}/sub-{subject}_ses-{session}_{experiment}_activation.png"
    )
    figures = []
    for name in explained("tissue"):
        figures += each_session(own, mapped(name), experiment=name)
        figures += [f"<report>/{name}_{kind}_groups.png" for kind in kinds_of(name)]
        if experiment_named(name)["statistics"]["atlas"]["image"]:
            figures.append(f"<report>/{name}_regions.html")
    return figures


def protocol_figures():
    """Honest scores beside published ones."""
    return [
        *(["<report>/protocols.html"] if has_published() else []),
        *(["<report>/optimism.png"] if pairs() else []),
        *(["<report>/runs.html", "<report>/runs.png"] if repeated() else []),
    ]


def results_pages():
    """A page per analysis and kind of maps."""
    return [
        f"<report>/{name}/{maps}_results.html"
        for name in analyses
        for maps in maps_of(name)
    ]


def defaced_figures():
    """One picture per session of what is left of the head."""
    stem = "<report>/sub-{subject}/sub-{subject}_ses-{session}"
    return each_session(f"{stem}_defaced.png")


def check_figures():
    """What says which maps can be believed."""
    names = checked_experiments()
    return [
        *[f"<report>/{name}_sanity.png" for name in names],
        *(["<report>/sanity.html"] if names else []),
    ]


@cache
def study_figures():
    """Everything that the report shows of the study itself."""
    figures = [
        *tissue_figures(),
        *dwi_figures(),
        *bold_figures(),
        *t_maps(TISSUES_SEEN),
        *check_figures(),
        *activation_figures(),
        *results_pages(),
        *[
            f"<report>/{name}_{figure}.png"
            for name in config["experiments"]
            for figure in ("roc", "learning_curves")
        ],
        *each_experiment("<folds>/scores.tsv"),
        *(["<report>/scores.html", "<report>/audit.html"] if folds else []),
        *protocol_figures(),
        "<report>/methods.html",
        "<report>/cohort.png",
        *(["<results>/1_bids/dataset_description.json"] if WANTED else []),
        *(["<report>/inventory.html"] if FROM_DICOM else []),
        *(defaced_figures() if DEFACED else []),
    ]
    return [workflow.pathvars.apply(figure) for figure in figures]


def resource_files():
    """What the report shows of the jobs that made the study."""
    return [
        workflow.pathvars.apply(f"<report>/resources.{end}") for end in ("html", "png")
    ]


def asked_of_rules(wildcards, resources):
    """What one job of each rule asks for at its first attempt, and where it is observed.

    With `resources` among its arguments Snakemake takes what it returns for no reason to
    run: what a profile asks for today is not what finished jobs had asked for.
    """
    root = workflow.pathvars.apply("<benchmarks>")
    return [
        {"rule": rule.name, "benchmark": str(Path(rule.benchmark).relative_to(root))}
        | {name: first_ask(rule, resource) for name, resource in ASKED.items()}
        for rule in workflow.rules
        if rule.benchmark
    ]


ASKED = {"threads": "_cores", "mem_mb": "mem_mb", "runtime": "runtime", "gpu": "gpu"}
"""What is asked for: its name, and Snakemake's."""


def first_ask(rule, resource):
    """The most of a resource that any job of a rule asks for at its first attempt.

    None where nothing is asked for, or where only a job's input files say how much.
    """
    if resource not in rule.resources:
        return None
    asked, amounts = rule.resources[resource], []
    for wildcards in example_wildcards() if asked.is_evaluable() else [{}]:
        try:
            given = {"input": [], "attempt": 1, "threads": 1}
            amounts.append(asked.evaluate(wildcards, **given).value)
        except Exception:  # other wildcards than these jobs have, or their inputs
            continue
    return max((one for one in amounts if isinstance(one, (int, float))), default=None)


@cache
def example_wildcards():
    """Wildcards for a job of each experiment, and of each correction of an analysis."""
    shared = {"repeat": "1", "fold": "1", "scope": ["all", *fold_scopes()][-1]}
    return [
        *[SimpleNamespace(**shared, experiment=name) for name in config["experiments"]],
        *[
            SimpleNamespace(**shared, analysis=name, correction=correction)
            for name, one in analyses.items()
            for correction in one["statistics"]["corrections"]
        ],
    ]


def say_missing():
    """Say at the end of a run that failed what failed, and that nothing did without it."""
    failed = set()
    for job in workflow.scheduler.failed:
        failed.update(job.jobs if job.is_group() else [job])
    if not failed:
        return
    told = sorted(
        f"- {job.rule.name} ({', '.join(map(' '.join, job.wildcards_dict.items()))}): "
        f"{told_by_log(job.log)}"
        for job in failed
    )
    waiting = len(set(workflow.dag.needrun_jobs()) - failed)
    print(
        f"{len(failed)} jobs failed:",
        *told,
        f"{waiting} jobs wait for them. Whatever gathers all sessions is among these: "
        "nothing is made of fewer people silently. Mend what failed, or leave sessions "
        "out with a reason in the cohort's column 'exclude', and run the same command "
        "again.",
        sep="\n",
        file=sys.stderr,
    )


def told_by_log(logs):
    """What the last error in the log of a job says, on one line."""
    text = "".join(
        Path(log).read_text(errors="replace") for log in logs if Path(log).exists()
    )
    return last_error(text) or (
        f"its process ended without a word in its log ({', '.join(logs)}): where nothing "
        "stands above either, it was killed, as a system does that runs out of memory; "
        "run fewer jobs at once then (--cores)"
    )
