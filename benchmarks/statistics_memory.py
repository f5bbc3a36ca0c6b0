"""Measure the memory of statistics of 560 maps at 1 mm, which are read from a file."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
from _study import say

from scan2map.statistics import glm, smoothness
from scan2map.statistics.cluster_null import largest_clusters
from scan2map.statistics.exchange import rearrange
from scan2map.statistics.permutation import max_statistics, measure_maps, separate
from scan2map.statistics.stored_maps import StoredMaps
from scan2map.statistics.tfce import enhance, neighbour_table

SHAPE, IMAGES = (182, 218, 182), 560
MOST = 4096
"""MB."""


def brain():
    """Return a mask of about 1.8 million voxels."""
    place = np.stack(np.indices(SHAPE, dtype=np.float32)).reshape(3, -1)
    place = place / np.array(SHAPE)[:, None] - 0.5
    return ((place**2).sum(0) < 0.39**2).reshape(SHAPE)


def write_noise(path, voxels):
    """Write maps one by one."""
    rng = np.random.default_rng(0)
    maps = np.lib.format.open_memmap(path, "w+", np.float32, (IMAGES, voxels))
    for number in range(IMAGES):
        maps[number] = rng.standard_normal(voxels, dtype=np.float32)


def analyse(maps, mask):
    """Fit, test, and rearrange: all that is made of the maps of a study."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.eye(2), IMAGES // 2, axis=0)
    design = np.column_stack([groups, rng.normal(size=(IMAGES, 2))])
    contrast = [1.0, -1, 0, 0]
    model = glm.fit(maps, design)
    glm.t_contrast(model, contrast)
    chosen = smoothness.chosen_images(IMAGES)
    residuals = glm.standardised_residuals(maps, model, chosen)
    smoothness.estimate_smoothness(residuals, IMAGES, model.df, mask)
    tested = separate(design, contrast)

    def arranged(n):
        return rearrange("labels", design, range(IMAGES), n, seed=0)

    max_statistics(maps, tested, arranged(20))
    table = neighbour_table(mask)

    def measure(t):
        return enhance(t, table).max(), *largest_clusters(t, 3.1, table)

    measure_maps(maps, tested, arranged(2), measure)


def status(field):
    """Return a size of this process in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024


def watch(done, sizes):
    """Note the process's own memory, without pages of files, until done."""
    while not done.wait(0.01):
        sizes.append(status("RssAnon"))


def measure_here(path):
    """Print the peak of resident memory, and of that without pages of files."""
    done, sizes = threading.Event(), [0.0]
    watcher = threading.Thread(target=watch, args=(done, sizes))
    watcher.start()
    analyse(StoredMaps(path), brain())
    done.set()
    watcher.join()
    print(status("VmHWM"), max(sizes))


def main():
    """Measure in a process that has not made the maps."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/maps.npy"
        write_noise(path, int(brain().sum()))
        command = [sys.executable, __file__, path]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    peak, own = map(float, found.stdout.split())
    unit = f"MB resident ({own:.0f} MB without pages of files)"
    say("statistics_memory", f"{peak:.0f}", unit, f"< {MOST}", peak < MOST)


if len(sys.argv) > 1:
    measure_here(sys.argv[1])
else:
    main()
