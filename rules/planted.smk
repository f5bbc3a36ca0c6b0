# What the phantom has planted, and where; of real data nothing is known.


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
