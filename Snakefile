from snakemake.utils import min_version

min_version("9.27")


# A study's file stands alone: nothing of the phantom study seeps into it.
if not workflow.config_settings.configfiles:

    configfile: "config/config.yaml"


include: "rules/settings.smk"
include: "rules/cluster.smk"
include: "rules/common.smk"
include: "rules/experiments.smk"
include: "rules/folds.smk"
include: "rules/ica.smk"
include: "rules/features.smk"
include: "rules/maps.smk"
include: "rules/fold_jobs.smk"
include: "rules/analyses.smk"
include: "rules/planted.smk"
include: "rules/checks.smk"
include: "rules/quality.smk"
include: "rules/scores.smk"
include: "rules/results.smk"
include: "rules/figures.smk"
include: "rules/report.smk"
include: "rules/failures.smk"
include: "rules/0_phantom.smk"
include: "rules/1_bids.smk"
include: "rules/2_anat.smk"
include: "rules/3_dwi.smk"
include: "rules/4_func.smk"
include: "rules/5_features.smk"
include: "rules/6_folds.smk"
include: "rules/7_maps.smk"
include: "rules/7_checks.smk"
include: "rules/8_statistics.smk"
include: "rules/8_null.smk"
include: "rules/9_quality.smk"
include: "rules/9_scores.smk"
include: "rules/9_maps.smk"
include: "rules/9_results.smk"
include: "rules/9_report.smk"


# After the rules: constraints reach a wildcard inside a <path variable> only once it has
# been filled in.
wildcard_constraints:
    subject="[A-Za-z0-9]+",
    session="[A-Za-z0-9]+",
    space=f"T1w|{MNI}",
    experiment="[a-z][a-z0-9_]*",
    analysis="[a-z][a-z0-9_]*",
    maps="[A-Za-z0-9_-]+",
    metric="|".join([*METRICS, *TISSUES]),
    kind="|".join(ACTIVATION),
    contrast="[a-zA-Z][a-zA-Z0-9]*",
    correction="[a-z-]+",
    repeat="[0-9]+",
    fold="[0-9]+",
    scope="all|repeat-[0-9]+_fold-[0-9]+",
    alpha="[0-9.e-]+",
    volumes="[0-9]+",
    tissue="|".join(TISSUES),
    modality="dwi|bold",


report: "report/workflow.rst"


onstart:
    check_cluster()
    gc.freeze()
    gc.enable()
    # With its limit of 100 jobs a second, Snakemake's main process looks at the inputs of
    # all waiting jobs once a second for every job that has finished, and keeps a
    # processor busy (github.com/snakemake/snakemake/issues/3955). Another limit, given
    # with --max-jobs-per-timespan, stays.
    limiter = workflow.scheduler.job_rate_limiter
    if limiter and (limiter.max_jobs, limiter.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None


onsuccess:
    drop_heads()


onerror:
    say_missing()
    drop_heads()


rule all:
    """The whole study: every figure and table of the report."""
    default_target: True
    input:
        study_figures(),
        resource_files(),
