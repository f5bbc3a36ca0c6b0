# Stage 9, scores: how well do networks recognise people whom they have not seen?


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
        label=label_of_experiment,
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
        label=label_of_experiment,
    script:
        "../scripts/93_draw_learning_curves.py"


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
