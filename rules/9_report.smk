# Stage 9: figures, tables and methods text with captions, for `snakemake --report`.


rule draw_session_qc:
    """Can this session be trusted?"""
    input:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        mask="<anat>_desc-brain_mask.nii.gz",
        t1w_mni=f"<anat>_space-{MNI}_T1w.nii.gz",
        template="<template>/T1w.nii.gz",
        template_mask="<template>/brain_mask.nii.gz",
        b0_t1w="<dwi>_space-T1w_b0.nii.gz",
        tensor_t1w="<dwi>_space-T1w_tensor.nii.gz",
        fa_t1w="<dwi>_space-T1w_FA.nii.gz",
        motion="<dwi>_desc-motion_timeseries.tsv",
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_qc.png",
            caption="../report/session_qc.rst",
            category="Quality of each session",
            labels={"participant": "{subject}", "session": "{session}"},
        ),
    log:
        "<logs>/9_report/draw_session_qc/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_session_qc/sub-{subject}_ses-{session}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code_of("91_draw_session_qc"),
    script:
        "../scripts/91_draw_session_qc.py"
