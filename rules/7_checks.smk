# Stage 7, checks: do maps say anything about the networks?


rule train_permuted:
    """What does a network learn where labels mean nothing?"""
    input:
        unpack(PERMUTED_JOB.inputs(training_inputs)),
    output:
        model=PERMUTED_JOB.each("<maps>/repeat-{repeat}_fold-{fold}/permuted.keras"),
        description=PERMUTED_JOB.each(
            "<maps>/repeat-{repeat}_fold-{fold}/permuted.json"
        ),
        scaling=PERMUTED_JOB.each(
            "<maps>/repeat-{repeat}_fold-{fold}/permuted_scaling.json"
        ),
        history=PERMUTED_JOB.each(
            "<maps>/repeat-{repeat}_fold-{fold}/permuted_history.tsv"
        ),
    log:
        "<logs>/7_maps/train_permuted/{experiment}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/7_maps/train_permuted/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
    wildcard_constraints:
        experiment=PERMUTED_JOB.experiments,
    conda:
        "../envs/scan2map.yaml"
    threads: 1
    resources:
        mem_mb=growing(training_memory),
        runtime=growing(600),
        gpu=gpus,
        gpu_model=gpu_model,
        slurm_partition=partition,
    params:
        code=code_of("62_train_fold"),
        folds=PERMUTED_JOB.folds,
        seed=PERMUTED_JOB.of(seed_of_fold("train_permuted")),
        labels=PERMUTED_JOB.of(labels_of(with_permuted_labels)),
        participants=PERMUTED_JOB.of(column_of("participant_id", training)),
        families=PERMUTED_JOB.of(families_held_back),
        validation_labels=PERMUTED_JOB.of(labels_of(watched)),
        network=setting_of_experiment("network"),
        training=training_settings,
    script:
        "../scripts/62_train_fold.py"


for job in CHECK_JOBS:

    rule:
        """Do a network's maps change when it loses what it has learnt?"""
        name:
            job.rule("check_maps")
        input:
            unpack(job.inputs(check_inputs)),
            model=job.each("<fold>/model.keras"),
            scaling=job.each("<fold>/scaling.json"),
        output:
            checks=job.each("<maps>/repeat-{repeat}_fold-{fold}/sanity.tsv"),
        log:
            job.one(
                "<logs>/7_maps/check_maps/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/7_maps/check_maps/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
            )
        wildcard_constraints:
            experiment=job.experiments,
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(6000),
            runtime=growing(job.times(60)),
            gpu=gpus,
            gpu_model=gpu_model,
            slurm_partition=partition,
        params:
            code=code_of("79_check_maps"),
            folds=job.folds,
            seed=job.of(seed_of_fold("check_maps")),
            subjects=job.of(column_of("participant_id", held_out)),
            sessions=job.of(column_of("session_id", held_out)),
            kind=lambda wildcards: experiment_of(wildcards)["feature"]["kind"],
            n_sessions=lambda wildcards: config["sanity"]["sessions"],
        script:
            "../scripts/79_check_maps.py"


rule gather_checks:
    """Do an experiment's maps show its networks, always the same, and the effect?"""
    input:
        checks=each_fold("<maps>/repeat-{repeat}_fold-{fold}/sanity.tsv"),
        stacks=stacks_of_repeats(".npy"),
        tables=stacks_of_repeats(".json"),
        maps=located_maps,
        truths=truth_files,
        mask=GRID_MASK,
    output:
        checks="<maps>/sanity.tsv",
        summary="<maps>/sanity.json",
    log:
        "<logs>/7_maps/gather_checks/{experiment}.log",
    benchmark:
        "<benchmarks>/7_maps/gather_checks/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        code=code_of("7a_gather_checks"),
        folds=lambda wildcards: numbered_folds(wildcards.experiment),
        names=lambda wildcards: names_of_maps(wildcards.experiment),
        effects=effects_seen,
        subjects=column_of_mapped("participant_id"),
        seed=seed_of("gather_checks"),
    script:
        "../scripts/7a_gather_checks.py"
