# Stage 1: DICOM or an existing dataset becomes one BIDS dataset.


if config["source"] == "bids":

    rule import_bids:
        """Which images of an existing BIDS dataset are this session's?"""
        input:
            unpack(given_of_session),
        output:
            **bids_images(),
        log:
            "<logs>/1_bids/import_bids/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/1_bids/import_bids/sub-{subject}_ses-{session}.tsv"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(3000),
            runtime=growing(30),
        params:
            code=code_of("12_import_bids"),
            wanted=WANTED,
        script:
            "../scripts/12_import_bids.py"

elif FROM_DICOM:

    rule convert_dicom:
        """Is a session's DICOM whole, and which of its series are wanted?"""
        input:
            dicom=dicom_of_session,
        output:
            **bids_images(),
            inventory="<inventory>",
        log:
            "<logs>/1_bids/convert_dicom/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/1_bids/convert_dicom/sub-{subject}_ses-{session}.tsv"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(3000),
            runtime=growing(30),
        params:
            code=code_of("11_convert_dicom"),
            files=files_of_dicom,
            no_longer_let_through=no_longer_let_through,
            series={image: config["bids"]["series"].get(image, {}) for image in WANTED},
            wanted=WANTED,
        script:
            "../scripts/11_convert_dicom.py"


if DEFACED:

    rule deface_t1w:
        """What is left of a head without its face?"""
        input:
            t1w="<bids_anat>_desc-head_T1w.nii.gz",
            template="<template>/T1w.nii.gz",
            template_mask="<template>/brain_mask.nii.gz",
        output:
            t1w="<bids_anat>_T1w.nii.gz",
            figure=report(
                "<report>/sub-{subject}/sub-{subject}_ses-{session}_defaced.png",
                caption="../report/defaced.rst",
                category="1 Images",
                labels={"participant": "{subject}", "session": "{session}"},
            ),
        log:
            "<logs>/1_bids/deface_t1w/sub-{subject}_ses-{session}.log",
        benchmark:
            "<benchmarks>/1_bids/deface_t1w/sub-{subject}_ses-{session}.tsv"
        group:
            "anat"
        conda:
            "../envs/scan2map.yaml"
        resources:
            mem_mb=growing(4000),
            runtime=growing(30),
        params:
            code=code_of("15_deface_t1w"),
            seed=seed_of("deface_t1w"),
        script:
            "../scripts/15_deface_t1w.py"


rule describe_dataset:
    """What makes the converted images a valid BIDS dataset?"""
    input:
        cohort="<results>/1_bids/cohort.tsv",
        images=each_session("<bids_anat>_T1w.nii.gz"),
    output:
        description="<results>/1_bids/dataset_description.json",
        participants="<results>/1_bids/participants.tsv",
        participants_json="<results>/1_bids/participants.json",
        readme="<results>/1_bids/README",
        ignore="<results>/1_bids/.bidsignore",
    log:
        "<logs>/1_bids/describe_dataset.log",
    benchmark:
        "<benchmarks>/1_bids/describe_dataset.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=code_of("13_describe_dataset"),
        study=config["study"],
        source=config["source"],
    script:
        "../scripts/13_describe_dataset.py"


rule write_cohort:
    """Who is in the study?"""
    output:
        "<results>/1_bids/cohort.tsv",
    log:
        "<logs>/1_bids/write_cohort.log",
    benchmark:
        "<benchmarks>/1_bids/write_cohort.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(500),
        runtime=growing(5),
    params:
        code=code_of("14_write_cohort"),
        rows=cohort,
    script:
        "../scripts/14_write_cohort.py"
