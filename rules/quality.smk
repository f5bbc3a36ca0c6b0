# Pages of quality: of which files, called what.


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
