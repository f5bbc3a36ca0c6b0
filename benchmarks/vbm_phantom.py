"""Does VBM find a planted change of volume, and only where maps are modulated?"""

from _study import run_study, say
from scipy.ndimage import distance_transform_edt

from scan2map.images import read_array, read_mask

PHANTOM = {
    "groups": {"control": 16, "patient": 16},
    "t1w_voxel_size": 3.0,
    "deformation_mm": 1.0,
    "effects": [
        {
            "name": "growth",
            "kind": "volume",
            "regions": {"right_frontal": {"centre": [24, 30, 12], "radius": 24}},
            "change": 0.25,
        }
    ],
}
"""The region is where registration found most of a change among three tried; people
differ by a third of what they do in the demo (docs/statistics.md: what this shows)."""

EXPERIMENT = {
    "label": "white matter",
    "feature": {"kind": "tissue", "tissue": "WM"},
    "folds": {"k": 2, "repeats": 1},
    "network": {"name": "ng2018"},
}
"""VBM tests the tissues that experiments name; this one is not trained."""

STATISTICS = {
    "covariates": ["tiv"],
    "mask": {"threshold": {"absolute": 0.2}},
    "corrections": ["permutation-max-t", "rft-peak"],
}
TRUTH = "0_phantom/ground_truth/growth_mask.nii.gz"
NEAR_MM = 8.0
"""How far smoothing carries the effect: its full width at half maximum."""


def run_vbm(modulate):
    """Run VBM of one and the same study; return the folder of its results."""
    maps = [
        f"8_statistics/vbm/WM/groups_desc-{correction}_statmap.nii.gz"
        for correction in STATISTICS["corrections"]
    ]
    maps.append("8_statistics/vbm/WM/groups_statmap.nii.gz")
    anat = {
        "brain_mask": "template",
        "registration": "syn-cc",
        "template_resolution": 3.0,
    }
    return run_study(
        "config/config.yaml",
        study="vbm",
        targets=[*maps, TRUTH],
        grid={"shape": [54, 66, 54], "voxel_size": 3.0},
        phantom=PHANTOM,
        anat=anat | {"modulate": modulate},
        experiments={"white_matter": EXPERIMENT},
        statistics=STATISTICS,
    )[0]


def found(results, correction):
    """Return the significant voxels, and those of them in or near the region."""
    folder = results / "8_statistics/vbm/WM"
    significant = read_array(folder / f"groups_desc-{correction}_statmap.nii.gz") != 0
    truth = read_mask(results / TRUTH)
    near = distance_transform_edt(~truth, 3.0) <= NEAR_MM
    return significant.sum(), (significant & near).sum()


for modulate, name in ((True, "modulated"), (False, "unmodulated")):
    results = run_vbm(modulate)
    t = read_array(results / "8_statistics/vbm/WM/groups_statmap.nii.gz")
    inside = t[read_mask(results / TRUTH)]
    for correction in STATISTICS["corrections"]:
        n, near = found(results, correction)
        say(
            f"vbm_{name}_{correction}",
            f"{near} of {n}",
            f"significant voxels in or near the region, largest t {inside.max():.1f}",
            "most, > 0" if modulate else "0 near",
            0.5 * n < near if modulate else near == 0,
        )
