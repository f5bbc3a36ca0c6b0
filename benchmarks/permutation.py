"""Time permutation tests beside nilearn's, and beside the matrix product they need."""

import time

import nibabel as nib
import numpy as np
from _study import say
from nilearn.maskers import NiftiMasker
from nilearn.mass_univariate import permuted_ols
from scipy.ndimage import gaussian_filter

from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permutation import max_statistics, measure_maps, separate
from scan2map.statistics.tfce import enhance, neighbour_table

SHAPE, VOXEL = (67, 79, 64), 3.0
IMAGES, PERMUTATIONS, NILEARNS = 36, 10_000, 500
TFCE, NILEARNS_TFCE = 200, 10


def cohort(rng):
    """Return smooth maps of two groups in a brain's mask, and two covariates."""
    place = np.stack(np.indices(SHAPE), -1) / (np.array(SHAPE) - 1) - 0.5
    mask = (place**2).sum(-1) < 0.36**2
    noise = (rng.normal(size=SHAPE) for _ in range(IMAGES))
    data = np.stack([gaussian_filter(n, 8 / 2.355 / VOXEL)[mask] for n in noise])
    covariates = rng.normal(size=(IMAGES, 2))
    return (data / data.std()).astype(np.float32), mask, covariates


def seconds(work):
    """Return how long something takes, and what it returns."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def product_rate():
    """Return the floating-point operations per second of numpy's matrix product."""
    a = np.random.default_rng(0).normal(size=(3000, 3000)).astype(np.float32)
    a @ a
    return 2 * 3000**3 / min(seconds(lambda: a @ a)[0] for _ in range(3))


def main():
    """Print ratios of time per permutation, nilearn's over ours."""
    rng = np.random.default_rng(0)
    data, mask, covariates = cohort(rng)
    group = np.repeat([[1.0], [0.0]], IMAGES // 2, axis=0)
    design = np.column_stack([group, 1 - group, covariates])
    tested = separate(design, [1.0, -1, 0, 0])

    def ours(n):
        return rearrange("labels", design, range(IMAGES), n, seed=0)

    max_statistics(data[:, :3000], tested, ours(100))  # compiles
    spent, _ = seconds(lambda: max_statistics(data, tested, ours(PERMUTATIONS)))
    theirs, _ = seconds(
        lambda: permuted_ols(
            group, data, covariates, n_perm=NILEARNS, n_jobs=2, output_type="dict"
        )
    )
    ratio = theirs / NILEARNS / (spent / PERMUTATIONS)
    unit = f"x nilearn's rate ({PERMUTATIONS} max-t in {spent:.1f} s)"
    say("permutation_max_t", f"{ratio:.0f}", unit, ">= 5", ratio >= 5)
    limit = 2 * PERMUTATIONS * 3 * IMAGES * data.shape[1] / product_rate()
    unit = f"x the time of the matrix product ({limit:.1f} s)"
    slower = spent / limit
    say("permutation_limit", f"{slower:.2f}", unit, "<= 3", slower <= 3)

    table = neighbour_table(mask)
    enhance(data[0], table)

    def highest(t):
        return np.abs(enhance(t, table)).max()

    spent, _ = seconds(lambda: measure_maps(data, tested, ours(TFCE), highest))
    masker = NiftiMasker(nib.Nifti1Image(mask.astype(np.uint8), np.diag([3, 3, 3, 1])))
    masker.fit()
    theirs, _ = seconds(
        lambda: permuted_ols(
            *(group, data, covariates),
            n_perm=NILEARNS_TFCE,
            n_jobs=2,
            masker=masker,
            tfce=True,
            output_type="dict",
        )
    )
    # Its first map is the one observed, enhanced before the permutations begin.
    ratio = theirs / (NILEARNS_TFCE + 1) / (spent / TFCE)
    unit = f"x nilearn's rate ({1e3 * spent / TFCE:.0f} ms each)"
    say("permutation_tfce", f"{ratio:.0f}", unit, ">= 30", ratio >= 30)


main()
