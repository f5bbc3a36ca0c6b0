# Stage 2: T1w images, cleaned, masked and brought to MNI space.


rule prepare_template:
    """Which MNI template do all images meet in, at which resolution?"""
    output:
        t1w="<template>/T1w.nii.gz",
        brain_mask="<template>/brain_mask.nii.gz",
        grid_brain_mask="<template>/grid_brain_mask.nii.gz",
        grid_grey_matter="<template>/grid_GM_probseg.nii.gz",
    log:
        "<logs>/2_anat/prepare_template.log",
    benchmark:
        "<benchmarks>/2_anat/prepare_template.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("21_prepare_template"),
        grid=config["grid"],
        # Where nothing is registered, only figures show it.
        resolution=config["anat"]["template_resolution"] if WANTED else 2,
    script:
        "../scripts/21_prepare_template.py"


rule correct_t1w:
    """What does the head look like without noise and receive field, and where is brain?"""
    input:
        t1w="<bids_anat>_T1w.nii.gz",
        template="<template>/T1w.nii.gz",
        template_mask="<template>/brain_mask.nii.gz",
    output:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        mask="<anat>_desc-brain_mask.nii.gz",
    log:
        "<logs>/2_anat/correct_t1w/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/2_anat/correct_t1w/sub-{subject}_ses-{session}.tsv"
    group:
        "anat"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("22_correct_t1w"),
        anat=anat_settings("denoise", "brain_mask", "n4"),
        seed=seed_of("correct_t1w"),
    script:
        "../scripts/22_correct_t1w.py"


rule normalise_t1w:
    """Which point of this brain corresponds to which point of MNI space?"""
    input:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        mask="<anat>_desc-brain_mask.nii.gz",
        template="<template>/T1w.nii.gz",
        template_mask="<template>/brain_mask.nii.gz",
        grid="<template>/grid_brain_mask.nii.gz",
    output:
        xfm=f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz",
        inverse=f"<anat>_from-T1w_to-{MNI}_mode-image_xfm.nii.gz",
        t1w=f"<anat>_space-{MNI}_T1w.nii.gz",
    log:
        "<logs>/2_anat/normalise_t1w/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/2_anat/normalise_t1w/sub-{subject}_ses-{session}.tsv"
    group:
        "anat"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("23_normalise_t1w"),
        anat=anat_settings("registration"),
        seed=seed_of("normalise_t1w"),
    script:
        "../scripts/23_normalise_t1w.py"


rule segment_t1w:
    """Which part of each voxel is fluid, grey and white matter?"""
    input:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        mask="<anat>_desc-brain_mask.nii.gz",
        to_mni=f"<anat>_from-T1w_to-{MNI}_mode-image_xfm.nii.gz",
    output:
        csf="<anat>_label-CSF_probseg.nii.gz",
        gm="<anat>_label-GM_probseg.nii.gz",
        wm="<anat>_label-WM_probseg.nii.gz",
    log:
        "<logs>/2_anat/segment_t1w/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/2_anat/segment_t1w/sub-{subject}_ses-{session}.tsv"
    group:
        "anat"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("24_segment_t1w"),
        n4=config["anat"]["n4"],
    script:
        "../scripts/24_segment_t1w.py"


if config["source"] == "derivatives":

    rule import_tissue:
        """What did another programme make of this session's tissue?"""
        input:
            given_tissue_map,
        output:
            "<tissue_map>",
        log:
            "<logs>/2_anat/import_tissue/sub-{subject}_ses-{session}_label-{tissue}.log",
        benchmark:
            "<benchmarks>/2_anat/import_tissue/sub-{subject}_ses-{session}_label-{tissue}.tsv"
        group:
            "anat"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(2000),
            runtime=growing(10),
        params:
            code=code_of("27_import_tissue"),
            grid=config["grid"],
            modulated=config["anat"]["modulate"],
            fwhm=config["anat"]["tissue_fwhm"],
        script:
            "../scripts/27_import_tissue.py"

else:

    rule warp_tissues:
        """How much of each tissue is where in MNI space?"""
        input:
            csf="<anat>_label-CSF_probseg.nii.gz",
            gm="<anat>_label-GM_probseg.nii.gz",
            wm="<anat>_label-WM_probseg.nii.gz",
            xfm=f"<anat>_from-{MNI}_to-T1w_mode-image_xfm.nii.gz",
        output:
            csf=f"<anat>_space-{MNI}_label-CSF_probseg.nii.gz",
            gm=f"<anat>_space-{MNI}_label-GM_probseg.nii.gz",
            wm=f"<anat>_space-{MNI}_label-WM_probseg.nii.gz",
            csf_modulated=f"<anat>_space-{MNI}_label-CSF_desc-modulated_probseg.nii.gz",
            gm_modulated=f"<anat>_space-{MNI}_label-GM_desc-modulated_probseg.nii.gz",
            wm_modulated=f"<anat>_space-{MNI}_label-WM_desc-modulated_probseg.nii.gz",
            volumes="<anat>_volumes.json",
        log:
            "<logs>/2_anat/warp_tissues/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/2_anat/warp_tissues/sub-{subject}_ses-{session}.tsv"
        group:
            "anat"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(30),
        params:
            code=code_of("25_warp_tissues"),
            fwhm=config["anat"]["tissue_fwhm"],
        script:
            "../scripts/25_warp_tissues.py"

    rule tabulate_volumes:
        """How large are everybody's tissues?"""
        input:
            volumes=each_session("<anat>_volumes.json"),
        output:
            "<results>/2_anat/tissue_volumes.tsv",
        log:
            "<logs>/2_anat/tabulate_volumes.log",
        benchmark:
            "<benchmarks>/2_anat/tabulate_volumes.tsv"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(500),
            runtime=growing(5),
        params:
            code=code_of("26_tabulate_volumes"),
            participants=[row["participant_id"] for row in cohort],
            sessions=[row["session_id"] for row in cohort],
        script:
            "../scripts/26_tabulate_volumes.py"


rule correlate_tissue_maps:
    """Whose map of a tissue is unlike those of the others?"""
    input:
        maps=tissue_maps_of_all,
        mask=GRID_MASK,
    output:
        "<results>/2_anat/homogeneity_tissue-{tissue}.tsv",
    log:
        "<logs>/2_anat/correlate_tissue_maps/tissue-{tissue}.log",
    benchmark:
        "<benchmarks>/2_anat/correlate_tissue_maps/tissue-{tissue}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(1000 + len(cohort)),
        runtime=growing(30),
    params:
        code=code_of("28_correlate_tissue_maps"),
        names=session_names(),
    script:
        "../scripts/28_correlate_tissue_maps.py"
