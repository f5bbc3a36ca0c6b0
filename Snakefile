from snakemake.utils import min_version, validate

min_version("9.27")


configfile: "config/config.yaml"


validate(config, "config/schemas/config.schema.yaml")


include: "rules/common.smk"
include: "rules/0_phantom.smk"
include: "rules/1_bids.smk"
include: "rules/2_anat.smk"
include: "rules/3_dwi.smk"
include: "rules/5_features.smk"
include: "rules/6_folds.smk"
include: "rules/7_maps.smk"
include: "rules/8_statistics.smk"
include: "rules/9_report.smk"


report: "report/workflow.rst"


rule all:
    """The whole study: every figure and table of the report."""
    default_target: True
    input:
        study_figures(),
