# Stage 4: BOLD in MNI space, resampled once, and what is left of it without confounds.


if config["source"] == "derivatives":

    rule import_derivatives:
        """What did another pipeline make of this session's BOLD?"""
        input:
            unpack(given_of_session),
        output:
            bold=intermediate("<bold>_desc-preproc_bold.nii.gz"),
            sidecar=intermediate("<bold>_desc-preproc_bold.json"),
            mask="<bold>_desc-brain_mask.nii.gz",
            boldref="<bold>_boldref.nii.gz",
            confounds="<func>_desc-confounds_timeseries.tsv",
        log:
            "<logs>/4_func/import_derivatives/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/import_derivatives/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(6000),
            runtime=growing(30),
        params:
            code=code_of("47_import_derivatives"),
            grid=config["grid"],
        script:
            "../scripts/47_import_derivatives.py"

else:

    rule correct_slice_timing:
        """What would the volumes be if all slices were taken at once?"""
        input:
            bold="<bids_func>_bold.nii.gz",
            sidecar="<bids_func>_bold.json",
        output:
            bold=intermediate("<func>_desc-stc_bold.nii.gz"),
            sidecar=intermediate("<func>_desc-stc_bold.json"),
        log:
            "<logs>/4_func/correct_slice_timing/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/correct_slice_timing/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(6000),
            runtime=growing(30),
        params:
            code=code_of("41_correct_slice_timing"),
            slice_timing=config["func"]["slice_timing"],
        script:
            "../scripts/41_correct_slice_timing.py"

    rule realign_bold:
        """Where was the head in each volume?"""
        input:
            bold="<func>_desc-stc_bold.nii.gz",
        output:
            matrices="<func>_from-boldref_to-volume_mode-image_xfm.npy",
            boldref="<func>_boldref.nii.gz",
            motion="<func>_desc-motion_timeseries.tsv",
        log:
            "<logs>/4_func/realign_bold/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/realign_bold/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(60),
        params:
            code=code_of("42_realign_bold"),
        script:
            "../scripts/42_realign_bold.py"

    rule register_bold_to_t1w:
        """Where in the T1w image does each point of the BOLD lie?"""
        input:
            boldref="<func>_boldref.nii.gz",
            sidecar="<bids_func>_bold.json",
            t1w="<anat>_desc-preproc_T1w.nii.gz",
            t1w_mask="<anat>_desc-brain_mask.nii.gz",
        output:
            xfm="<func>_from-T1w_to-boldref_mode-image_xfm.nii.gz",
            boldref="<func>_space-T1w_boldref.nii.gz",
        log:
            "<logs>/4_func/register_bold_to_t1w/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/register_bold_to_t1w/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(60),
        params:
            code=code_of("43_register_bold_to_t1w"),
            func=config["func"],
            grid=config["grid"],
            seed=seed_of("register_bold_to_t1w"),
        script:
            "../scripts/43_register_bold_to_t1w.py"

    rule warp_bold:
        """What is each voxel of MNI space in each volume, resampled once?"""
        input:
            bold="<func>_desc-stc_bold.nii.gz",
            sidecar="<func>_desc-stc_bold.json",
            matrices="<func>_from-boldref_to-volume_mode-image_xfm.npy",
            xfm="<func>_from-T1w_to-boldref_mode-image_xfm.nii.gz",
            xfm_mni=warp_from("T1w"),
            t1w_mask="<anat>_desc-brain_mask.nii.gz",
        output:
            bold=intermediate("<bold>_desc-preproc_bold.nii.gz"),
            sidecar=intermediate("<bold>_desc-preproc_bold.json"),
            mask="<bold>_desc-brain_mask.nii.gz",
            boldref="<bold>_boldref.nii.gz",
        log:
            "<logs>/4_func/warp_bold/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/warp_bold/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(6000),
            runtime=growing(60),
        params:
            code=code_of("44_warp_bold"),
            grid=config["grid"],
        script:
            "../scripts/44_warp_bold.py"

    rule tabulate_confounds:
        """What moved, what pulsates, and which volumes are outliers?"""
        input:
            bold="<bold>_desc-preproc_bold.nii.gz",
            mask="<bold>_desc-brain_mask.nii.gz",
            csf="<anat>_label-CSF_probseg.nii.gz",
            wm="<anat>_label-WM_probseg.nii.gz",
            template_gm="<template>/grid_GM_probseg.nii.gz",
            xfm_mni=warp_from("T1w"),
            motion="<func>_desc-motion_timeseries.tsv",
        output:
            confounds="<func>_desc-confounds_timeseries.tsv",
            confounds_json="<func>_desc-confounds_timeseries.json",
        log:
            "<logs>/4_func/tabulate_confounds/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/4_func/tabulate_confounds/sub-{subject}_ses-{session}.tsv"
        group:
            "func"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(6000),
            runtime=growing(30),
        params:
            code=code_of("45_tabulate_confounds"),
            func=config["func"],
        script:
            "../scripts/45_tabulate_confounds.py"


rule denoise_bold:
    """What is left of the signal without confounds, drift and fast fluctuation?"""
    input:
        bold="<bold>_desc-preproc_bold.nii.gz",
        sidecar="<bold>_desc-preproc_bold.json",
        mask="<bold>_desc-brain_mask.nii.gz",
        confounds="<func>_desc-confounds_timeseries.tsv",
    output:
        bold="<bold>_desc-denoised_bold.nii.gz",
        sidecar="<bold>_desc-denoised_bold.json",
    log:
        "<logs>/4_func/denoise_bold/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/4_func/denoise_bold/sub-{subject}_ses-{session}.tsv"
    group:
        "func"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(6000),
        runtime=growing(30),
    params:
        code=code_of("46_denoise_bold"),
        func=config["func"],
        confounds=config["derivatives"]["confounds"],
    script:
        "../scripts/46_denoise_bold.py"
