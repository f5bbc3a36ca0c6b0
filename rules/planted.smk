# What the phantom has planted, and where; of real data nothing is known.


def planted_effects():
    """The phantom's planted effects that the study's images show; none for real data."""
    if config["source"] != "phantom":
        return []
    effects = config["phantom"]["effects"]
    return [effect for effect in effects if HAS_DWI or effect["kind"] == "volume"]


def effect_masks(names=None):
    """Where the planted effects are, or those of them that are named."""
    if names is None:
        names = [effect["name"] for effect in planted_effects()]
    pattern = "<results>/0_phantom/ground_truth/{}_mask.nii.gz"
    pattern = workflow.pathvars.apply(pattern)
    return [pattern.format(name) for name in names]


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
    return effect_masks(effects_on(wildcards))


def volume_effects():
    """Names of the phantom's planted changes of volume; none for real data."""
    return [one["name"] for one in planted_effects() if one["kind"] == "volume"]


def effects_seen(wildcards):
    """Names of what the phantom has planted in what an experiment's networks see."""
    kind = experiment_of(wildcards)["feature"]["kind"]
    if kind == "tissue":
        return volume_effects()
    if kind == "tensor":
        return [effect["name"] for effect in planted_effects()]
    if config["source"] != "phantom":
        return []
    changes = config["phantom"]["bold"]["effects"]
    return [name for name, change in changes.items() if change]


def truth_files(wildcards):
    """Where those are: a mask of each, or networks and their names."""
    names = effects_seen(wildcards)
    if names and experiment_of(wildcards)["feature"]["kind"] in ("ica", "bold"):
        folder = workflow.pathvars.apply("<results>/0_phantom/ground_truth")
        return [f"{folder}/networks.nii.gz", f"{folder}/networks.json"]
    return effect_masks(names)
