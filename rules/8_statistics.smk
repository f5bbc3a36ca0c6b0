# Stage 8: voxel-wise statistics on what networks look at, and on diffusion itself.


rule intersect_masks:
    """Which voxels of MNI space hold data in everybody?"""
    input:
        masks=masks_of_sessions,
        brain=GRID_MASK,
    output:
        "<statistics>/{modality}_mask.nii.gz",
    log:
        "<logs>/8_statistics/intersect_masks/{modality}.log",
    benchmark:
        "<benchmarks>/8_statistics/intersect_masks/{modality}.tsv"
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
        mask="<statistics>/dwi_mask.nii.gz",
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


rule test_components:
    """Where do gradients by component differ between groups, or from zero?"""
    input:
        maps=component_gradients,
        mask="<statistics>/bold_mask.nii.gz",
        cohort="<results>/1_bids/cohort.tsv",
    output:
        t="<statistics>/{experiment}/components/{contrast}_t.nii.gz",
        clusters="<statistics>/{experiment}/components/{contrast}_clusters.tsv",
        summary="<statistics>/{experiment}/components/{contrast}_t.json",
    log:
        "<logs>/8_statistics/test_components/{experiment}_{contrast}.log",
    benchmark:
        "<benchmarks>/8_statistics/test_components/{experiment}_{contrast}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=6000,
        runtime=30,
    params:
        code=code_of("83_test_components"),
        groups=GROUPS,
        statistics=config["statistics"],
    script:
        "../scripts/83_test_components.py"
