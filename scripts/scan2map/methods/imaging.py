"""What the methods text says of the preprocessing of images."""

from scan2map.methods.words import grid_words, sentences


def describe_anat(anat, segmented, grid=None):
    """Preprocessing of T1w images.

    Parameters
    ----------
    anat : dict
        Block of the resolved configuration.
    segmented : bool
        Whether tissues were told apart, which BOLD's confounds and maps of tissue need.
    grid : dict, optional
        Block of the resolved configuration, where maps of tissue were brought to MNI.

    Returns
    -------
    str
    """
    brain = {
        "robex": "The brain was extracted with ROBEX [iglesias2011].",
        "template": "The brain mask is that of the template, brought to the image by "
        "registration.",
    }
    kind = {
        "syn": "an affine transformation and a symmetric diffeomorphic deformation "
        "(SyN) [avants2008] by mutual information",
        "syn-cc": "an affine transformation and a symmetric diffeomorphic deformation "
        "(SyN) [avants2008] by correlation within cubes of 5 voxels",
        "affine": "an affine transformation",
    }
    return sentences(
        "Faces (eyes, nose, mouth and chin) were set to zero within a region of the "
        "template that was brought to each head by an affine registration."
        if anat.get("deface")
        else "",
        "Noise was reduced by non-local means [coupe2008]."
        if anat["denoise"] == "nlm"
        else "",
        brain[anat["brain_mask"]],
        "Intensity was corrected for the bias field with N4 [tustison2010]."
        if anat["n4"]
        else "",
        "Images were registered to the MNI ICBM152 2009a symmetric template "
        f"[fonov2011] with ANTs [tustison2021] by {kind[anat['registration']]}.",
        _segmentation(anat) if segmented else "",
        _tissue_maps(anat, grid) if grid else "",
    )


def _segmentation(anat):
    """How tissues were told apart."""
    return sentences(
        "White matter, grey matter and cerebrospinal fluid were segmented within the "
        "brain mask with Atropos [avants2011]: a Gaussian each, a Markov random field, "
        "and the template's probabilities of grey and white matter, brought to the "
        "image by the inverse of the registration, as priors; fluid is what they "
        "leave.",
        "The bias field was then estimated anew from voxels that are white matter for "
        "certain, and the segmentation repeated."
        if anat["n4"]
        else "",
    )


def _tissue_maps(anat, grid):
    """How maps of tissues came to MNI space."""
    return sentences(
        f"Tissue maps were interpolated once, linearly, to {grid_words(grid)}.",
        "They were modulated, that is multiplied by the determinant of the Jacobian of "
        "the whole transformation, affine part included, so that they hold the volume "
        "that each tissue has in the participant's own head [ashburner2000]."
        if anat["modulate"]
        else "They were not modulated.",
        _smoothing(anat["tissue_fwhm"]),
        "Total intracranial volume is the sum of the three tissues within the brain "
        "mask.",
    )


def _smoothing(fwhm):
    """How maps of tissues were smoothed before networks and statistics."""
    if not fwhm:
        return ""
    return (
        f"They were smoothed with a Gaussian of {fwhm:g} mm full width at half maximum."
    )


def describe_given_tissue(anat, grid, space):
    """What was done with tissue maps that another programme had made.

    Parameters
    ----------
    anat, grid : dict
        Blocks of the resolved configuration.
    space : str
        MNI's space that they came in, such as MNI152NLin2009cAsym.

    Returns
    -------
    str
    """
    kind = "modulated" if anat["modulate"] else "unmodulated"
    return sentences(
        f"Tissues had been segmented and brought to MNI space ({space}) before, as "
        f"{kind} maps; the programme that did it describes how.",
        f"They were brought to {grid_words(grid)}, by linear interpolation where "
        "theirs was another.",
        _smoothing(anat["tissue_fwhm"]),
    )


def describe_dwi(dwi, grid):
    """Preprocessing of diffusion-weighted images, tensors and their way to MNI."""
    tool = {
        "dipy": "as implemented in DIPY [garyfallidis2014]",
        "mrtrix": "with MRtrix3's dwidenoise [tournier2019] through Nipype "
        "[gorgolewski2011]",
    }
    eddy = {
        "ants": "Head motion and eddy currents were corrected by affine registration "
        "of each volume to the first b = 0 volume with ANTs [tustison2021], and the "
        "b-vectors were rotated accordingly [leemans2009].",
        "fsl": "Head motion and eddy currents were corrected with FSL's eddy "
        "[andersson2016] through Nipype [gorgolewski2011], and the b-vectors were "
        "rotated accordingly [leemans2009].",
        "none": "Head motion and eddy currents were not corrected.",
    }
    fit = {
        "wls": "weighted linear least squares [veraart2013]",
        "ols": "ordinary linear least squares",
    }
    kind = {
        "syn": "a rigid transformation and a deformation against the distortion of "
        "echo-planar imaging (SyN) [avants2008]",
        "affine": "an affine transformation",
    }
    return sentences(
        "Noise was removed by Marchenko-Pastur principal component analysis "
        f"[veraart2016] {tool[dwi['denoise']]}."
        if dwi["denoise"] != "none"
        else "Images were not denoised.",
        "Gibbs ringing was removed by local subvoxel shifts [kellner2016]."
        if dwi["gibbs"]
        else "",
        eddy[dwi["eddy"]],
        "Framewise displacement was computed with a radius of 50 mm [power2012]."
        if dwi["eddy"] != "none"
        else "",
        f"The diffusion tensor [basser1994] was fitted by {fit[dwi['tensor']]}.",
        f"The mean b = 0 image was registered to the T1-weighted image by "
        f"{kind[dwi['registration']]}.",
        "This transformation was composed with the one to MNI space where needed, so "
        "that tensors were interpolated once, as logarithms [arsigny2006], and "
        "reoriented by preservation of the principal direction [alexander2001].",
        "Voxels whose tensor was not positive definite were masked.",
        "Mean diffusivity (MD), the norm of the tensor's deviator (A), fractional "
        "anisotropy (FA) and planarity were derived from it.",
        f"All maps lie on {grid_words(grid)}.",
    )
