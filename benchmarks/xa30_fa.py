"""Compare tensors of a Siemens XA30 session with the scanner's own FA maps.

Series 10 is the DWI, 13 the scanner's FA (in thousandths), 14 its colour FA (absolute
components of the principal direction, weighted by FA, 8 bit).
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np

from scan2map.dwi.gradients import read_gradients, world_directions
from scan2map.dwi.masking import mask_dwi
from scan2map.images import read_array, read_grid
from scan2map.tensor import eigen, fit_tensor, invariants

DICOM = Path(__file__).resolve().parents[2] / "shared/data/siemens_xa30/dicom"
SERIES = {
    "dwi": "10_DWI_dir80_PA",
    "fa": "13_DWI_dir80_PA",
    "colour": "14_DWI_dir80_PA",
}
ANISOTROPIC = 0.2
"""Directions are compared where the scanner's FA is above this: below, 8 bits of
colour are too few, and the direction is noise."""


def convert(folder):
    """Convert the series with dcm2niix into a folder, one file each."""
    program = Path(sys.executable).with_name("dcm2niix")
    for name, series in SERIES.items():
        command = [program, "-b", "y", "-z", "i", "-f", name, "-o", folder]
        subprocess.run([*command, DICOM / series], check=True, capture_output=True)


def measure(folder):
    """Return the medians of |ΔFA| in the brain and of the angle where anisotropic."""
    data = read_array(folder / "dwi.nii.gz")
    _, affine = read_grid(folder / "dwi.nii.gz")
    bvals, bvecs = read_gradients(
        folder / "dwi.bval", folder / "dwi.bvec", data.shape[3]
    )
    fa = read_array(folder / "fa.nii.gz").reshape(data.shape[:3]) / 1000
    rgb = np.asanyarray(nib.load(folder / "colour.nii.gz").dataobj).squeeze()
    colour = np.stack([rgb[channel] for channel in "RGB"], axis=-1).astype(float)
    mask = mask_dwi(data, bvals, affine) & (fa > 0)
    directions = world_directions(bvecs, affine)
    tensor = fit_tensor(data[mask], bvals, directions, method="ols")
    differences = np.abs(invariants(tensor)["FA"] - fa[mask])
    strong = fa[mask] > ANISOTROPIC
    ours = np.abs(eigen(tensor[strong])[1][:, :, 2])
    theirs = colour[mask][strong]
    cosine = (ours * theirs).sum(1) / np.linalg.norm(theirs, axis=1)
    angles = np.degrees(np.arccos(np.clip(cosine, 0, 1)))
    return np.median(differences), np.median(angles)


def main():
    """Print both figures."""
    goals = (("xa30_fa_difference", "1", 0.005), ("xa30_direction_angle", "degrees", 2))
    if not DICOM.is_dir():
        for name, unit, goal in goals:
            print(
                name, "skipped", f"{unit} (median)", f"< {goal:g}", "skipped", sep="\t"
            )
        return
    with tempfile.TemporaryDirectory() as folder:
        convert(folder)
        values = measure(Path(folder))
    for (name, unit, goal), value in zip(goals, values, strict=True):
        holds = "yes" if value < goal else "no"
        print(name, f"{value:.4f}", f"{unit} (median)", f"< {goal:g}", holds, sep="\t")


main()
