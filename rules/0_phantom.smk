# Stage 0: a synthetic study as DICOM files, with known group effects.


rule scan_phantom:
    """What would a scanner deliver for this participant?"""
    output:
        dicom=intermediate(
            directory("<results>/0_phantom/sub-{subject}/ses-{session}/dicom")
        ),
        truth="<phantom>_truth.json",
    log:
        "<logs>/0_phantom/scan_phantom/sub-{subject}_ses-{session}.log",
    benchmark:
        "<benchmarks>/0_phantom/scan_phantom/sub-{subject}_ses-{session}.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        code=code_of("01_scan_phantom"),
        seed=seed_of("scan_phantom"),
        participant_seed=participant_seed,
        phantom=PHANTOM,
        images=WANTED,
        row=session_row,
    script:
        "../scripts/01_scan_phantom.py"


rule map_ground_truth:
    """Where in MNI space is each effect planted?"""
    output:
        effect_masks(),
    log:
        "<logs>/0_phantom/map_ground_truth.log",
    benchmark:
        "<benchmarks>/0_phantom/map_ground_truth.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("02_map_ground_truth"),
        effects=planted_effects(),
        grid=config["grid"],
    script:
        "../scripts/02_map_ground_truth.py"


rule map_networks:
    """Where in MNI space are the phantom's resting-state networks?"""
    output:
        image="<results>/0_phantom/ground_truth/networks.nii.gz",
        sidecar="<results>/0_phantom/ground_truth/networks.json",
    log:
        "<logs>/0_phantom/map_networks.log",
    benchmark:
        "<benchmarks>/0_phantom/map_networks.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=code_of("03_map_networks"),
        phantom=PHANTOM,
        grid=config["grid"],
    script:
        "../scripts/03_map_networks.py"
