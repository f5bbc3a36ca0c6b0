"""Time permutation tests beside nilearn's, and beside the matrix product they need."""

import time

import nibabel as nib
import numpy as np
from _study import say
from nilearn.maskers import NiftiMasker
from nilearn.mass_univariate import permuted_ols
from scipy.ndimage import gaussian_filter
from scipy.stats import t as students_t

from scan2map.statistics.cluster_null import largest_clusters
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permutation import max_statistics, measure_maps, separate
from scan2map.statistics.tfce import enhance, neighbour_table

SHAPE, VOXEL = (67, 79, 64), 3.0
IMAGES, PERMUTATIONS, MAPS = 36, 10_000, 1000
MANY_IMAGES, MANY_VOXELS, FEWER = 560, 230_000, 1000
FORMING_P = 0.001
"""Uncorrected and two-sided, of the threshold that forms clusters."""


class Study:
    """Two groups' maps, two covariates, and rearrangements of the people."""

    def __init__(self, data, rng):
        self.data, n = data, len(data)
        self.covariates = rng.normal(size=(n, 2))
        self.group = np.repeat([[1.0], [0.0]], n // 2, axis=0)
        self.design = np.column_stack([self.group, 1 - self.group, self.covariates])
        self.tested = separate(self.design, [1.0, -1, 0, 0])

    def arranged(self, n):
        """Draw rearrangements."""
        return rearrange("labels", self.design, range(len(self.data)), n, seed=0)

    def maxima(self, n):
        """Return the seconds that the largest t of rearrangements take."""
        arranged = self.arranged(n)
        return seconds(lambda: max_statistics(self.data, self.tested, arranged))

    def measures(self, n, measure):
        """Return the seconds that measures of maps take."""
        arranged = self.arranged(n)
        return seconds(lambda: measure_maps(self.data, self.tested, arranged, measure))

    def nilearns(self, n, **options):
        """Return nilearn's seconds per permutation, apart from its preparations."""

        def work(n_perm):
            permuted_ols(
                *(self.group, self.data, self.covariates),
                n_perm=n_perm,
                n_jobs=2,
                **options,
            )

        few = 4  # two for each of two workers
        work(few)  # starts them
        less, more = (seconds(lambda k=k: work(k)) for k in (few, few + n))
        return (more - less) / n

    def limit(self, n):
        """Return the seconds of the matrix product: tested vector and covariates."""
        return 2 * n * 3 * self.data.size / product_rate()


def smooth_maps(rng):
    """Return smooth maps in a brain's mask, and the mask."""
    place = np.stack(np.indices(SHAPE), -1) / (np.array(SHAPE) - 1) - 0.5
    mask = (place**2).sum(-1) < 0.36**2
    noise = (rng.normal(size=SHAPE) for _ in range(IMAGES))
    data = np.stack([gaussian_filter(n, 8 / 2.355 / VOXEL)[mask] for n in noise])
    return (data / data.std()).astype(np.float32), mask


def seconds(work):
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def product_rate():
    """Return the floating-point operations per second of numpy's matrix product."""
    a = np.random.default_rng(0).normal(size=(3000, 3000)).astype(np.float32)
    a @ a
    return 2 * 3000**3 / min(seconds(lambda: a @ a) for _ in range(3))


def compare(name, spent, n, theirs, goal):
    """Print nilearn's seconds per permutation over ours."""
    ratio = theirs / (spent / n)
    unit = f"x nilearn's rate ({n} in {spent:.1f} s)"
    say(name, f"{ratio:.0f}", unit, f">= {goal}", ratio >= goal)


def say_maxima(name, study, n, nilearns):
    """Print figures of the largest t, beside nilearn and beside the matrix product."""
    runs = [(study.maxima(n), study.limit(n)) for _ in range(4)]
    spent, limit = map(min, zip(*runs, strict=True))
    compare(f"{name}_max_t", spent, n, study.nilearns(nilearns), 5)
    unit = f"x the time of the matrix product ({limit:.2f} s)"
    slower = spent / limit
    say(f"{name}_limit", f"{slower:.2f}", unit, "<= 3", slower <= 3)


def say_maps(study, mask):
    """Print figures of enhanced maps and of clusters, beside nilearn."""
    table = neighbour_table(mask)
    masker = NiftiMasker(nib.Nifti1Image(mask.astype(np.uint8), np.diag([3, 3, 3, 1])))
    masker.fit()
    u = students_t.isf(FORMING_P / 2, study.tested.df)

    def highest(t):
        return np.abs(enhance(t, table)).max()

    def largest(t):
        tails = [largest_clusters(sign * t, u, table) for sign in (1, -1)]
        return np.max(tails, axis=0)

    study.measures(1, lambda t: (highest(t), *largest(t)))  # compiles
    spent = study.measures(MAPS, highest)
    theirs = study.nilearns(20, masker=masker, tfce=True)
    compare("permutation_tfce", spent, MAPS, theirs, 30)
    spent = study.measures(MAPS, largest)
    theirs = study.nilearns(100, masker=masker, threshold=FORMING_P)
    compare("permutation_clusters", spent, MAPS, theirs, 5)


def main():
    """Print ratios of time."""
    rng = np.random.default_rng(0)
    maps, mask = smooth_maps(rng)
    study = Study(maps, rng)
    study.maxima(100)  # compiles
    say_maxima("permutation", study, PERMUTATIONS, nilearns=1000)
    say_maps(study, mask)
    # Smooth or not, the largest t takes the same time.
    noise = rng.standard_normal((MANY_IMAGES, MANY_VOXELS), dtype=np.float32)
    say_maxima("permutation_large", Study(noise, rng), FEWER, nilearns=60)


main()
