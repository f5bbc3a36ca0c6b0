# Stage 6: honest folds. What is fitted in a fold sees that fold's training people only.


rule split_cohort:
    """Who is tested in which fold?"""
    output:
        "<folds>/splits.tsv",
    log:
        "<logs>/6_folds/split_cohort/{experiment}.log",
    benchmark:
        "<benchmarks>/6_folds/split_cohort/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=code_of("61_split_cohort"),
        rows=dealt_rows(),
        folds=setting_of_experiment("folds"),
        seed=config["seed"],
    script:
        "../scripts/61_split_cohort.py"


rule find_copies:
    """Are there participants who are the same scan?"""
    input:
        starting_images,
    output:
        NO_COPIES,
    log:
        "<logs>/6_folds/find_copies.log",
    benchmark:
        "<benchmarks>/6_folds/find_copies.tsv"
    # As soon as it can: networks that no score comes of need not be trained.
    priority: 10
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10 + len(cohort) // 10),
    params:
        code=code_of("68_find_copies"),
        people=[
            [row["participant_id"], row["session_id"], family_of(row)]
            for row in cohort
        ],
    script:
        "../scripts/68_find_copies.py"


rule tune_fold:
    """Which hyper-parameters do inner folds of the training participants prefer?"""
    input:
        unpack(network_inputs(training)),
    output:
        tuned="<fold>/tuned.json",
        trials="<fold>/trials.tsv",
    log:
        "<logs>/6_folds/tune_fold/{experiment}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/6_folds/tune_fold/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
    conda:
        "../envs/scan2map.yaml"
    threads: 1
    resources:
        mem_mb=growing(training_memory),
        runtime=growing(1440),
        gpu=gpus,
        gpu_model=gpu_model,
        slurm_partition=partition,
    params:
        code=code_of("60_tune_fold"),
        seed=seed_of_fold("tune_fold"),
        labels=labels_of(training),
        participants=column_of("participant_id", training),
        families=families_of(training),
        network=setting_of_experiment("network"),
        training=setting_of_experiment("training"),
        tune=setting_of_experiment("tune"),
    script:
        "../scripts/60_tune_fold.py"


for job in FOLD_JOBS:

    rule:
        """What does a network learn from everybody but this fold?"""
        name:
            job.rule("train_fold")
        input:
            unpack(job.inputs(training_inputs)),
        output:
            model=job.each("<fold>/model.keras"),
            description=job.each("<fold>/model.json"),
            scaling=job.each("<fold>/scaling.json"),
            history=job.each("<fold>/history.tsv"),
        log:
            job.one(
                "<logs>/6_folds/train_fold/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/6_folds/train_fold/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
            )
        wildcard_constraints:
            experiment=job.experiments,
        conda:
            "../envs/scan2map.yaml"
        threads: job.size
        resources:
            mem_mb=growing(job.times(training_memory)),
            runtime=growing(600),
            gpu=gpus,
            gpu_model=gpu_model,
            slurm_partition=partition,
        params:
            code=code_of("62_train_fold"),
            folds=job.folds,
            seed=job.of(seed_of_fold("train_fold")),
            labels=job.of(labels_of(training)),
            participants=job.of(column_of("participant_id", training)),
            families=job.of(families_held_back),
            validation_labels=job.of(labels_of(watched)),
            network=setting_of_experiment("network"),
            training=training_settings,
        script:
            "../scripts/62_train_fold.py"


for job in FOLD_JOBS:

    rule:
        """What does the network say of people it has never seen?"""
        name:
            job.rule("predict_fold")
        input:
            unpack(job.inputs(network_inputs(held_out))),
            model=job.each("<fold>/model.keras"),
            scaling=job.each("<fold>/scaling.json"),
        output:
            predictions=job.each("<fold>/predictions.tsv"),
        log:
            job.one(
                "<logs>/6_folds/predict_fold/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/6_folds/predict_fold/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
            )
        wildcard_constraints:
            experiment=job.experiments,
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(job.times(30)),
        params:
            code=code_of("63_predict_fold"),
            folds=job.folds,
            subjects=job.of(column_of("participant_id", held_out)),
            sessions=job.of(column_of("session_id", held_out)),
            groups=job.of(column_of("group", held_out)),
            labels=job.of(labels_of(held_out)),
        script:
            "../scripts/63_predict_fold.py"


VALIDATION_JOB = FoldJob((), shuffled(), suffix="")


rule predict_validation:
    """What does a shuffle's network say of people it neither learnt from nor tests?"""
    input:
        unpack(VALIDATION_JOB.inputs(network_inputs(validating))),
        model=VALIDATION_JOB.each("<fold>/model.keras"),
        scaling=VALIDATION_JOB.each("<fold>/scaling.json"),
    output:
        predictions=VALIDATION_JOB.each("<fold>/validation.tsv"),
    log:
        "<logs>/6_folds/predict_validation/{experiment}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/6_folds/predict_validation/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
    wildcard_constraints:
        experiment=VALIDATION_JOB.experiments,
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        code=code_of("63_predict_fold"),
        folds=VALIDATION_JOB.folds,
        subjects=VALIDATION_JOB.of(column_of("participant_id", validating)),
        sessions=VALIDATION_JOB.of(column_of("session_id", validating)),
        groups=VALIDATION_JOB.of(column_of("group", validating)),
        labels=VALIDATION_JOB.of(labels_of(validating)),
    script:
        "../scripts/63_predict_fold.py"


rule audit_leaks:
    """Does any network depend on people it is tested on?"""
    input:
        networks=each_fold("<fold>/model.keras"),
        no_copies=NO_COPIES,
    output:
        "<folds>/audit.tsv",
    log:
        "<logs>/6_folds/audit_leaks/{experiment}.log",
    benchmark:
        "<benchmarks>/6_folds/audit_leaks/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("65_audit_leaks"),
        folds=lambda wildcards: numbered_folds(wildcards.experiment),
        tested=tested_in_folds,
        owners=source_owners(),
        run_as=setting_of_experiment("run_as"),
    script:
        "../scripts/65_audit_leaks.py"


rule score_experiment:
    """How well does the experiment tell the groups apart, and how surely?"""
    input:
        predictions=each_fold("<fold>/predictions.tsv"),
        splits="<folds>/splits.tsv",
        audit="<folds>/audit.tsv",
    output:
        predictions="<folds>/predictions.tsv",
        scores="<folds>/scores.tsv",
    log:
        "<logs>/6_folds/score_experiment/{experiment}.log",
    benchmark:
        "<benchmarks>/6_folds/score_experiment/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("64_score_experiment"),
        tested=predicted_sessions,
        seed=seed_of("score_experiment"),
        n_bootstrap=config["scores"]["bootstrap_samples"],
        n_permutations=config["scores"]["permutations"],
    script:
        "../scripts/64_score_experiment.py"


rule summarise_runs:
    """How far do the scores of single shuffles, or repeats, lie apart?"""
    input:
        predictions="<folds>/predictions.tsv",
        validation=validation_predictions,
    output:
        runs="<folds>/runs.tsv",
        distribution="<folds>/distribution.tsv",
    log:
        "<logs>/6_folds/summarise_runs/{experiment}.log",
    benchmark:
        "<benchmarks>/6_folds/summarise_runs/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("67_summarise_runs"),
        seed=seed_of("summarise_runs"),
        n_bootstrap=config["scores"]["bootstrap_samples"],
    script:
        "../scripts/67_summarise_runs.py"


rule measure_optimism:
    """How much better does the published way score than the honest one?"""
    input:
        honest="<folds>/predictions.tsv",
        replica="<results>/6_folds/{experiment}_replica/predictions.tsv",
    output:
        "<folds>/optimism.tsv",
    log:
        "<logs>/6_folds/measure_optimism/{experiment}.log",
    benchmark:
        "<benchmarks>/6_folds/measure_optimism/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("66_measure_optimism"),
        seed=seed_of("measure_optimism"),
        n_bootstrap=config["scores"]["bootstrap_samples"],
    script:
        "../scripts/66_measure_optimism.py"
