# Stage 8: voxel-wise statistics on what networks look at, on diffusion itself, and on
# images of the user's own.


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
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("81_intersect_masks"),
        mirror=[is_mirrored(row) for row in cohort],
    script:
        "../scripts/81_intersect_masks.py"


rule check_atlas:
    """Does the atlas name regions of the brain?"""
    input:
        atlas=atlas_files,
        mask=GRID_MASK,
    output:
        "<statistics>/{analysis}/atlas.json",
    log:
        "<logs>/8_statistics/check_atlas/{analysis}.log",
    benchmark:
        "<benchmarks>/8_statistics/check_atlas/{analysis}.tsv"
    # As soon as it can: to hear of a wrong atlas once networks are trained is late.
    priority: 10
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("86_check_atlas"),
    script:
        "../scripts/86_check_atlas.py"


rule stack_maps:
    """What does each participant's map hold, in the voxels that all have?"""
    input:
        maps=tested_maps,
        masks=tested_masks,
        volumes=volumes_in(columns_of_globals),
    output:
        stack="<tested>/stack.npy",
        mask="<tested>/mask.nii.gz",
        description="<tested>/stack.json",
    log:
        "<logs>/8_statistics/stack_maps/{analysis}/{maps}.log",
    benchmark:
        "<benchmarks>/8_statistics/stack_maps/{analysis}/{maps}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("82_stack_maps"),
        images=images_per_row,
        kind=kind_of_analysis,
        mirror=is_reversed,
        sessions=sessions_of_globals,
        statistics=statistics_of("mask", "global", "fwhm"),
    script:
        "../scripts/82_stack_maps.py"


rule test_maps:
    """Where do maps differ between groups, with a regressor, or from zero?"""
    input:
        stack="<tested>/stack.npy",
        mask="<tested>/mask.nii.gz",
        description="<tested>/stack.json",
        volumes=volumes_in(columns_of_model),
        atlas=atlas_files,
        checked=checked_atlas,
    output:
        statistic="<tested>/{contrast}_statmap.nii.gz",
        effect="<tested>/{contrast}_effect.nii.gz",
        size="<tested>/{contrast}_effectsize.nii.gz",
        variance="<tested>/{contrast}_ResMS.nii.gz",
        rpv="<tested>/{contrast}_RPV.nii.gz",
        table="<tested>/{contrast}_clusters.tsv",
        summary="<tested>/{contrast}_statmap.json",
    log:
        "<logs>/8_statistics/test_maps/{analysis}/{maps}_{contrast}.log",
    benchmark:
        "<benchmarks>/8_statistics/test_maps/{analysis}/{maps}_{contrast}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("83_test_maps"),
        rows=rows_of_model,
        cohort_groups=GROUPS,
        contrast=contrast_of,
        kind=kind_of_analysis,
        unmapped=without_maps,
        statistics=statistics_of(*MODEL, "tails", "cluster_forming_p", "extent_mm3"),
    script:
        "../scripts/83_test_maps.py"


rule correct_maps:
    """What is left of a contrast when all voxels are allowed for?"""
    input:
        stack="<tested>/stack.npy",
        mask="<tested>/mask.nii.gz",
        description="<tested>/stack.json",
        volumes=volumes_in(columns_of_model),
        atlas=atlas_files,
        checked=checked_atlas,
        null=null_maps,
    output:
        statistic="<tested>/{contrast}_desc-{correction}_statmap.nii.gz",
        p="<tested>/{contrast}_desc-{correction}_log10p.nii.gz",
        table="<tested>/{contrast}_desc-{correction}_clusters.tsv",
        summary="<tested>/{contrast}_desc-{correction}_statmap.json",
    log:
        "<logs>/8_statistics/correct_maps/{analysis}/{maps}_{contrast}_{correction}.log",
    benchmark:
        "<benchmarks>/8_statistics/correct_maps/{analysis}/{maps}_{contrast}_{correction}.tsv"
    conda:
        "../envs/scan2map.yaml"
    threads: lambda wildcards: 2 if "permutation" in wildcards.correction else 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(240),
    params:
        code=code_of("84_correct_maps"),
        rows=rows_of_model,
        cohort_groups=GROUPS,
        contrast=contrast_of,
        position=contrast_position,
        seed=seed_of_correction,
        statistics=settings_of_correction,
    script:
        "../scripts/84_correct_maps.py"
