# Stage 9, the study as a whole: what was done, and what did it cost?


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
