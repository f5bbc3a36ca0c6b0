"""The sources that the methods text cites."""

REFERENCES = {
    "abadi2016": (
        "Abadi M, Barham P, Chen J, et al. TensorFlow: a system for large-scale "
        "machine learning. 12th USENIX Symposium on Operating Systems Design and "
        "Implementation, 2016: 265-283."
    ),
    "abraham2014": (
        "Abraham A, Pedregosa F, Eickenberg M, et al. Machine learning for "
        "neuroimaging with scikit-learn. Frontiers in Neuroinformatics 2014; 8: "
        "14. doi:10.3389/fninf.2014.00014"
    ),
    "alexander2001": (
        "Alexander DC, Pierpaoli C, Basser PJ, Gee JC. Spatial transformations of "
        "diffusion tensor magnetic resonance images. IEEE Transactions on Medical "
        "Imaging 2001; 20: 1131-1139. doi:10.1109/42.963816"
    ),
    "andersson2016": (
        "Andersson JLR, Sotiropoulos SN. An integrated approach to correction for "
        "off-resonance effects and subject movement in diffusion MR imaging. "
        "NeuroImage 2016; 125: 1063-1078. doi:10.1016/j.neuroimage.2015.10.019"
    ),
    "arsigny2006": (
        "Arsigny V, Fillard P, Pennec X, Ayache N. Log-Euclidean metrics for fast "
        "and simple calculus on diffusion tensors. Magnetic Resonance in Medicine "
        "2006; 56: 411-421. doi:10.1002/mrm.20965"
    ),
    "avants2008": (
        "Avants BB, Epstein CL, Grossman M, Gee JC. Symmetric diffeomorphic image "
        "registration with cross-correlation. Medical Image Analysis 2008; 12: "
        "26-41. doi:10.1016/j.media.2007.06.004"
    ),
    "basser1994": (
        "Basser PJ, Mattiello J, LeBihan D. Estimation of the effective "
        "self-diffusion tensor from the NMR spin echo. Journal of Magnetic "
        "Resonance, Series B 1994; 103: 247-254. doi:10.1006/jmrb.1994.1037"
    ),
    "chollet2015": "Chollet F, et al. Keras. 2015. https://keras.io",
    "coupe2008": (
        "Coupé P, Yger P, Prima S, Hellier P, Kervrann C, Barillot C. An "
        "optimized blockwise nonlocal means denoising filter for 3-D magnetic "
        "resonance images. IEEE Transactions on Medical Imaging 2008; 27: "
        "425-441. doi:10.1109/TMI.2007.906087"
    ),
    "estudillo2022": (
        "Estudillo-Romero A, Haegelen C, Jannin P, Baxter JSH. Voxel-based "
        "diktiometry: combining convolutional neural networks with voxel-based "
        "analysis and its application in diffusion tensor imaging for Parkinson's "
        "disease. Human Brain Mapping 2022; 43: 4835-4851. doi:10.1002/hbm.26009"
    ),
    "fonov2011": (
        "Fonov V, Evans AC, Botteron K, Almli CR, McKinstry RC, Collins DL. "
        "Unbiased average age-appropriate atlases for pediatric studies. "
        "NeuroImage 2011; 54: 313-327. doi:10.1016/j.neuroimage.2010.07.033"
    ),
    "garyfallidis2014": (
        "Garyfallidis E, Brett M, Amirbekian B, et al. Dipy, a library for the "
        "analysis of diffusion MRI data. Frontiers in Neuroinformatics 2014; 8: "
        "8. doi:10.3389/fninf.2014.00008"
    ),
    "gorgolewski2011": (
        "Gorgolewski K, Burns CD, Madison C, et al. Nipype: a flexible, "
        "lightweight and extensible neuroimaging data processing framework in "
        "Python. Frontiers in Neuroinformatics 2011; 5: 13. "
        "doi:10.3389/fninf.2011.00013"
    ),
    "gorgolewski2016": (
        "Gorgolewski KJ, Auer T, Calhoun VD, et al. The brain imaging data "
        "structure, a format for organizing and describing outputs of "
        "neuroimaging experiments. Scientific Data 2016; 3: 160044. "
        "doi:10.1038/sdata.2016.44"
    ),
    "iglesias2011": (
        "Iglesias JE, Liu CY, Thompson PM, Tu Z. Robust brain extraction across "
        "datasets and comparison with publicly available methods. IEEE "
        "Transactions on Medical Imaging 2011; 30: 1617-1634. "
        "doi:10.1109/TMI.2011.2138152"
    ),
    "kellner2016": (
        "Kellner E, Dhital B, Kiselev VG, Reisert M. Gibbs-ringing artifact "
        "removal based on local subvoxel-shifts. Magnetic Resonance in Medicine "
        "2016; 76: 1574-1581. doi:10.1002/mrm.26054"
    ),
    "kingma2015": (
        "Kingma DP, Ba J. Adam: a method for stochastic optimization. "
        "International Conference on Learning Representations, 2015. "
        "arXiv:1412.6980"
    ),
    "leemans2009": (
        "Leemans A, Jones DK. The B-matrix must be rotated when correcting for "
        "subject motion in DTI data. Magnetic Resonance in Medicine 2009; 61: "
        "1336-1349. doi:10.1002/mrm.21890"
    ),
    "li2016": (
        "Li X, Morgan PS, Ashburner J, Smith J, Rorden C. The first step for "
        "neuroimaging data analysis: DICOM to NIfTI conversion. Journal of "
        "Neuroscience Methods 2016; 264: 47-56. "
        "doi:10.1016/j.jneumeth.2016.03.001"
    ),
    "molder2021": (
        "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with "
        "Snakemake. F1000Research 2021; 10: 33. "
        "doi:10.12688/f1000research.29032.2"
    ),
    "power2012": (
        "Power JD, Barnes KA, Snyder AZ, Schlaggar BL, Petersen SE. Spurious but "
        "systematic correlations in functional connectivity MRI networks arise "
        "from subject motion. NeuroImage 2012; 59: 2142-2154. "
        "doi:10.1016/j.neuroimage.2011.10.018"
    ),
    "tournier2019": (
        "Tournier J-D, Smith R, Raffelt D, et al. MRtrix3: a fast, flexible and "
        "open software framework for medical image processing and visualisation. "
        "NeuroImage 2019; 202: 116137. doi:10.1016/j.neuroimage.2019.116137"
    ),
    "tustison2010": (
        "Tustison NJ, Avants BB, Cook PA, et al. N4ITK: improved N3 bias "
        "correction. IEEE Transactions on Medical Imaging 2010; 29: 1310-1320. "
        "doi:10.1109/TMI.2010.2046908"
    ),
    "tustison2021": (
        "Tustison NJ, Cook PA, Holbrook AJ, et al. The ANTsX ecosystem for "
        "quantitative biological and medical imaging. Scientific Reports 2021; "
        "11: 9068. doi:10.1038/s41598-021-87564-6"
    ),
    "veraart2013": (
        "Veraart J, Sijbers J, Sunaert S, Leemans A, Jeurissen B. Weighted linear "
        "least squares estimation of diffusion MRI parameters: strengths, "
        "limitations, and pitfalls. NeuroImage 2013; 81: 335-346. "
        "doi:10.1016/j.neuroimage.2013.05.028"
    ),
    "veraart2016": (
        "Veraart J, Novikov DS, Christiaens D, Ades-aron B, Sijbers J, Fieremans "
        "E. Denoising of diffusion MRI using random matrix theory. NeuroImage "
        "2016; 142: 394-406. doi:10.1016/j.neuroimage.2016.08.016"
    ),
}
"""Key to reference; a DOI or an address ends most of them."""
