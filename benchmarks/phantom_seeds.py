"""What does the demo's study find when other people are scanned? Five seeds of it."""

import numpy as np
import yaml
from _study import PLANTED, ROOT, auc, recovery, run_study, say

SEEDS = range(1, 6)

config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
experiments = config["experiments"]
targets = [f"6_folds/{name}/scores.tsv" for name in experiments]
targets += [
    f"8_statistics/{name}/{metric}/mean_t.nii.gz"
    for name in experiments
    for metric in PLANTED
]
targets += [
    f"0_phantom/ground_truth/{effect['name']}_mask.nii.gz"
    for effect in config["phantom"]["effects"]
]
aucs, ratios = [], []
for seed in SEEDS:
    results, _ = run_study(
        "config/config.yaml",
        study=None if seed == config["seed"] else f"phantom_seed{seed}",
        targets=targets,
        seed=seed,
    )
    aucs.append([auc(results, name)[0] for name in experiments])
    ratios.append(
        [
            [recovery(results, name, metric) for metric in PLANTED]
            for name in experiments
        ]
    )


def say_seeds(name, values, unit, goal):
    """Print the median over seeds, with all values in the order of the seeds."""
    every = " ".join(f"{value:.3g}" for value in values)
    median = np.median(values)
    say(
        name,
        f"{median:.3g}",
        f"{unit}, median of {every}",
        f">= {goal}",
        median >= goal,
    )


for index, name in enumerate(experiments):
    say_seeds(f"seeds_auc_{name}", np.array(aucs)[:, index], "AUC", 0.85)
    for column, metric in enumerate(PLANTED):
        values = np.array(ratios)[:, index, column]
        say_seeds(f"seeds_recovery_{name}_{metric}", values, "x chance", 5)
