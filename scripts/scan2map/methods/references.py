"""The sources that the methods text cites."""

REFERENCES = {
    "abadi2016": (
        "Abadi M, Barham P, Chen J, et al. TensorFlow: a system for large-scale "
        "machine learning. 12th USENIX Symposium on Operating Systems Design and "
        "Implementation, 2016: 265-283."
    ),
    "ablin2018": (
        "Ablin P, Cardoso J-F, Gramfort A. Faster independent component analysis by "
        "preconditioning with Hessian approximations. IEEE Transactions on Signal "
        "Processing 2018; 66: 4040-4049. doi:10.1109/TSP.2018.2844203"
    ),
    "abraham2014": (
        "Abraham A, Pedregosa F, Eickenberg M, et al. Machine learning for "
        "neuroimaging with scikit-learn. Frontiers in Neuroinformatics 2014; 8: 14. "
        "doi:10.3389/fninf.2014.00014"
    ),
    "akiba2019": (
        "Akiba T, Sano S, Yanase T, Ohta T, Koyama M. Optuna: a next-generation "
        "hyperparameter optimization framework. 25th ACM SIGKDD International "
        "Conference on Knowledge Discovery and Data Mining, 2019: 2623-2631. "
        "doi:10.1145/3292500.3330701"
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
    "ashburner2000": (
        "Ashburner J, Friston KJ. Voxel-based morphometry: the methods. NeuroImage "
        "2000; 11: 805-821. doi:10.1006/nimg.2000.0582"
    ),
    "avants2008": (
        "Avants BB, Epstein CL, Grossman M, Gee JC. Symmetric diffeomorphic image "
        "registration with cross-correlation. Medical Image Analysis 2008; 12: "
        "26-41. doi:10.1016/j.media.2007.06.004"
    ),
    "avants2011": (
        "Avants BB, Tustison NJ, Wu J, Cook PA, Gee JC. An open source multivariate "
        "framework for n-tissue segmentation with evaluation on public data. "
        "Neuroinformatics 2011; 9: 381-400. doi:10.1007/s12021-011-9109-y"
    ),
    "basser1994": (
        "Basser PJ, Mattiello J, LeBihan D. Estimation of the effective "
        "self-diffusion tensor from the NMR spin echo. Journal of Magnetic "
        "Resonance, Series B 1994; 103: 247-254. doi:10.1006/jmrb.1994.1037"
    ),
    "beckmann2009": (
        "Beckmann CF, Mackay CE, Filippini N, Smith SM. Group comparison of "
        "resting-state FMRI data using multi-subject ICA and dual regression. "
        "NeuroImage 2009; 47 (Suppl 1): S148. doi:10.1016/S1053-8119(09)71511-3"
    ),
    "behzadi2007": (
        "Behzadi Y, Restom K, Liau J, Liu TT. A component based noise correction "
        "method (CompCor) for BOLD and perfusion based fMRI. NeuroImage 2007; 37: "
        "90-101. doi:10.1016/j.neuroimage.2007.04.042"
    ),
    "bell1995": (
        "Bell AJ, Sejnowski TJ. An information-maximization approach to blind "
        "separation and blind deconvolution. Neural Computation 1995; 7: 1129-1159. "
        "doi:10.1162/neco.1995.7.6.1129"
    ),
    "calhoun2001": (
        "Calhoun VD, Adali T, Pearlson GD, Pekar JJ. A method for making group "
        "inferences from functional MRI data using independent component analysis. "
        "Human Brain Mapping 2001; 14: 140-151. doi:10.1002/hbm.1048"
    ),
    "chollet2015": "Chollet F, et al. Keras. 2015. https://keras.io",
    "chumbley2010": (
        "Chumbley J, Worsley K, Flandin G, Friston K. Topological FDR for "
        "neuroimaging. NeuroImage 2010; 49: 3057-3064. "
        "doi:10.1016/j.neuroimage.2009.10.090"
    ),
    "coupe2008": (
        "Coupé P, Yger P, Prima S, Hellier P, Kervrann C, Barillot C. An optimized "
        "blockwise nonlocal means denoising filter for 3-D magnetic resonance "
        "images. IEEE Transactions on Medical Imaging 2008; 27: 425-441. "
        "doi:10.1109/TMI.2007.906087"
    ),
    "erhardt2011": (
        "Erhardt EB, Rachakonda S, Bedrick EJ, Allen EA, Adali T, Calhoun VD. "
        "Comparison of multi-subject ICA methods for analysis of fMRI data. Human "
        "Brain Mapping 2011; 32: 2075-2095. doi:10.1002/hbm.21170"
    ),
    "esteban2019": (
        "Esteban O, Markiewicz CJ, Blair RW, et al. fMRIPrep: a robust "
        "preprocessing pipeline for functional MRI. Nature Methods 2019; 16: "
        "111-116. doi:10.1038/s41592-018-0235-4"
    ),
    "estudillo2022": (
        "Estudillo-Romero A, Haegelen C, Jannin P, Baxter JSH. Voxel-based "
        "diktiometry: combining convolutional neural networks with voxel-based "
        "analysis and its application in diffusion tensor imaging for Parkinson's "
        "disease. Human Brain Mapping 2022; 43: 4835-4851. doi:10.1002/hbm.26009"
    ),
    "fonov2011": (
        "Fonov V, Evans AC, Botteron K, Almli CR, McKinstry RC, Collins DL. "
        "Unbiased average age-appropriate atlases for pediatric studies. NeuroImage "
        "2011; 54: 313-327. doi:10.1016/j.neuroimage.2010.07.033"
    ),
    "friston1994": (
        "Friston KJ, Worsley KJ, Frackowiak RSJ, Mazziotta JC, Evans AC. Assessing the "
        "significance of focal activations using their spatial extent. Human Brain "
        "Mapping 1994; 1: 210-220. doi:10.1002/hbm.460010306"
    ),
    "friston1995": (
        "Friston KJ, Ashburner J, Frith CD, Poline J-B, Heather JD, Frackowiak RSJ. "
        "Spatial registration and normalization of images. Human Brain Mapping "
        "1995; 3: 165-189. doi:10.1002/hbm.460030303"
    ),
    "friston1996": (
        "Friston KJ, Williams S, Howard R, Frackowiak RSJ, Turner R. "
        "Movement-related effects in fMRI time-series. Magnetic Resonance in "
        "Medicine 1996; 35: 346-355. doi:10.1002/mrm.1910350312"
    ),
    "friston2002": (
        "Friston KJ, Glaser DE, Henson RNA, et al. Classical and Bayesian inference in "
        "neuroimaging: applications. NeuroImage 2002; 16: 484-512. "
        "doi:10.1006/nimg.2002.1091"
    ),
    "garyfallidis2014": (
        "Garyfallidis E, Brett M, Amirbekian B, et al. Dipy, a library for the "
        "analysis of diffusion MRI data. Frontiers in Neuroinformatics 2014; 8: 8. "
        "doi:10.3389/fninf.2014.00008"
    ),
    "genovese2002": (
        "Genovese CR, Lazar NA, Nichols T. Thresholding of statistical maps in "
        "functional neuroimaging using the false discovery rate. NeuroImage 2002; 15: "
        "870-878. doi:10.1006/nimg.2001.1037"
    ),
    "gorgolewski2011": (
        "Gorgolewski K, Burns CD, Madison C, et al. Nipype: a flexible, lightweight "
        "and extensible neuroimaging data processing framework in Python. Frontiers "
        "in Neuroinformatics 2011; 5: 13. doi:10.3389/fninf.2011.00013"
    ),
    "gorgolewski2016": (
        "Gorgolewski KJ, Auer T, Calhoun VD, et al. The brain imaging data "
        "structure, a format for organizing and describing outputs of neuroimaging "
        "experiments. Scientific Data 2016; 3: 160044. doi:10.1038/sdata.2016.44"
    ),
    "hallquist2013": (
        "Hallquist MN, Hwang K, Luna B. The nuisance of nuisance regression: "
        "spectral misspecification in a common approach to resting-state fMRI "
        "preprocessing reintroduces noise and obscures functional connectivity. "
        "NeuroImage 2013; 82: 208-225. doi:10.1016/j.neuroimage.2013.05.116"
    ),
    "himberg2004": (
        "Himberg J, Hyvärinen A, Esposito F. Validating the independent components "
        "of neuroimaging time series via clustering and visualization. NeuroImage "
        "2004; 22: 1214-1222. doi:10.1016/j.neuroimage.2004.03.027"
    ),
    "hyvarinen1999": (
        "Hyvärinen A. Fast and robust fixed-point algorithms for independent "
        "component analysis. IEEE Transactions on Neural Networks 1999; 10: "
        "626-634. doi:10.1109/72.761722"
    ),
    "iglesias2011": (
        "Iglesias JE, Liu CY, Thompson PM, Tu Z. Robust brain extraction across "
        "datasets and comparison with publicly available methods. IEEE Transactions "
        "on Medical Imaging 2011; 30: 1617-1634. doi:10.1109/TMI.2011.2138152"
    ),
    "ioffe2015": (
        "Ioffe S, Szegedy C. Batch normalization: accelerating deep network "
        "training by reducing internal covariate shift. International Conference on "
        "Machine Learning, 2015. arXiv:1502.03167"
    ),
    "kellner2016": (
        "Kellner E, Dhital B, Kiselev VG, Reisert M. Gibbs-ringing artifact removal "
        "based on local subvoxel-shifts. Magnetic Resonance in Medicine 2016; 76: "
        "1574-1581. doi:10.1002/mrm.26054"
    ),
    "kingma2015": (
        "Kingma DP, Ba J. Adam: a method for stochastic optimization. International "
        "Conference on Learning Representations, 2015. arXiv:1412.6980"
    ),
    "leemans2009": (
        "Leemans A, Jones DK. The B-matrix must be rotated when correcting for "
        "subject motion in DTI data. Magnetic Resonance in Medicine 2009; 61: "
        "1336-1349. doi:10.1002/mrm.21890"
    ),
    "li2016": (
        "Li X, Morgan PS, Ashburner J, Smith J, Rorden C. The first step for "
        "neuroimaging data analysis: DICOM to NIfTI conversion. Journal of "
        "Neuroscience Methods 2016; 264: 47-56. doi:10.1016/j.jneumeth.2016.03.001"
    ),
    "mattes2003": (
        "Mattes D, Haynor DR, Vesselle H, Lewellen TK, Eubank W. PET-CT image "
        "registration in the chest using free-form deformations. IEEE Transactions "
        "on Medical Imaging 2003; 22: 120-128. doi:10.1109/TMI.2003.809072"
    ),
    "maturana2015": (
        "Maturana D, Scherer S. VoxNet: a 3D convolutional neural network for "
        "real-time object recognition. IEEE/RSJ International Conference on "
        "Intelligent Robots and Systems, 2015: 922-928. "
        "doi:10.1109/IROS.2015.7353481"
    ),
    "molder2021": (
        "Mölder F, Jablonski KP, Letcher B, et al. Sustainable data analysis with "
        "Snakemake. F1000Research 2021; 10: 33. doi:10.12688/f1000research.29032.2"
    ),
    "nadeau2003": (
        "Nadeau C, Bengio Y. Inference for the generalization error. Machine Learning "
        "2003; 52: 239-281. doi:10.1023/A:1024068626366"
    ),
    "nickerson2017": (
        "Nickerson LD, Smith SM, Öngür D, Beckmann CF. Using dual regression to "
        "investigate network shape and amplitude in functional connectivity "
        "analyses. Frontiers in Neuroscience 2017; 11: 115. "
        "doi:10.3389/fnins.2017.00115"
    ),
    "power2012": (
        "Power JD, Barnes KA, Snyder AZ, Schlaggar BL, Petersen SE. Spurious but "
        "systematic correlations in functional connectivity MRI networks arise from "
        "subject motion. NeuroImage 2012; 59: 2142-2154. "
        "doi:10.1016/j.neuroimage.2011.10.018"
    ),
    "sladky2011": (
        "Sladky R, Friston KJ, Tröstl J, Cunnington R, Moser E, Windischberger C. "
        "Slice-timing effects and their correction in functional MRI. NeuroImage "
        "2011; 58: 588-594. doi:10.1016/j.neuroimage.2011.06.078"
    ),
    "smith2009": (
        "Smith SM, Nichols TE. Threshold-free cluster enhancement: addressing problems "
        "of smoothing, threshold dependence and localisation in cluster inference. "
        "NeuroImage 2009; 44: 83-98. doi:10.1016/j.neuroimage.2008.03.061"
    ),
    "smith2014": (
        "Smith SM, Hyvärinen A, Varoquaux G, Miller KL, Beckmann CF. Group-PCA for "
        "very large fMRI datasets. NeuroImage 2014; 101: 738-749. "
        "doi:10.1016/j.neuroimage.2014.07.051"
    ),
    "teh2023": (
        "Teh K, Armitage P, Tesfaye S, Selvarajah D. Deep learning classification "
        "of treatment response in diabetic painful neuropathy: a combined machine "
        "learning and magnetic resonance neuroimaging methodological study. "
        "Neuroinformatics 2023; 21: 35-43. doi:10.1007/s12021-022-09603-5"
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
        "quantitative biological and medical imaging. Scientific Reports 2021; 11: "
        "9068. doi:10.1038/s41598-021-87564-6"
    ),
    "veraart2013": (
        "Veraart J, Sijbers J, Sunaert S, Leemans A, Jeurissen B. Weighted linear "
        "least squares estimation of diffusion MRI parameters: strengths, "
        "limitations, and pitfalls. NeuroImage 2013; 81: 335-346. "
        "doi:10.1016/j.neuroimage.2013.05.028"
    ),
    "veraart2016": (
        "Veraart J, Novikov DS, Christiaens D, Ades-aron B, Sijbers J, Fieremans E. "
        "Denoising of diffusion MRI using random matrix theory. NeuroImage 2016; "
        "142: 394-406. doi:10.1016/j.neuroimage.2016.08.016"
    ),
    "whitfield2012": (
        "Whitfield-Gabrieli S, Nieto-Castanon A. Conn: a functional connectivity "
        "toolbox for correlated and anticorrelated brain networks. Brain "
        "Connectivity 2012; 2: 125-141. doi:10.1089/brain.2012.0073"
    ),
    "winkler2014": (
        "Winkler AM, Ridgway GR, Webster MA, Smith SM, Nichols TE. Permutation "
        "inference for the general linear model. NeuroImage 2014; 92: 381-397. "
        "doi:10.1016/j.neuroimage.2014.01.060"
    ),
    "worsley1996": (
        "Worsley KJ, Marrett S, Neelin P, Vandal AC, Friston KJ, Evans AC. A unified "
        "statistical approach for determining significant signals in images of "
        "cerebral activation. Human Brain Mapping 1996; 4: 58-73. "
        "doi:10.1002/(SICI)1097-0193(1996)4:1<58::AID-HBM4>3.0.CO;2-O"
    ),
}
"""Key to reference; a DOI or an address ends most of them."""
