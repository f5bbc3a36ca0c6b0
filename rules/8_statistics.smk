# Stage 8: voxel-wise statistics on sensitivity maps and on diffusion itself.


rule intersect_masks:
    """Which voxels of MNI space hold a tensor in everybody?"""
    input:
        masks=each_session(f"<dwi>_space-{MNI}_desc-tensor_mask.nii.gz"),
        brain="<template>/grid_brain_mask.nii.gz",
    output:
        "<statistics>/group_mask.nii.gz",
    log:
        "<logs>/8_statistics/intersect_masks.log",
    benchmark:
        "<benchmarks>/8_statistics/intersect_masks.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code_of("81_intersect_masks"),
        mirror=[is_mirrored(row) for row in cohort],
    script:
        "../scripts/81_intersect_masks.py"


rule test_maps:
    """Where do the groups differ, or where is the mean not zero?"""
    input:
        maps=tested_maps,
        mask="<statistics>/group_mask.nii.gz",
        cohort="<results>/1_bids/cohort.tsv",
    output:
        t="<statistics>/{maps}/{metric}/{contrast}_t.nii.gz",
        clusters="<statistics>/{maps}/{metric}/{contrast}_clusters.tsv",
        summary="<statistics>/{maps}/{metric}/{contrast}_t.json",
    log:
        "<logs>/8_statistics/test_maps/{maps}_{metric}_{contrast}.log",
    benchmark:
        "<benchmarks>/8_statistics/test_maps/{maps}_{metric}_{contrast}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        code=code_of("82_test_maps"),
        groups=GROUPS,
        mirror=[is_mirrored(row) for row in cohort],
        statistics=config["statistics"],
    script:
        "../scripts/82_test_maps.py"
