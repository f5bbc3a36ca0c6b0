# What is found in maps of networks where labels mean nothing? See
# docs/calibration_networks.md. The pool of participants has to be there.

import sys

from snakemake.utils import min_version, validate

min_version("9.27")

# scripts/scan2map is a link to the library, for scripts find what lies beside them.
sys.path.insert(0, f"{workflow.basedir}/scripts")

import yaml
from scan2map.analyses import spread_statistics
from scan2map.cohort import phantom_cohort
from scan2map.provenance import code_digest
from scan2map.template import SPACE

if not workflow.config_settings.configfiles:

    configfile: "calibration/networks.yaml"


with open(f"{workflow.basedir}/{config['pool']}") as file:
    STUDY = spread_statistics(yaml.safe_load(file))
validate(STUDY, "../config/schemas/config.schema.yaml")
(EXPERIMENT,) = STUDY["experiments"].values()
POOL = phantom_cohort(STUDY["phantom"]["groups"], STUDY["seed"])


pathvars:
    pool=f"results/{STUDY['study']}",
    results="results/calibration_networks/studies",
    logs="logs/calibration_networks/studies",
    benchmarks="<results>/benchmarks",
    dwi="<pool>/3_dwi/sub-{subject}/ses-1/sub-{subject}_ses-1",


wildcard_constraints:
    study="[0-9]+",


def code_of(script):
    """Digest of a script and the library modules it imports, as a rerun trigger."""
    return code_digest(f"{workflow.basedir}/scripts/{script}.py")


def of_pool(pattern, **values):
    """Fill a path pattern for each participant of the pool."""
    return expand(
        workflow.pathvars.apply(pattern),
        subject=[row["participant_id"] for row in POOL],
        **values,
    )


rule all:
    """The page on how far maps of networks can be tested."""
    input:
        "docs/calibration_networks.md",


rule run_study:
    """What do networks of meaningless labels look at, and is any of it significant?"""
    input:
        features=of_pool(
            f"<pool>/5_features/tensor_space-{SPACE}/sub-{{subject}}_ses-1.npy"
        ),
        masks=of_pool(f"<dwi>_space-{SPACE}_desc-tensor_mask.nii.gz"),
        diffusion=of_pool(
            f"<dwi>_space-{SPACE}_{{metric}}.nii.gz", metric=config["metrics"]
        ),
        brain="<pool>/2_anat/template/grid_brain_mask.nii.gz",
    output:
        "<results>/p/study-{study}.tsv",
    log:
        "<logs>/run_study/study-{study}.log",
    benchmark:
        "<benchmarks>/run_study/study-{study}.tsv"
    conda:
        "../envs/scan2map.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code_of("run_network_study"),
        pool=POOL,
        groups=[STUDY["groups"]["reference"], STUDY["groups"]["affected"]],
        experiment={key: EXPERIMENT[key] for key in ("folds", "network", "training")},
        statistics=EXPERIMENT["statistics"],
        metrics=config["metrics"],
        per_group=config["per_group"],
        labellings=config["labellings"],
        seed=config["seed"],
    script:
        "scripts/run_network_study.py"


rule count_errors:
    """In which share of these studies does each test find something?"""
    input:
        expand("<results>/p/study-{study}.tsv", study=range(config["studies"])),
    output:
        rates="<results>/rates.tsv",
        alike="<results>/similarity.tsv",
    log:
        "<logs>/count_errors.log",
    benchmark:
        "<benchmarks>/count_errors.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code_of("count_network_errors"),
        alpha=config["alpha"],
        bootstrap_samples=config["bootstrap_samples"],
        seed=config["seed"],
    script:
        "scripts/count_network_errors.py"


rule draw_rates:
    """Which tests of networks' maps keep to the error rate that they promise?"""
    input:
        "<results>/rates.tsv",
    output:
        "docs/images/calibration_networks.png",
    log:
        "<logs>/draw_rates.log",
    benchmark:
        "<benchmarks>/draw_rates.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code_of("draw_network_rates"),
        alpha=config["alpha"],
    script:
        "scripts/draw_network_rates.py"


rule write_page:
    """What do the rates mean for a study?"""
    input:
        rates="<results>/rates.tsv",
        alike="<results>/similarity.tsv",
        figure="docs/images/calibration_networks.png",
        page=workflow.source_path("networks.md"),
    output:
        "docs/calibration_networks.md",
    log:
        "<logs>/write_page.log",
    benchmark:
        "<benchmarks>/write_page.tsv"
    conda:
        "../envs/scan2map.yaml"
    resources:
        mem_mb=1000,
        runtime=5,
    params:
        code=code_of("write_network_page"),
        experiment={key: EXPERIMENT[key] for key in ("folds", "network", "training")},
        statistics=EXPERIMENT["statistics"],
        pool=len(POOL),
        per_group=config["per_group"],
        labellings=config["labellings"],
    script:
        "scripts/write_network_page.py"
