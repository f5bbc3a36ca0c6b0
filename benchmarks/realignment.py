"""Compare realignment with the known motion, and with how near SPM12 comes to it."""

import numpy as np
from _study import ROOT, say

from scan2map.func.realignment import realign
from scan2map.images import read_array, read_grid
from scan2map.motion import displacements, spm_matrices

PREPROC = ROOT.parent / "shared/data/spm12/preproc"
AT_MOST = 1.5
"""Of SPM's error."""

bold = PREPROC / "bold.nii.gz"
true = spm_matrices(np.loadtxt(PREPROC / "true_motion.txt"))
rp = spm_matrices(np.loadtxt(PREPROC / "realign_rtm0/rp_bold.txt"))
ours, theirs = realign(read_array(bold), read_grid(bold)[1]), np.linalg.inv(rp)


def shift(matrices):
    """Return the root mean square error of translations, mm."""
    return np.sqrt(np.square((matrices - true)[:, :3, 3]).mean())


def sphere(matrices):
    """Return the largest error on a sphere of 65 mm, mm."""
    return displacements(matrices, true).max()


for name, error in (("shift_rms", shift), ("sphere_largest", sphere)):
    value, goal = error(ours), AT_MOST * error(theirs)
    say(f"realignment_{name}", f"{value:.4f}", "mm", f"<= {goal:.4f}", value <= goal)
