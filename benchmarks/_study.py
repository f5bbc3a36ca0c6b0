"""Run a phantom study with its workflow, and read what it found."""

import copy
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import yaml

from scan2map.images import read_array, read_grid, read_json, read_mask
from scan2map.statistics.recovery import enrichment

PLANTED = ("MD", "A", "FA")
"""What the phantom's local effects change; planarity stays what it was."""

ROOT = Path(__file__).resolve().parents[1]


def run_study(preset, study=None, targets=(), **changes):
    """Run a study unless its results are there; return their folder and the settings.

    Parameters
    ----------
    preset : str
        Configuration file, from the project's folder.
    study : str, optional
        Another name, so that changed settings have results of their own.
    targets : sequence of str
        Files in the results to stop at; without them the whole study runs.
    **changes
        Top-level keys that replace the preset's.
    """
    config = yaml.safe_load((ROOT / preset).read_text())
    config |= changes | ({"study": study} if study else {})
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump(config, file, sort_keys=False)  # experiments have an order
        file.flush()
        files = [f"results/{config['study']}/{target}" for target in targets]
        options = ["--cores", "2", "--quiet", "--configfile", file.name]
        subprocess.run(
            ["snakemake", *files, *options],
            cwd=ROOT,
            check=True,
            stdout=sys.stderr,
        )
    return ROOT / "results" / config["study"], config


def write_shared_cohort(path, dicom, groups):
    """Write a cohort of four participants who all have the series of one session."""
    lines = ["participant_id\tsession_id\tgroup\tage\tsex\tsite\tdicom"]
    for number in range(1, 5):
        (path.parent / f"scan{number}").mkdir()
        for series in Path(dicom).iterdir():
            (path.parent / f"scan{number}" / series.name).symlink_to(series)
        lines.append(f"P{number}\t1\t{groups[number % 2]}\t40\tF\tA\tscan{number}")
    path.write_text("\n".join(lines) + "\n")


def auc(results, experiment):
    """Return the pooled out-of-fold AUC and its confidence interval."""
    with open(results / "6_folds" / experiment / "scores.tsv") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            if (row["score"], row["pooling"]) == ("auc", "pooled"):
                return tuple(float(row[key]) for key in ("value", "ci_low", "ci_high"))


def t_map(results, maps, metric, contrast):
    """Return a t map, and what the file of its correction says."""
    folder = results / "8_statistics" / maps / metric
    (summary,) = folder.glob(f"{contrast}_desc-*_statmap.json")
    return read_array(folder / f"{contrast}_statmap.nii.gz"), read_json(summary)


def recovery(results, maps, metric, contrast="mean"):
    """Return how much more often than chance the top 1 % of |t| is where planted."""
    mask_path = results / "8_statistics" / "dwi_mask.nii.gz"
    truths = sorted((results / "0_phantom" / "ground_truth").glob("*_mask.nii.gz"))
    truth = np.any([read_mask(path) for path in truths], axis=0)
    voxel_size = read_grid(mask_path)[1][0, 0]
    t, _ = t_map(results, maps, metric, contrast)
    return enrichment(t, truth, read_mask(mask_path), voxel_size)


def tensor_experiments(config):
    """Return the names of the experiments whose networks see tensors."""
    return [
        name
        for name, experiment in config["experiments"].items()
        if experiment["feature"]["kind"] == "tensor"
    ]


def without_effects(phantom):
    """Return the phantom's settings with every planted effect of size 0."""
    phantom = copy.deepcopy(phantom)
    phantom["bold"]["effects"] = {}
    sizes = {"md", "anisotropy", "difference", "change"}
    for effect in phantom["effects"]:
        effect |= dict.fromkeys(sizes & effect.keys(), 0)
    return phantom


def say(name, value, unit, goal, holds):
    """Print one figure as the collector of figures reads it."""
    print(name, value, unit, goal, "yes" if holds else "no", sep="\t")


def say_auc(study, results, experiment, goal, holds):
    """Print an experiment's AUC; `holds` judges value and interval against the goal."""
    value, low, high = auc(results, experiment)
    interval = f"95% CI {low:.2f}-{high:.2f}"
    name = f"{study}_auc_{experiment}"
    say(name, f"{value:.3f}", interval, goal, holds(value, low, high))


def covers_chance(_, low, high):
    """Return whether an interval of an AUC holds that of guessing."""
    return low <= 0.5 <= high


def say_recovery(study, results, experiment, metric):
    """Print how well an experiment's mean sensitivity recovers what was planted."""
    ratio = recovery(results, experiment, metric)
    name = f"{study}_recovery_{experiment}_{metric}"
    say(name, f"{ratio:.1f}", "x chance", ">= 5", ratio >= 5)
