# Stage 7: what the networks are sensitive to.


for job in MAP_JOBS:

    rule:
        """Which change of the tensor would change the network's mind, voxel by voxel?"""
        name:
            job.rule("sensitivity_map")
        input:
            unpack(job.inputs(network_inputs(held_out))),
            model=job.each("<fold>/model.keras"),
            scaling=job.each("<fold>/scaling.json"),
        output:
            maps=job.maps("<maps>/repeat-{repeat}_fold-{fold}/sensitivity.npy"),
            description=job.maps("<maps>/repeat-{repeat}_fold-{fold}/sensitivity.json"),
        log:
            job.one(
                "<logs>/7_maps/sensitivity_map/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/7_maps/sensitivity_map/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
            )
        wildcard_constraints:
            experiment=job.experiments,
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(5000),
            runtime=growing(job.times(60)),
            gpu=gpus,
            gpu_model=gpu_model,
            slurm_partition=partition,
        params:
            code=code_of("71_sensitivity_map"),
            folds=job.folds,
            subjects=job.of(column_of("participant_id", held_out)),
            sessions=job.of(column_of("session_id", held_out)),
        script:
            "../scripts/71_sensitivity_map.py"


rule average_sensitivity:
    """What is one session's sensitivity over all networks that had not seen it?"""
    input:
        stacks=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/sensitivity.npy"),
        tables=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/sensitivity.json"),
        xfm=warp_of_experiment,
        grid=grid_of_experiment,
    output:
        each_of_kinds("<sensitivity>", METRICS),
    log:
        "<logs>/7_maps/average_sensitivity/{experiment}_sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/7_maps/average_sensitivity/{experiment}_sub-{subject}_ses-{session}.tsv"
    group:
        "maps"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("72_average_sensitivity"),
        mirror=mirror_session,
        metrics=METRICS,
    script:
        "../scripts/72_average_sensitivity.py"


for job in MAP_JOBS:

    rule:
        """Which change of a component would change the network's mind, voxel by voxel?"""
        name:
            job.rule("component_gradients")
        input:
            unpack(job.inputs(explanation_inputs)),
            model=job.each("<fold>/model.keras"),
            scaling=job.each("<fold>/scaling.json"),
        output:
            maps=job.maps("<maps>/repeat-{repeat}_fold-{fold}/gradients.npy"),
            description=job.maps("<maps>/repeat-{repeat}_fold-{fold}/gradients.json"),
            ranking=job.maps(
                "<maps>/repeat-{repeat}_fold-{fold}/ranking.tsv", kept=True
            ),
        log:
            job.one(
                "<logs>/7_maps/component_gradients/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/7_maps/component_gradients/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
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
            code=code_of("73_component_gradients"),
            folds=job.folds,
            subjects=job.of(column_of("participant_id", held_out)),
            sessions=job.of(column_of("session_id", held_out)),
        script:
            "../scripts/73_component_gradients.py"


rule average_gradients:
    """What is one session's gradient over all networks that had not seen it?"""
    input:
        stacks=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/gradients.npy"),
        tables=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/gradients.json"),
        mask=GRID_MASK,
    output:
        maps="<gradients>",
    log:
        "<logs>/7_maps/average_gradients/{experiment}_sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/7_maps/average_gradients/{experiment}_sub-{subject}_ses-{session}.tsv"
    group:
        "maps"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(10),
    params:
        code=code_of("74_average_gradients"),
    script:
        "../scripts/74_average_gradients.py"


rule rank_components:
    """Which components do the networks of all folds look at?"""
    input:
        rankings=each_fold("<maps>/repeat-{repeat}_fold-{fold}/ranking.tsv"),
    output:
        ranking="<maps>/ranking.tsv",
    log:
        "<logs>/7_maps/rank_components/{experiment}.log",
    benchmark:
        "<benchmarks>/7_maps/rank_components/{experiment}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("75_rank_components"),
    script:
        "../scripts/75_rank_components.py"


for job in MAP_JOBS:

    rule:
        """Where are a network's last cells active, and which of them speak for illness?"""
        name:
            job.rule("activation_map")
        input:
            unpack(job.inputs(network_inputs(held_out))),
            model=job.each("<fold>/model.keras"),
            scaling=job.each("<fold>/scaling.json"),
        output:
            maps=job.maps("<maps>/repeat-{repeat}_fold-{fold}/activation.npy"),
            description=job.maps("<maps>/repeat-{repeat}_fold-{fold}/activation.json"),
        log:
            job.one(
                "<logs>/7_maps/activation_map/{experiment}_repeat-{repeat}_fold-{fold}.log"
            ),
        benchmark:
            job.one(
                "<benchmarks>/7_maps/activation_map/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
            )
        wildcard_constraints:
            experiment=job.experiments,
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(5000),
            runtime=growing(job.times(60)),
            gpu=gpus,
            gpu_model=gpu_model,
            slurm_partition=partition,
        params:
            code=code_of("76_activation_map"),
            folds=job.folds,
            subjects=job.of(column_of("participant_id", held_out)),
            sessions=job.of(column_of("session_id", held_out)),
            kinds=kinds_of_experiment,
        script:
            "../scripts/76_activation_map.py"


for kinds, names in explained_alike().items():

    rule:
        """What is one session's activation over all networks that had not seen it?"""
        name:
            name_by_kinds("average_activation", kinds)
        input:
            stacks=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/activation.npy"),
            tables=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/activation.json"),
            grid=GRID_MASK,
        output:
            each_of_kinds("<activation>", kinds),
        log:
            "<logs>/7_maps/average_activation/{experiment}_sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/7_maps/average_activation/{experiment}_sub-{subject}_ses-{session}.tsv"
        wildcard_constraints:
            experiment="|".join(names),
        group:
            "maps"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(2000),
            runtime=growing(10),
        params:
            code=code_of("77_average_activation"),
            kinds=kinds,
        script:
            "../scripts/77_average_activation.py"


rule average_groups:
    """Where are networks active in each group, and where do the groups differ?"""
    input:
        maps=each_mapped("<activation>"),
    output:
        GROUP_MAPS,
    log:
        "<logs>/7_maps/average_groups/{experiment}_{kind}.log",
    benchmark:
        "<benchmarks>/7_maps/average_groups/{experiment}_{kind}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(30),
    params:
        code=code_of("78_average_groups"),
        participants=column_of_mapped("participant_id"),
        groups=column_of_mapped("group"),
        order=GROUPS,
    script:
        "../scripts/78_average_groups.py"
