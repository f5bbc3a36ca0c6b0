"""Where the MNI templates are that ship inside nilearn."""

from importlib.util import find_spec
from pathlib import Path

SPACE = "MNI152NLin2009aSym"
"""The template's name in BIDS file names."""


def template_path(tissue):
    """Return the path of one of nilearn's MNI ICBM152 2009a symmetric templates.

    The path is found without importing nilearn, which would cost seconds per job.

    Parameters
    ----------
    tissue : {"T1", "GM", "WM"}
        Skull-stripped T1-weighted intensity, or tissue probability; uint8, 0 to 255,
        1 mm, 197 x 233 x 189 voxels.

    Returns
    -------
    pathlib.Path
    """
    folder = Path(find_spec("nilearn").origin).parent / "datasets" / "data"
    return folder / f"mni_icbm152_{tissue.lower()}_tal_nlin_sym_09a_converted.nii.gz"
