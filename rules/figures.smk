# Figures, tables and pages: which of them the report of a study has.

from functools import cache


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
        "<results>/1_bids/" + ("dataset_description.json" if WANTED else "cohort.tsv"),
        *(["<report>/inventory.html"] if FROM_DICOM else []),
        *(defaced_figures() if DEFACED else []),
    ]
    return [workflow.pathvars.apply(figure) for figure in figures]


def resource_files():
    """What the report shows of the jobs that made the study."""
    return [
        workflow.pathvars.apply(f"<report>/resources.{end}") for end in ("html", "png")
    ]
