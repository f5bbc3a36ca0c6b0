# Stage 9: figures, tables and methods text with captions, for `snakemake --report`.


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


rule draw_roc:
    """How well are people recognised whom the network has not seen?"""
    input:
        predictions="<folds>/predictions.tsv",
        scores="<folds>/scores.tsv",
    output:
        report(
            "<report>/{experiment}_roc.png",
            caption="../report/roc.rst",
            category="6 Scores",
            labels={"experiment": "{experiment}", "figure": "ROC"},
        ),
    log:
        "<logs>/9_report/draw_roc/{experiment}.log",
    benchmark:
        "<benchmarks>/9_report/draw_roc/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("92_draw_roc"),
        label=setting_of_experiment("label"),
        seed=seed_of("draw_roc"),
    script:
        "../scripts/92_draw_roc.py"


rule draw_learning_curves:
    """Did every fold learn?"""
    input:
        histories=each_fold("<fold>/history.tsv"),
    output:
        report(
            "<report>/{experiment}_learning_curves.png",
            caption="../report/learning_curves.rst",
            category="6 Scores",
            labels={"experiment": "{experiment}", "figure": "learning curves"},
        ),
    log:
        "<logs>/9_report/draw_learning_curves/{experiment}.log",
    benchmark:
        "<benchmarks>/9_report/draw_learning_curves/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("93_draw_learning_curves"),
        label=setting_of_experiment("label"),
    script:
        "../scripts/93_draw_learning_curves.py"


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
        title=t_map_title,
    script:
        "../scripts/94_draw_t_maps.py"


rule tabulate_scores:
    """Which experiment tells the groups apart?"""
    input:
        scores=each_experiment("<folds>/scores.tsv"),
        networks=each_experiment("<folds>/repeat-1_fold-1/model.json"),
    output:
        tsv="<report>/scores.tsv",
        html=report(
            "<report>/scores.html",
            caption="../report/scores.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "scores"},
        ),
    log:
        "<logs>/9_report/tabulate_scores.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_scores.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("95_tabulate_scores"),
        experiments=experiment_labels(),
        study=config["study"],
    script:
        "../scripts/95_tabulate_scores.py"


rule write_methods:
    """What was done, in words for a paper?"""
    input:
        networks=each_experiment("<folds>/repeat-1_fold-1/model.json"),
    output:
        report(
            "<report>/methods.html",
            caption="../report/methods.rst",
            category="9 Methods",
            labels={"text": "methods"},
        ),
    log:
        "<logs>/9_report/write_methods.log",
    benchmark:
        "<benchmarks>/9_report/write_methods.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("96_write_methods"),
        config=settings_of_methods(),
        rows=everybody,
    script:
        "../scripts/96_write_methods.py"


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


rule compare_protocols:
    """What do honest folds score, and what the published way?"""
    input:
        scores=each_experiment("<folds>/scores.tsv"),
    output:
        tsv="<report>/protocols.tsv",
        html=report(
            "<report>/protocols.html",
            caption="../report/protocols.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "honest and published"},
        ),
    log:
        "<logs>/9_report/compare_protocols.log",
    benchmark:
        "<benchmarks>/9_report/compare_protocols.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9b_compare_protocols"),
        experiments=protocols(),
        study=config["study"],
    script:
        "../scripts/9b_compare_protocols.py"


rule compare_runs:
    """How far do single shuffles or repeats lie apart, and what is the best one worth?"""
    input:
        runs=each_experiment("<folds>/runs.tsv", repeated()),
        distributions=each_experiment("<folds>/distribution.tsv", repeated()),
    output:
        tsv="<report>/runs.tsv",
        html=report(
            "<report>/runs.html",
            caption="../report/runs.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "single runs, table"},
        ),
        figure=report(
            "<report>/runs.png",
            caption="../report/runs.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "single runs"},
        ),
    log:
        "<logs>/9_report/compare_runs.log",
    benchmark:
        "<benchmarks>/9_report/compare_runs.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9p_compare_runs"),
        experiments=repeated_experiments(),
        study=config["study"],
    script:
        "../scripts/9p_compare_runs.py"


rule draw_optimism:
    """How much do leaks add to the scores?"""
    input:
        gaps=each_experiment("<folds>/optimism.tsv", pairs()),
    output:
        report(
            "<report>/optimism.png",
            caption="../report/optimism.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "optimism"},
        ),
    log:
        "<logs>/9_report/draw_optimism.log",
    benchmark:
        "<benchmarks>/9_report/draw_optimism.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9c_draw_optimism"),
        labels=[config["experiments"][name]["configured_label"] for name in pairs()],
    script:
        "../scripts/9c_draw_optimism.py"


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
        significant=first_correction("<corrected>_statmap.nii.gz", maps="components"),
        summary=first_correction("<corrected>_statmap.json", maps="components"),
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


rule tabulate_audit:
    """Has any honest network seen the people it tests?"""
    input:
        audits=each_experiment("<folds>/audit.tsv"),
    output:
        report(
            "<report>/audit.html",
            caption="../report/audit.rst",
            category="6 Scores",
            labels={"experiment": "all", "figure": "leak audit"},
        ),
    log:
        "<logs>/9_report/tabulate_audit.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_audit.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9f_tabulate_audit"),
        experiments=experiment_labels(),
        study=config["study"],
    script:
        "../scripts/9f_tabulate_audit.py"


rule tabulate_resources:
    """What did the jobs use, and what had they asked for?"""
    input:
        study_figures(),
    output:
        tsv="<report>/resources.tsv",
        profile="<report>/suggested_resources.yaml",
        html=report(
            "<report>/resources.html",
            caption="../report/resources.rst",
            category="9 Resources",
            labels={"figure": "table"},
        ),
        figure=report(
            "<report>/resources.png",
            caption="../report/resources.rst",
            category="9 Resources",
            labels={"figure": "hours and memory"},
        ),
    log:
        "<logs>/9_report/tabulate_resources.log",
    benchmark:
        "<benchmarks>/9_report/tabulate_resources.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("9h_tabulate_resources"),
        benchmarks=workflow.pathvars.apply("<benchmarks>"),
        rules=asked_of_rules,
        study=config["study"],
    script:
        "../scripts/9h_tabulate_resources.py"


rule draw_activation:
    """Where are the networks active in this session?"""
    input:
        maps=each_kind("<activation>"),
        mask=GRID_MASK,
        background="<template>/T1w.nii.gz",
        truths=volume_masks(),
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
        truths=volume_masks(),
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
