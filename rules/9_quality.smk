# Stage 9, quality: who is in the study, and can their images be trusted?


rule draw_session_qc:
    """Can this session be trusted?"""
    input:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        brain="<anat>_desc-brain_mask.nii.gz",
        t1w_mni=f"<anat>_space-{MNI}_T1w.nii.gz",
        template="<template>/T1w.nii.gz",
        template_brain="<template>/brain_mask.nii.gz",
        b0="<dwi>_space-T1w_b0.nii.gz",
        tensor="<dwi>_space-T1w_tensor.nii.gz",
        fa="<dwi>_space-T1w_FA.nii.gz",
        motion="<dwi>_desc-motion_timeseries.tsv",
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_qc.png",
            caption="../report/session_qc.rst",
            category="3 Quality of each session",
            labels={"participant": "{subject}", "session": "{session}"},
        ),
    log:
        "<logs>/9_report/draw_session_qc/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_session_qc/sub-{subject}_ses-{session}.tsv"
    group:
        "quality"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("91_draw_session_qc"),
    script:
        "../scripts/91_draw_session_qc.py"


rule draw_cohort:
    """Who is in the study, and who was left out, and why?"""
    output:
        report(
            "<report>/cohort.png",
            caption="../report/cohort.rst",
            category="1 Cohort",
            labels={"figure": "cohort"},
        ),
    log:
        "<logs>/9_report/draw_cohort.log",
    benchmark:
        "<benchmarks>/9_report/draw_cohort.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("97_draw_cohort"),
        rows=everybody,
        groups=GROUPS,
        study=config["study"],
    script:
        "../scripts/97_draw_cohort.py"


rule draw_func_qc:
    """Can this session's BOLD be trusted?"""
    input:
        unpack(qc_of_bold),
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_bold_qc.png",
            caption="../report/func_qc.rst",
            category="3 Quality of each session",
            labels={"participant": "{subject}", "session": "{session}, BOLD"},
        ),
    log:
        "<logs>/9_report/draw_func_qc/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_func_qc/sub-{subject}_ses-{session}.tsv"
    group:
        "quality"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(10),
    params:
        code=code_of("98_draw_func_qc"),
    script:
        "../scripts/98_draw_func_qc.py"


rule tabulate_inventory:
    """What did each session's DICOM hold, and what became of it?"""
    input:
        inventories=each_session("<inventory>"),
    output:
        report(
            "<report>/inventory.html",
            caption="../report/inventory.rst",
            category="1 Images",
            labels={"figure": "DICOM"},
        ),
    log:
        "<logs>/9_report/tabulate_inventory.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_inventory.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9i_tabulate_inventory"),
        sessions=each_session("sub-{subject} ses-{session}"),
        study=config["study"],
    script:
        "../scripts/9i_tabulate_inventory.py"


rule draw_tissue_qc:
    """Can this session's tissue maps be trusted?"""
    input:
        t1w="<anat>_desc-preproc_T1w.nii.gz",
        brain="<anat>_desc-brain_mask.nii.gz",
        t1w_mni=f"<anat>_space-{MNI}_T1w.nii.gz",
        template="<template>/T1w.nii.gz",
        template_brain="<template>/brain_mask.nii.gz",
        gm="<anat>_label-GM_probseg.nii.gz",
        wm="<anat>_label-WM_probseg.nii.gz",
        maps=tissue_maps_shown,
        volumes="<anat>_volumes.json",
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_tissue_qc.png",
            caption="../report/tissue_qc.rst",
            category="3 Quality of each session",
            labels={"participant": "{subject}", "session": "{session}, tissues"},
        ),
    log:
        "<logs>/9_report/draw_tissue_qc/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_tissue_qc/sub-{subject}_ses-{session}.tsv"
    group:
        "quality"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9m_draw_tissue_qc"),
        shown=shown_titles(),
    script:
        "../scripts/9m_draw_tissue_qc.py"


rule draw_given_tissue:
    """Do this session's tissue maps of another programme lie in MNI space?"""
    input:
        maps=tissue_maps_shown,
        template_brain="<template>/brain_mask.nii.gz",
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_given_tissue.png",
            caption="../report/given_tissue.rst",
            category="3 Quality of each session",
            labels={"participant": "{subject}", "session": "{session}, tissues"},
        ),
    log:
        "<logs>/9_report/draw_given_tissue/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_given_tissue/sub-{subject}_ses-{session}.tsv"
    group:
        "quality"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9s_draw_given_tissue"),
        shown=shown_titles(),
    script:
        "../scripts/9s_draw_given_tissue.py"


rule draw_tissue_volumes:
    """Whose tissue volumes are far from those of the others?"""
    input:
        "<results>/2_anat/tissue_volumes.tsv",
    output:
        report(
            "<report>/tissue_volumes.png",
            caption="../report/tissue_volumes.rst",
            category="2 Quality",
            labels={"figure": "tissue volumes"},
        ),
    log:
        "<logs>/9_report/draw_tissue_volumes.log",
    benchmark:
        "<benchmarks>/9_report/draw_tissue_volumes.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code_of("9n_draw_tissue_volumes"),
        names=session_names(),
        of_group=session_groups(),
        groups=GROUPS,
    script:
        "../scripts/9n_draw_tissue_volumes.py"


rule draw_homogeneity:
    """Whose map of a tissue is unlike those of the others?"""
    input:
        "<results>/2_anat/homogeneity_tissue-{tissue}.tsv",
    output:
        report(
            "<report>/homogeneity_tissue-{tissue}.png",
            caption="../report/homogeneity.rst",
            category="2 Quality",
            labels={"figure": "homogeneity of {tissue} maps"},
        ),
    log:
        "<logs>/9_report/draw_homogeneity/tissue-{tissue}.log",
    benchmark:
        "<benchmarks>/9_report/draw_homogeneity/tissue-{tissue}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code_of("9o_draw_homogeneity"),
        names=session_names(),
        of_group=session_groups(),
        groups=GROUPS,
        title=homogeneity_title,
    script:
        "../scripts/9o_draw_homogeneity.py"
