"""Correct motion and eddy currents with FSL's eddy, where it is installed."""

import os

import numpy as np

from scan2map.nifti import nib
from scan2map.programs import eddy_program

NO_READOUT = (
    "{path} should have PhaseEncodingDirection and TotalReadoutTime for eddy: fsl; "
    "add them, or choose eddy: ants"
)


def acquisition_row(sidecar, path="the sidecar"):
    """Return FSL's line about the phase encoding: three signs and the readout time.

    Parameters
    ----------
    sidecar : dict
        BIDS sidecar of the DWI.
    path : str
        Its name, for the error.

    Returns
    -------
    list of float, length 4

    Raises
    ------
    ValueError
        The sidecar lacks PhaseEncodingDirection or TotalReadoutTime (s).
    """
    direction = sidecar.get("PhaseEncodingDirection")
    readout = sidecar.get("TotalReadoutTime")
    if not direction or not readout:
        raise ValueError(NO_READOUT.format(path=path))
    sign = -1.0 if direction.endswith("-") else 1.0
    return [sign * (axis == direction[0]) for axis in "ijk"] + [float(readout)]


def correct_with_eddy(path, mask, affine, bvals, bvecs, acquisition, folder):
    """Run eddy through nipype.

    Parameters
    ----------
    path : str
        The DWI, NIfTI.
    mask : ndarray of bool, shape (x, y, z)
        Brain.
    affine : ndarray, shape (4, 4)
        Voxel to world.
    bvals, bvecs : ndarray, shapes (n_volumes,) and (n_volumes, 3)
        s/mm² and FSL's convention.
    acquisition : list of float
        Result of `acquisition_row`.
    folder : str
        An existing folder for eddy's files.

    Returns
    -------
    data : ndarray of float32, shape (x, y, z, n_volumes)
    bvecs : ndarray, shape (n_volumes, 3)
        Turned by eddy.
    motion : ndarray, shape (n_volumes, 6)
        Translations (mm) and rotations (radian) as eddy reports them, relative to the
        first volume, about the middle of the image.

    Raises
    ------
    RuntimeError
        FSL is not installed.
    """
    program = eddy_program()
    from nipype.interfaces.fsl import Eddy

    place = {
        name: os.path.join(folder, name)
        for name in ("mask.nii.gz", "acqp.txt", "index.txt", "bvals", "bvecs")
    }
    nib.save(nib.Nifti1Image(mask.astype(np.uint8), affine), place["mask.nii.gz"])
    np.savetxt(place["acqp.txt"], [acquisition])
    np.savetxt(place["index.txt"], [np.ones(len(bvals), int)], fmt="%d")
    np.savetxt(place["bvals"], [bvals])
    np.savetxt(place["bvecs"], bvecs.T)
    eddy = Eddy(
        in_file=os.path.abspath(path),
        in_mask=place["mask.nii.gz"],
        in_acqp=place["acqp.txt"],
        in_index=place["index.txt"],
        in_bval=place["bvals"],
        in_bvec=place["bvecs"],
        out_base=os.path.join(folder, "eddy"),
    )
    eddy._cmd = program
    out = eddy.run(cwd=folder).outputs
    data = nib.load(out.out_corrected).get_fdata(dtype=np.float32)
    motion = np.loadtxt(out.out_parameter)[:, :6]
    return np.maximum(data, 0), np.loadtxt(out.out_rotated_bvecs).T, motion
