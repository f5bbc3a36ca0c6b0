"""What does the demo's study find when other people are scanned? Five seeds of it."""

from collections import defaultdict
from statistics import median

import yaml
from _study import (
    PLANTED,
    ROOT,
    auc,
    recovery,
    run_study,
    say,
    tensor_experiments,
)

SEEDS = range(1, 6)

config = yaml.safe_load((ROOT / "config/config.yaml").read_text())
experiments, tensors = config["experiments"], tensor_experiments(config)
targets = [f"6_folds/{name}/scores.tsv" for name in experiments]
targets += [
    f"8_statistics/{name}/{metric}/mean_statmap.nii.gz"
    for name in tensors
    for metric in PLANTED
]
targets += [
    f"0_phantom/ground_truth/{effect['name']}_mask.nii.gz"
    for effect in config["phantom"]["effects"]
]
figures = defaultdict(list)
for seed in SEEDS:
    results, _ = run_study(
        "config/config.yaml",
        study=None if seed == config["seed"] else f"phantom_seed{seed}",
        targets=targets,
        seed=seed,
    )
    for name in experiments:
        goal = 0.85 if name in tensors else 0.8
        figures[f"auc_{name}", "AUC", goal].append(auc(results, name)[0])
    for name in tensors:
        for metric in PLANTED:
            ratio = recovery(results, name, metric)
            figures[f"recovery_{name}_{metric}", "x chance", 5].append(ratio)

for (figure, unit, goal), values in figures.items():
    every = " ".join(f"{value:.3g}" for value in values)
    middle = median(values)
    say(
        f"seeds_{figure}",
        f"{middle:.3g}",
        f"{unit}, median of {every}",
        f">= {goal}",
        middle >= goal,
    )
