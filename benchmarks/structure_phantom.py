"""Does the network of Ng et al. 2018 find a planted change of volume, and only that?

Half of the paper's resolution, its network and training (30 epochs instead of 50, after
which nothing is left to learn), people who differ as in the demo. The same study with
nothing planted shows what maps have in the region anyway: networks see white matter
alone, and the region holds more of it than the brain does.
"""

import yaml
from _study import ROOT, covers_chance, run_study, say, say_auc, without_effects

from scan2map.images import read_json

NAME = "callosum"
PHANTOM = yaml.safe_load((ROOT / "config/config.yaml").read_text())["phantom"] | {
    "groups": {"control": 24, "patient": 24},
    "t1w_voxel_size": 3.0,
    "effects": [
        {
            "name": NAME,
            "kind": "volume",
            "regions": {
                "genu": {"centre": [0, 30, 6], "radius": 16},
                "splenium": {"centre": [0, -38, 12], "radius": 16},
            },
            "change": 0.8,
        }
    ],
}
EXPLAINS = ("gradcam", "gradient")
"""Maps that follow the decision; a class-invariant CAM never sees it."""

EXPERIMENT = {
    "label": "white matter",
    "feature": {"kind": "tissue", "tissue": "WM"},
    "folds": {"k": 4, "repeats": 1},
    "network": {"name": "ng2018"},
    "training": {
        "learning_rate": 0.0001,
        "decay": 1.0,
        "epochs": 30,
        "batch_size": 2,
    },
}


def run(study, phantom):
    """Run one study up to its scores and checks of maps; return the results' folder."""
    return run_study(
        "config/config.yaml",
        study=study,
        targets=["6_folds/white_matter/scores.tsv", "7_maps/white_matter/sanity.json"],
        grid={"shape": [61, 73, 61], "voxel_size": 3.0},
        phantom=phantom,
        anat={
            "brain_mask": "template",
            "registration": "syn-cc",
            "template_resolution": 3.0,
        },
        experiments={"white_matter": EXPERIMENT},
        sanity={"sessions": 2, "permuted": False},
        statistics={"covariates": []},
    )[0]


def mass(results):
    """Return a region's share of each map, by its share of the brain's volume."""
    maps = read_json(results / "7_maps/white_matter/sanity.json")["Maps"]
    return {name: about["localisation"][NAME]["ratio"] for name, about in maps.items()}


planted = run("structure", PHANTOM)
say_auc(
    "structure", planted, "white_matter", ">= 0.85", lambda value, *_: value >= 0.85
)
without = run("structure_null", without_effects(PHANTOM))
say_auc("structure_null", without, "white_matter", "CI covers 0.5", covers_chance)
ratios, anyway = mass(planted), mass(without)
best = max(ratios[name] for name in EXPLAINS)
for name, ratio in ratios.items():
    say(
        f"structure_mass_{name}",
        f"{ratio:.1f}",
        f"x chance; {anyway[name]:.1f} with nothing planted",
        ">= 3, one of them" if name in EXPLAINS else "",
        name not in EXPLAINS or best >= 3,
    )
