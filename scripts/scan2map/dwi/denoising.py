"""Remove noise and Gibbs ringing from diffusion-weighted images."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

from scan2map.nifti import nib  # noqa: E402
from scan2map.programs import require_mrtrix  # noqa: E402

NARROWEST_SLICE = 8
"""Slices of fewer voxels along x or y are not unrung: there is nothing to compare."""


def denoise(data, method="dipy", gibbs=True):
    """Denoise and unring with DIPY.

    Parameters
    ----------
    data : ndarray, shape (x, y, z, n_volumes)
        Magnitude images as they come from the scanner: not interpolated, slices along
        the third axis.
    method : {"dipy", "none"}
        Marchenko-Pastur PCA, or nothing.
    gibbs : bool
        Remove Gibbs ringing by local subvoxel shifts, after denoising.

    Returns
    -------
    ndarray of float32, shape (x, y, z, n_volumes)
        No value is negative.

    Raises
    ------
    ValueError
        Another method.

    Notes
    -----
    Veraart et al. 2016 (doi 10.1016/j.neuroimage.2016.08.016) and Kellner et al. 2016
    (doi 10.1002/mrm.26054). The PCA leaves out patches whose centre is air (see
    `_signal_mask`); voxels that no patch covers keep their values.
    """
    if method not in ("dipy", "none"):
        raise ValueError(
            f"denoise should be 'dipy', 'mrtrix' or 'none', got '{method}'"
        )
    data = np.asarray(data, dtype=np.float32)
    if method == "dipy":
        data = _mppca(data)
    if gibbs and min(data.shape[:2]) >= NARROWEST_SLICE:
        from dipy.denoise.gibbs import gibbs_removal

        filled = data.any(axis=(0, 1, 3))
        data = data.copy()
        data[:, :, filled] = gibbs_removal(data[:, :, filled], slice_axis=2)
    return np.maximum(data, 0).astype(np.float32)


def patch_radius(shape):
    """Return the patch radius along x, y, z for data of shape (x, y, z, n_volumes).

    The smallest cube with more voxels than volumes, at least 5 × 5 × 5 as in Veraart
    et al. 2016, and no larger than the image.
    """
    radius = 2
    while (2 * radius + 1) ** 3 <= shape[3]:
        radius += 1
    return np.array([min(radius, (size - 1) // 2) for size in shape[:3]])


def _mppca(data):
    """Denoise where there is signal."""
    from dipy.denoise.localpca import mppca

    radius = patch_radius(data.shape)
    if np.prod(2 * radius + 1) < 9:
        return data
    mask = _signal_mask(data)
    with np.errstate(invalid="ignore"):
        denoised = mppca(data, mask=mask, patch_radius=radius, suppress_warning=True)
    covered = mask[..., None] & np.isfinite(denoised)
    return np.where(covered, denoised, data)


def _signal_mask(data):
    """Tell voxels with tissue from air: above Otsu's threshold of the logarithm."""
    from dipy.segment.threshold import otsu

    mean = np.log(data.mean(-1) + 1)
    return mean >= otsu(mean)


def denoise_with_mrtrix(path, folder, gibbs=True):
    """Denoise and unring with MRtrix3's dwidenoise and mrdegibbs, through nipype.

    Parameters
    ----------
    path : str
        The DWI, NIfTI.
    folder : str
        An existing folder for the intermediate images.
    gibbs : bool
        Also run mrdegibbs.

    Returns
    -------
    ndarray of float32, shape (x, y, z, n_volumes)

    Raises
    ------
    RuntimeError
        The programs are not installed.
    """
    require_mrtrix(gibbs)
    from nipype.interfaces.mrtrix3 import DWIDenoise, MRDeGibbs

    out = os.path.join(folder, "denoised.nii")
    noise = os.path.join(folder, "noise.nii")
    alike = {"nthreads": 1, "args": "-quiet"}
    DWIDenoise(in_file=os.path.abspath(path), out_file=out, noise=noise, **alike).run(
        cwd=folder
    )
    if gibbs:
        unrung = os.path.join(folder, "unrung.nii")
        MRDeGibbs(in_file=out, out_file=unrung, **alike).run(cwd=folder)
        out = unrung
    return np.maximum(nib.load(out).get_fdata(dtype=np.float32), 0)
