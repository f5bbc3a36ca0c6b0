# Stage 3: diffusion images become tensors, in T1w and in MNI space.


rule denoise_dwi:
    """What is signal, and what thermal noise and Gibbs ringing?"""
    input:
        dwi="<bids_dwi>_dwi.nii.gz",
        bval="<bids_dwi>_dwi.bval",
        bvec="<bids_dwi>_dwi.bvec",
    output:
        dwi=intermediate("<dwi>_desc-denoised_dwi.nii.gz"),
    log:
        "<logs>/3_dwi/denoise_dwi/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/3_dwi/denoise_dwi/sub-{subject}_ses-{session}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("31_denoise_dwi"),
        dwi=config["dwi"],
    script:
        "../scripts/31_denoise_dwi.py"


rule correct_motion:
    """How did the head move, and what did eddy currents distort?"""
    input:
        dwi="<dwi>_desc-denoised_dwi.nii.gz",
        bval="<bids_dwi>_dwi.bval",
        bvec="<bids_dwi>_dwi.bvec",
        sidecar="<bids_dwi>_dwi.json",
    output:
        dwi=intermediate("<dwi>_desc-preproc_dwi.nii.gz"),
        bval=intermediate("<dwi>_desc-preproc_dwi.bval"),
        bvec=intermediate("<dwi>_desc-preproc_dwi.bvec"),
        motion="<dwi>_desc-motion_timeseries.tsv",
    log:
        "<logs>/3_dwi/correct_motion/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/3_dwi/correct_motion/sub-{subject}_ses-{session}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        code=code_of("32_correct_motion"),
        dwi=config["dwi"],
        seed=seed_of("correct_motion"),
    script:
        "../scripts/32_correct_motion.py"


rule fit_tensor:
    """Which tensor describes diffusion in each voxel?"""
    input:
        dwi="<dwi>_desc-preproc_dwi.nii.gz",
        bval="<dwi>_desc-preproc_dwi.bval",
        bvec="<dwi>_desc-preproc_dwi.bvec",
    output:
        tensor="<dwi>_space-dwi_tensor.nii.gz",
        tensor_json="<dwi>_space-dwi_tensor.json",
        mask="<dwi>_space-dwi_desc-brain_mask.nii.gz",
        b0="<dwi>_space-dwi_b0.nii.gz",
    log:
        "<logs>/3_dwi/fit_tensor/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/3_dwi/fit_tensor/sub-{subject}_ses-{session}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        code=code_of("33_fit_tensor"),
        dwi=config["dwi"],
    script:
        "../scripts/33_fit_tensor.py"


rule register_dwi_to_t1w:
    """Where in the T1w image does each point of the distorted EPI image lie?"""
    input:
        b0="<dwi>_space-dwi_b0.nii.gz",
        mask="<dwi>_space-dwi_desc-brain_mask.nii.gz",
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        t1w_mask="<anat>_desc-brain_mask.nii.gz",
        sidecar="<bids_dwi>_dwi.json",
    output:
        xfm="<dwi>_from-T1w_to-dwi_mode-image_xfm.nii.gz",
        b0="<dwi>_space-T1w_b0.nii.gz",
    log:
        "<logs>/3_dwi/register_dwi_to_t1w/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/3_dwi/register_dwi_to_t1w/sub-{subject}_ses-{session}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("34_register_dwi_to_t1w"),
        dwi=config["dwi"],
        grid=config["grid"],
        seed=seed_of("register_dwi_to_t1w"),
    script:
        "../scripts/34_register_dwi_to_t1w.py"


rule warp_tensor:
    """What is the tensor of each voxel of a common grid?"""
    input:
        tensor="<dwi>_space-dwi_tensor.nii.gz",
        mask="<dwi>_space-dwi_desc-brain_mask.nii.gz",
        t1w_mask="<anat>_desc-brain_mask.nii.gz",
        xfm="<dwi>_from-T1w_to-dwi_mode-image_xfm.nii.gz",
        xfm_mni=warp_of_space,
    output:
        tensor="<dwi>_space-{space}_tensor.nii.gz",
        tensor_json="<dwi>_space-{space}_tensor.json",
        MD="<dwi>_space-{space}_MD.nii.gz",
        A="<dwi>_space-{space}_A.nii.gz",
        FA="<dwi>_space-{space}_FA.nii.gz",
        planarity="<dwi>_space-{space}_planarity.nii.gz",
        mask="<dwi>_space-{space}_desc-tensor_mask.nii.gz",
    log:
        "<logs>/3_dwi/warp_tensor/sub-{subject}_ses-{session}_space-{space}.log",
    benchmark:
        "<benchmarks>/3_dwi/warp_tensor/sub-{subject}_ses-{session}_space-{space}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(30),
    params:
        code=code_of("35_warp_tensor"),
    script:
        "../scripts/35_warp_tensor.py"
