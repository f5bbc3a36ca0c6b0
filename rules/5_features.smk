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
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        code=code_of("51_make_feature"),
        mirror=mirror_session,
        highest_md=config["features"]["highest_md"],
    script:
        "../scripts/51_make_feature.py"
