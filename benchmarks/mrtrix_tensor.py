"""Compare tensor fits with MRtrix3's on its own test data."""

from pathlib import Path

import numpy as np

from scan2map.dwi.gradients import read_gradients, world_directions
from scan2map.images import read_array, read_grid, read_mask
from scan2map.tensor import fit_tensor

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "mrtrix_tensor"
MRTRIX_ORDER = [0, 3, 4, 1, 5, 2]
GOAL = 1e-6


def relative_differences(method, reference):
    """Return |T - reference| / |reference| per mask voxel, and where no signal is 0."""
    mask = read_mask(DATA / "mask.nii.gz")
    signals = read_array(DATA / "dwi.nii.gz")[mask]
    _, affine = read_grid(DATA / "dwi.nii.gz")
    bvals, bvecs = read_gradients(
        DATA / "dwi.bval", DATA / "dwi.bvec", signals.shape[1]
    )
    tensor = fit_tensor(signals, bvals, world_directions(bvecs, affine), method=method)
    theirs = read_array(DATA / reference)[mask][:, MRTRIX_ORDER]
    difference = np.linalg.norm(tensor - theirs, axis=1)
    return difference / np.linalg.norm(theirs, axis=1), (signals > 0).all(1)


def main():
    """Print both figures."""
    if not DATA.is_dir():
        for method in ("ols", "wls"):
            print(f"mrtrix_{method}_relative_difference\tskipped\t1\t< 1e-06\tskipped")
        return
    ols, whole = relative_differences("ols", "ref_dwi2tensor_out_ols_it0.nii.gz")
    wls, _ = relative_differences("wls", "ref_dwi2tensor_out_it0.nii.gz")
    for name, worst, count in (
        ("ols", ols[whole].max(), whole.sum()),
        ("wls", wls.max(), len(wls)),
    ):
        print(
            f"mrtrix_{name}_relative_difference",
            f"{worst:.1e}",
            f"1 (largest of {count} voxels)",
            f"< {GOAL:g}",
            "yes" if worst < GOAL else "no",
            sep="\t",
        )


main()
