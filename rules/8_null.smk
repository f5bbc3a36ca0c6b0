# Stage 8, the null distribution of networks: labels are permuted, networks trained anew.


rule null_map:
    """What would the statistic be if labels meant nothing to the networks?"""
    input:
        stacks=retrained_stacks(".npy"),
        tables=retrained_stacks(".json"),
        fields=fields_of_maps,
        grids=grids_of_maps,
        masks=tested_masks,
        grid_mask=GRID_MASK,
        volumes=volumes_in(columns_of_model),
    output:
        "<tested>/null/{number}_statmaps.nii.gz",
    log:
        "<logs>/8_statistics/null_map/{analysis}/{maps}_{number}.log",
    benchmark:
        "<benchmarks>/8_statistics/null_map/{analysis}/{maps}_{number}.tsv"
    wildcard_constraints:
        number="[0-9]+",
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        code=code_of("85_null_map"),
        cohort_groups=GROUPS,
        kind=kind_of_analysis,
        maps=maps_in_order,
        rows=retrained_rows,
        mirror=[is_mirrored(row) for row in cohort],
        contrasts=contrasts_tested,
        statistics=statistics_of(*MODEL, "mask", "fwhm"),
    script:
        "../scripts/85_null_map.py"
