# Stage 9, results: what did voxel-wise analyses find?


rule draw_t_maps:
    """Where is the effect, by each approach?"""
    input:
        t=of_approaches("<tested>/{contrast}_statmap.nii.gz"),
        significant=of_approaches("<corrected>_statmap.nii.gz"),
        summaries=of_approaches("<corrected>_statmap.json"),
        mask=mask_of_approaches,
        background="<template>/T1w.nii.gz",
        truths=masks_of_effects_on,
    output:
        report(
            "<report>/{metric}_{contrast}_t.png",
            caption="../report/t_maps.rst",
            category="8 Statistics",
            labels={"metric": "{metric}", "contrast": "{contrast}"},
        ),
    log:
        "<logs>/9_report/draw_t_maps/{metric}_{contrast}.log",
    benchmark:
        "<benchmarks>/9_report/draw_t_maps/{metric}_{contrast}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("94_draw_t_maps"),
        approaches=approach_labels,
        corrections=corrections_shown,
        effects=effects_on,
        kinds=kinds_shown,
        title=t_map_title,
    script:
        "../scripts/94_draw_t_maps.py"


rule write_results:
    """What did an analysis of maps find, as on SPM's page of results?"""
    input:
        summaries=of_contrasts("<tested>/{contrast}_statmap.json"),
        statistics=of_contrasts("<tested>/{contrast}_statmap.nii.gz"),
        tables=of_contrasts("<tested>/{contrast}_clusters.tsv"),
        significant=of_contrasts("<corrected>_statmap.nii.gz"),
        corrections=of_contrasts("<corrected>_statmap.json", each=True),
        clusters=of_contrasts("<corrected>_clusters.tsv", each=True),
        checks=checks_of_analysis,
        mask="<tested>/mask.nii.gz",
        background="<template>/T1w.nii.gz",
    output:
        report(
            "<report>/{analysis}/{maps}_results.html",
            caption="../report/results.rst",
            category="8 Statistics",
            labels={"analysis": "{analysis}", "maps": "{maps}", "figure": "results"},
        ),
    log:
        "<logs>/9_report/write_results/{analysis}/{maps}.log",
    benchmark:
        "<benchmarks>/9_report/write_results/{analysis}/{maps}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9g_write_results"),
        title=results_title,
        contrasts=contrasts_in_order,
        corrections=corrections_in_order,
        checked=checked_map,
        notes=results_notes,
    script:
        "../scripts/9g_write_results.py"


rule draw_component_t_maps:
    """Where do the networks look at the components that matter most?"""
    input:
        t="<statistics>/{analysis}/components/{contrast}_statmap.nii.gz",
        significant=of_first_correction("<corrected>_statmap.nii.gz", maps="components"),
        summary=of_first_correction("<corrected>_statmap.json", maps="components"),
        ranking=of_analysed_experiment("<maps>/ranking.tsv"),
        components=components_of_analysis,
        mask="<statistics>/bold_mask.nii.gz",
        background="<template>/T1w.nii.gz",
    output:
        report(
            "<report>/{analysis}_components_{contrast}_t.png",
            caption="../report/component_t_maps.rst",
            category="8 Statistics",
            labels={"analysis": "{analysis}", "contrast": "{contrast}"},
        ),
    log:
        "<logs>/9_report/draw_component_t_maps/{analysis}_{contrast}.log",
    benchmark:
        "<benchmarks>/9_report/draw_component_t_maps/{analysis}_{contrast}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9e_draw_component_t_maps"),
        title=component_title,
    script:
        "../scripts/9e_draw_component_t_maps.py"
