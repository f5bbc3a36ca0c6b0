# Stage 5: one array per session, as a network sees it.


rule make_feature:
    """What does the network see of this session?"""
    input:
        tensor="<dwi>_space-{space}_tensor.nii.gz",
        mask="<dwi>_space-{space}_desc-tensor_mask.nii.gz",
    output:
        feature="<tensors>.npy",
        json="<tensors>.json",
    log:
        "<logs>/5_features/make_feature/sub-{subject}_ses-{session}_space-{space}.log",
    benchmark:
        "<benchmarks>/5_features/make_feature/sub-{subject}_ses-{session}_space-{space}.tsv"
    group:
        "dwi"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("51_make_feature"),
        mirror=mirror_session,
        highest_md=config["features"]["highest_md"],
    script:
        "../scripts/51_make_feature.py"


rule reduce_bold:
    """Which principal components hold most of this session's signal?"""
    input:
        bold="<bold>_desc-denoised_bold.nii.gz",
        sidecar="<bold>_desc-denoised_bold.json",
        mask=GRID_MASK,
    output:
        reduced="<ica>/reduced/sub-{subject}_ses-{session}.npy",
    log:
        "<logs>/5_features/reduce_bold/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/5_features/reduce_bold/sub-{subject}_ses-{session}.tsv"
    group:
        "func"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        code=code_of("52_reduce_bold"),
        ica=ica_settings("components", "reduce_to"),
    script:
        "../scripts/52_reduce_bold.py"


rule fit_group_ica:
    """Which independent components do the sessions of a scope share?"""
    input:
        reduced=reduced_in_scope,
        mask=GRID_MASK,
        templates=templates(),
    output:
        maps="<ica>/{scope}/maps.npy",
        components="<ica>/{scope}/components.tsv",
        group="<ica>/{scope}/group.npz",
        image="<ica>/{scope}/components.nii.gz",
        image_json="<ica>/{scope}/components.json",
    log:
        "<logs>/5_features/fit_group_ica/{scope}.log",
    benchmark:
        "<benchmarks>/5_features/fit_group_ica/{scope}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(120),
    params:
        code=code_of("53_fit_group_ica"),
        ica=ica_settings(
            "components", "reduce_to", "algorithm", "repeats", "template_labels"
        ),
        seed=seed_of("fit_group_ica"),
    script:
        "../scripts/53_fit_group_ica.py"


rule regress_components:
    """What do the components of everybody look like in this session?"""
    input:
        bold="<bold>_desc-denoised_bold.nii.gz",
        sidecar="<bold>_desc-denoised_bold.json",
        mask=GRID_MASK,
        maps="<ica>/all/maps.npy",
        group=group_decompositions("<ica>/all/group.npz"),
    output:
        maps="<ica>/all/sub-{subject}_ses-{session}_maps.npy",
        description="<ica>/all/sub-{subject}_ses-{session}_maps.json",
        courses="<ica>/all/sub-{subject}_ses-{session}_courses.npy",
    log:
        "<logs>/5_features/regress_components/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/5_features/regress_components/sub-{subject}_ses-{session}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(30),
    params:
        code=code_of("54_regress_components"),
        ica=ica_settings("back_projection", "normalise_courses", "reduce_to"),
    script:
        "../scripts/54_regress_components.py"


if fold_scopes():

    rule regress_fold:
        """What do a repeat's components look like in the people that one fold tests?"""
        input:
            bold=tested_bold,
            mask=GRID_MASK,
            maps=scopes_of_repeat("<ica>/{scope}/maps.npy"),
            groups=group_decompositions(*scopes_of_repeat("<ica>/{scope}/group.npz")),
        output:
            maps=scopes_of_repeat("<ica>/{scope}/fold-{fold}_maps.npy"),
            descriptions=scopes_of_repeat("<ica>/{scope}/fold-{fold}_maps.json"),
        log:
            "<logs>/5_features/regress_fold/repeat-{repeat}_fold-{fold}.log",
        benchmark:
            "<benchmarks>/5_features/regress_fold/repeat-{repeat}_fold-{fold}.tsv"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(minutes_of_regression),
        params:
            code=code_of("58_regress_fold"),
            ica=ica_settings("back_projection", "normalise_courses", "reduce_to"),
            subjects=column_of("participant_id", tested_sessions),
            sessions=column_of("session_id", tested_sessions),
            scopes=scopes_of_repeat("{scope}"),
        script:
            "../scripts/58_regress_fold.py"


rule select_components:
    """Whose activity goes with the group, among the people of a scope?"""
    input:
        descriptions=descriptions_in_scope,
    output:
        selection="<ica>/{scope}/selection_p-{alpha}.json",
    log:
        "<logs>/5_features/select_components/{scope}_p-{alpha}.log",
    benchmark:
        "<benchmarks>/5_features/select_components/{scope}_p-{alpha}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("55_select_components"),
        labels=labels_of(in_scope),
        participants=column_of("participant_id", in_scope),
        alpha=lambda wildcards: float(wildcards.alpha),
    script:
        "../scripts/55_select_components.py"


rule make_bold_feature:
    """What does a network see of BOLD itself?"""
    input:
        bold="<bold>_desc-denoised_bold.nii.gz",
        mask=GRID_MASK,
    output:
        feature="<volumes>.npy",
        json="<volumes>.json",
    log:
        "<logs>/5_features/make_bold_feature/sub-{subject}_ses-{session}_volumes-{volumes}.log",
    benchmark:
        "<benchmarks>/5_features/make_bold_feature/sub-{subject}_ses-{session}_volumes-{volumes}.tsv"
    group:
        "func"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(4000),
        runtime=growing(10),
    params:
        code=code_of("56_make_bold_feature"),
        volumes=lambda wildcards: int(wildcards.volumes),
    script:
        "../scripts/56_make_bold_feature.py"


rule make_tissue_feature:
    """What does a network see of a tissue?"""
    input:
        tissue_map="<tissue_map>",
    output:
        feature="<tissues>.npy",
        json="<tissues>.json",
    log:
        "<logs>/5_features/make_tissue_feature/sub-{subject}_ses-{session}_tissue-{tissue}.log",
    benchmark:
        "<benchmarks>/5_features/make_tissue_feature/sub-{subject}_ses-{session}_tissue-{tissue}.tsv"
    group:
        "anat"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("5a_make_tissue_feature"),
        space=MAP_SPACE,
        modulated=config["anat"]["modulate"],
        fwhm=config["anat"]["tissue_fwhm"],
    script:
        "../scripts/5a_make_tissue_feature.py"


rule match_components:
    """Which components of everybody are those of a scope?"""
    input:
        maps="<ica>/{scope}/maps.npy",
        reference="<ica>/all/maps.npy",
    output:
        match="<ica>/{scope}/match.tsv",
    log:
        "<logs>/5_features/match_components/{scope}.log",
    benchmark:
        "<benchmarks>/5_features/match_components/{scope}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("57_match_components"),
    script:
        "../scripts/57_match_components.py"


rule list_features:
    """Whose features make up one fold?"""
    input:
        listed_features,
    output:
        "<list>",
    log:
        "<logs>/5_features/list_features/{feature}_{dealing}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/5_features/list_features/{feature}_{dealing}_repeat-{repeat}_fold-{fold}.tsv"
    wildcard_constraints:
        feature="tensor_space-[^/]+|bold_volumes-[0-9]+|tissue-[A-Z]+|ica/all",
        dealing=f"{DEALINGS}(_null-[0-9]+)?",
    localrule: True
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=code_of("59_list_features"),
    script:
        "../scripts/59_list_features.py"


localrules:
    list_reduced_bold,


# A rule of its own, so that no graph of rules goes in a circle: lists of components come
# after group ICA, and these before.
use rule list_features as list_reduced_bold with:
    log:
        "<logs>/5_features/list_reduced_bold/{feature}_{dealing}_repeat-{repeat}_fold-{fold}.log",
    benchmark:
        "<benchmarks>/5_features/list_reduced_bold/{feature}_{dealing}_repeat-{repeat}_fold-{fold}.tsv"
    wildcard_constraints:
        feature="ica/reduced",
        dealing=DEALINGS,
