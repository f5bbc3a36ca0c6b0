# Stage 7: what the networks are sensitive to.


rule sensitivity_map:
    """Which change of the tensor would change the network's mind, voxel by voxel?"""
    input:
        model="<fold>/model.keras",
        scaling="<fold>/scaling.json",
        features=features(held_out),
    output:
        maps="<maps>/repeat-{repeat}_fold-{fold}/sensitivity.npy",
        description="<maps>/repeat-{repeat}_fold-{fold}/sensitivity.json",
    log:
        "<logs>/7_maps/sensitivity_map/{experiment}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/7_maps/sensitivity_map/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=5000,
        runtime=60,
    params:
        code=code_of("71_sensitivity_map"),
        subjects=column_of("participant_id", held_out),
        sessions=column_of("session_id", held_out),
    script:
        "../scripts/71_sensitivity_map.py"


rule average_sensitivity:
    """What is one session's sensitivity over all networks that had not seen it?"""
    input:
        stacks=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/sensitivity.npy"),
        xfm=warp_of_experiment,
        grid=grid_of_experiment,
    output:
        [f"<map>_space-{MNI}_desc-{metric}_sensitivity.nii.gz" for metric in METRICS],
    log:
        "<logs>/7_maps/average_sensitivity/{experiment}_sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/7_maps/average_sensitivity/{experiment}_sub-{subject}_ses-{session}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code_of("72_average_sensitivity"),
        mirror=mirror_session,
        metrics=METRICS,
    script:
        "../scripts/72_average_sensitivity.py"


rule component_gradients:
    """Which change of a component would change the network's mind, voxel by voxel?"""
    input:
        unpack(explanation_inputs),
        model="<fold>/model.keras",
        scaling="<fold>/scaling.json",
    output:
        maps="<maps>/repeat-{repeat}_fold-{fold}/gradients.npy",
        description="<maps>/repeat-{repeat}_fold-{fold}/gradients.json",
        ranking="<maps>/repeat-{repeat}_fold-{fold}/ranking.tsv",
    log:
        "<logs>/7_maps/component_gradients/{experiment}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/7_maps/component_gradients/{experiment}_repeat-{repeat}_fold-{fold}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=6000,
        runtime=60,
    params:
        code=code_of("73_component_gradients"),
        subjects=column_of("participant_id", held_out),
        sessions=column_of("session_id", held_out),
    script:
        "../scripts/73_component_gradients.py"


rule average_gradients:
    """What is one session's gradient over all networks that had not seen it?"""
    input:
        stacks=folds_testing("<maps>/repeat-{repeat}_fold-{fold}/gradients.npy"),
        mask=GRID_MASK,
    output:
        maps="<gradients>",
    log:
        "<logs>/7_maps/average_gradients/{experiment}_sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/7_maps/average_gradients/{experiment}_sub-{subject}_ses-{session}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=4000,
        runtime=10,
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
        mem_mb=2000,
        runtime=10,
    params:
        code=code_of("75_rank_components"),
    script:
        "../scripts/75_rank_components.py"
