"""Programs that a configuration may ask for beside Python's packages.

Standard library only: whether they are there is known before anything runs.
"""

import shutil

EDDY = ("eddy_cpu", "eddy_openmp", "eddy")
"""Names of FSL's eddy without GPU, newest first."""


def eddy_program():
    """Return the name of FSL's eddy on this machine.

    Raises
    ------
    RuntimeError
        FSL is not on the PATH.
    """
    for name in EDDY:
        if shutil.which(name):
            return name
    raise _absent("dwi: eddy", "fsl", EDDY[-1], "FSL", "ants or none")


def require_mrtrix(gibbs):
    """Check that MRtrix3's programs are on the PATH.

    Parameters
    ----------
    gibbs : bool
        Whether mrdegibbs is needed beside dwidenoise.

    Raises
    ------
    RuntimeError
        One is not.
    """
    for program in ["dwidenoise"] + ["mrdegibbs"] * gibbs:
        if not shutil.which(program):
            raise _absent("dwi: denoise", "mrtrix", program, "mrtrix3", "dipy or none")


def check_programs(dwi):
    """Check that the programs are there that stage 3's settings ask for.

    Parameters
    ----------
    dwi : dict
        The configuration's block ``dwi``.

    Raises
    ------
    RuntimeError
        One is not: which setting needs it, and what else can be done.
    """
    if dwi["denoise"] == "mrtrix":
        require_mrtrix(dwi["gibbs"])
    if dwi["eddy"] == "fsl":
        eddy_program()


def _absent(option, value, program, package, alternatives):
    return RuntimeError(
        f"'{option}: {value}' needs the program {program}, which is not on the PATH: "
        f"install {package} and open a new shell, or set '{option}' to {alternatives}"
    )
