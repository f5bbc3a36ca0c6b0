# Stage 9, maps: where do networks look, and can their maps be believed?


rule draw_components:
    """Which networks did group ICA find, and how surely?"""
    input:
        maps="<ica>/all/components.nii.gz",
        components="<ica>/all/components.tsv",
        courses=each_session("<ica>/all/sub-{subject}_ses-{session}_courses.npy"),
        descriptions=each_session("<component_maps>.json", scope="all"),
        matches=each_scope("<ica>/{scope}/match.tsv", fold_scopes()),
        background="<template>/T1w.nii.gz",
        mask=GRID_MASK,
    output:
        report(
            "<report>/components.png",
            caption="../report/components.rst",
            category="5 Components",
            labels={"figure": "group ICA"},
        ),
    log:
        "<logs>/9_report/draw_components.log",
    benchmark:
        "<benchmarks>/9_report/draw_components.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9a_draw_components"),
        study=config["study"],
    script:
        "../scripts/9a_draw_components.py"


rule draw_ranking:
    """Which components do the networks look at?"""
    input:
        ranking="<maps>/ranking.tsv",
        components="<ica>/all/components.tsv",
        maps="<ica>/all/components.nii.gz",
        background="<template>/T1w.nii.gz",
        mask=GRID_MASK,
    output:
        report(
            "<report>/{experiment}_ranking.png",
            caption="../report/ranking.rst",
            category="7 Maps",
            labels={"experiment": "{experiment}", "figure": "ranking of components"},
        ),
    log:
        "<logs>/9_report/draw_ranking/{experiment}.log",
    benchmark:
        "<benchmarks>/9_report/draw_ranking/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9d_draw_ranking"),
        title=label_of_experiment,
    script:
        "../scripts/9d_draw_ranking.py"


rule draw_activation:
    """Where are the networks active in this session?"""
    input:
        maps=each_kind("<activation>"),
        mask=GRID_MASK,
        background="<template>/T1w.nii.gz",
        truths=effect_masks(volume_effects()),
    output:
        report(
            "<report>/sub-{subject}/sub-{subject}_ses-{session}_{experiment}_activation.png",
            caption="../report/activation.rst",
            category="7 Maps",
            labels={
                "experiment": "{experiment}",
                "figure": "participant {subject}, session {session}",
            },
        ),
    log:
        "<logs>/9_report/draw_activation/{experiment}_sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/9_report/draw_activation/{experiment}_sub-{subject}_ses-{session}.tsv"
    group:
        "maps"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9j_draw_activation"),
        kinds=kinds_of_experiment,
        title=activation_title,
        effects=volume_effects(),
    script:
        "../scripts/9j_draw_activation.py"


rule draw_group_activation:
    """Where are the networks active in each group, and where do the groups differ?"""
    input:
        maps=GROUP_MAPS,
        mask=GRID_MASK,
        background="<template>/T1w.nii.gz",
        truths=effect_masks(volume_effects()),
    output:
        report(
            "<report>/{experiment}_{kind}_groups.png",
            caption="../report/group_activation.rst",
            category="7 Maps",
            labels={"experiment": "{experiment}", "figure": "{kind}, groups"},
        ),
    log:
        "<logs>/9_report/draw_group_activation/{experiment}_{kind}.log",
    benchmark:
        "<benchmarks>/9_report/draw_group_activation/{experiment}_{kind}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9k_draw_group_activation"),
        groups=GROUPS,
        title=label_of_experiment,
        effects=volume_effects(),
    script:
        "../scripts/9k_draw_group_activation.py"


rule tabulate_activation:
    """Which regions are the networks active in, in each group?"""
    input:
        maps=each_mapped_kind("<activation>"),
        atlas=atlas_of_experiment,
        checked=checked_atlas_of_experiment,
        mask=GRID_MASK,
    output:
        tsv="<report>/{experiment}_regions.tsv",
        html=report(
            "<report>/{experiment}_regions.html",
            caption="../report/regional_activation.rst",
            category="7 Maps",
            labels={"experiment": "{experiment}", "figure": "regions"},
        ),
    log:
        "<logs>/9_report/tabulate_activation/{experiment}.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_activation/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9l_tabulate_activation"),
        kinds=kinds_of_experiment,
        participants=column_of_mapped("participant_id"),
        groups=column_of_mapped("group"),
        order=GROUPS,
        title=label_of_experiment,
    script:
        "../scripts/9l_tabulate_activation.py"


rule draw_sanity:
    """Do an experiment's maps show what its networks have learnt?"""
    input:
        checks="<maps>/sanity.tsv",
        summary="<maps>/sanity.json",
    output:
        report(
            "<report>/{experiment}_sanity.png",
            caption="../report/sanity.rst",
            category="7 Checks of maps",
            labels={"experiment": "{experiment}", "figure": "random weights"},
        ),
    log:
        "<logs>/9_report/draw_sanity/{experiment}.log",
    benchmark:
        "<benchmarks>/9_report/draw_sanity/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9q_draw_sanity"),
        title=label_of_experiment,
    script:
        "../scripts/9q_draw_sanity.py"


rule tabulate_sanity:
    """Which maps can be believed?"""
    input:
        summaries=each_experiment("<maps>/sanity.json", checked_experiments()),
    output:
        report(
            "<report>/sanity.html",
            caption="../report/sanity_table.rst",
            category="7 Checks of maps",
            labels={"experiment": "all", "figure": "table"},
        ),
    log:
        "<logs>/9_report/tabulate_sanity.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_sanity.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("9r_tabulate_sanity"),
        experiments=experiment_labels(checked_experiments()),
        study=config["study"],
    script:
        "../scripts/9r_tabulate_sanity.py"
