"""Time the statistics of one of SPM's reference cases, from the model to the tables."""

import json
import time

import numpy as np
from _study import ROOT, say

from scan2map.images import read_array, read_grid, read_mask
from scan2map.statistics import glm, random_fields, smoothness, tables

SPM, CASE = ROOT.parent / "shared/data/spm12", "b_ttest2_cov"


def read_case():
    """Return what SPM said, the maps in the mask, the mask and its affine."""
    said = json.loads((SPM / f"cases/{CASE}.json").read_text())
    path = SPM / "maps" / CASE / "mask.nii.gz"
    mask = read_mask(path)
    maps = [read_array(SPM / "input" / image)[mask] for image in said["images"]]
    return said, np.stack(maps), mask, read_grid(path)[1]


def statistic(model, contrast):
    """Return the values, and the numerator's degrees of freedom."""
    weights = np.atleast_1d(np.array(contrast["c"], dtype=float))
    if contrast["STAT"] == "T":
        return glm.t_contrast(model, weights)[0], 1
    weights = weights.reshape(model.design.shape[1], -1).T
    values, _, numerator = glm.f_contrast(model, weights)
    return values, numerator


def analyse(said, data, mask, affine):
    """Return all tables that SPM made."""
    n = len(data)
    model = glm.fit(data, np.array(said["X"], dtype=float).reshape(n, -1))
    chosen = smoothness.chosen_images(n)
    residuals = glm.standardised_residuals(data, model, chosen)
    fwhm, _ = smoothness.estimate_smoothness(residuals, n, model.df, mask)
    resels = tuple(smoothness.count_resels(mask, fwhm))
    found = []
    for contrast in said["contrasts"]:
        values, numerator = statistic(model, contrast)
        df = (numerator, model.df)
        search = random_fields.Search(
            contrast["STAT"], df, resels, tuple(fwhm), int(mask.sum())
        )
        image = np.zeros(mask.shape, dtype=np.float32)
        image[mask] = values
        for table in contrast["tables"]:
            u, extent = table["u"], table["k"]
            found.append(tables.results_table(image, affine, u, search, extent))
    return found


def timed(work):
    """Return what something returns, and the fewest seconds of three times."""
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        found = work()
        spent.append(time.perf_counter() - start)
    return found, min(spent)


def main():
    """Print the seconds of the statistics, and those of reading."""
    case, reading = timed(read_case)
    made, spent = timed(lambda: analyse(*case))
    size = f"{len(made)} tables of {len(case[1])} maps; read in {reading:.1f} s"
    say("spm_case", f"{spent:.2f}", f"s ({size})", "< 1", spent < 1)


main()
