"""Compare one phantom session's tissue maps with what its head is made of.

T1w images of 1.5 mm, with the demo's noise, bias field and deformation, go from DICOM
to modulated maps on the grid of Ng et al. 2018. Priors and truth come from the same
template, so the overlap is that of a brain whose anatomy the template knows. The
deformation whose determinant is known is a stretch with waves on top, on that grid.
"""

import numpy as np
from _study import ROOT, run_study, say

from scan2map.images import (
    MNI_CENTRE,
    analysis_grid,
    read_array,
    read_grid,
    read_json,
    read_mask,
)
from scan2map.phantom.anatomy import read_template
from scan2map.phantom.session import true_tissues
from scan2map.splits import derive_seed
from scan2map.tissues import volume_change
from scan2map.transforms import affine_field, grid_points

SUBJECT = "control001"
SESSION = f"sub-{SUBJECT}/ses-1/sub-{SUBJECT}_ses-1"
GRID = {"shape": [121, 145, 121], "voxel_size": 1.5}
FEATURE = {"kind": "tissue", "tissue": "WM"}
FOLDS = {"k": 2, "repeats": 1}
ANAT = {
    "denoise": "nlm",
    "brain_mask": "template",
    "registration": "syn-cc",
    "template_resolution": 1.5,
}


def run():
    """Return the folder of results, and the settings."""
    import yaml

    demo = yaml.safe_load((ROOT / "config/config.yaml").read_text())["phantom"]
    return run_study(
        "config/config.yaml",
        study="tissue_maps",
        targets=[f"2_anat/{SESSION}_volumes.json"],
        grid=GRID,
        phantom=demo | {"t1w_voxel_size": 1.5},
        anat=ANAT,
        experiments={"wm": {"label": "wm", "feature": FEATURE, "folds": FOLDS}},
    )


def labels(maps):
    """Return the number of each voxel's most probable tissue, 0 outside the brain."""
    stacked = np.stack([maps[name] for name in ("CSF", "GM", "WM")])
    return np.where(stacked.sum(0) > 0.5, stacked.argmax(0) + 1, 0)


def known_change():
    """Return the largest relative error of the determinant of a known deformation."""
    affine = analysis_grid(MNI_CENTRE, GRID["shape"], GRID["voxel_size"])
    points = grid_points(GRID["shape"], affine)
    stretch = np.diag([1.1, 1.2, 0.9, 1])
    phase = (points - MNI_CENTRE) / 20
    field = affine_field(stretch, GRID["shape"], affine)
    field += 4 * np.sin(phase[..., [1, 2, 0]])
    slopes = np.zeros((*GRID["shape"], 3, 3)) + stretch[:3, :3]
    for i, j in ((0, 1), (1, 2), (2, 0)):
        slopes[..., i, j] += 4 / 20 * np.cos(phase[..., j])
    template = ROOT / "results/tissue_maps/2_anat/template/grid_brain_mask.nii.gz"
    brain = read_mask(template)
    return np.abs(volume_change(field, affine) / np.linalg.det(slopes) - 1)[brain].max()


results, config = run()
stem = f"{results}/2_anat/{SESSION}"
found = {
    name: read_array(f"{stem}_label-{name}_probseg.nii.gz")
    for name in ("CSF", "GM", "WM")
}
shape, affine = read_grid(f"{stem}_label-WM_probseg.nii.gz")
truth = true_tissues(
    read_template(),
    config["phantom"],
    {"group": "control"},
    participant_seed=derive_seed(config["seed"], "participant", SUBJECT),
    seed=derive_seed(config["seed"], "scan_phantom", SUBJECT, "1"),
    affine=affine,
    shape=shape,
)
ours, theirs = labels(found), labels(truth)
for number, name in enumerate(("CSF", "GM", "WM"), start=1):
    both = ((ours == number) & (theirs == number)).sum()
    dice = 2 * both / ((ours == number).sum() + (theirs == number).sum())
    goal = ">= 0.90" if name != "CSF" else ""
    say(f"tissue_dice_{name}", f"{dice:.3f}", "Dice", goal, not goal or dice >= 0.9)

volumes = read_json(f"{stem}_volumes.json")
for name, native in volumes["native"].items():
    error = 100 * (volumes["modulated"][name] / native - 1)
    holds = abs(error) <= 2
    say(f"tissue_volume_{name}", f"{error:+.2f}", "% modulated", "within 2", holds)

error = 100 * known_change()
say("tissue_jacobian", f"{error:.2f}", "% at most in the brain", "<= 1", error <= 1)
