"""Compare group ICA with nilearn's CanICA: networks found, time and memory.

Both read the same sessions from disk. Each runs in a process of its own, so that the
most memory it ever held is its own.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import nibabel as nib
import numpy as np
from _study import say

from scan2map.anat import mask_on_grid
from scan2map.ica import (
    GroupReduction,
    decompose,
    match_maps,
    normalise_variance,
    read_voxels,
    reduce_session,
    rows_between,
)
from scan2map.images import MNI_CENTRE, analysis_grid, read_mask, write_image
from scan2map.template import template_path

SHAPE, VOXEL_SIZE = (91, 109, 91), 2.0
SESSIONS, VOLUMES, NETWORKS, REDUCE_TO, REPEATS = 20, 100, 30, 64, 10
MANY = 200
"""Sessions from which growth is measured; the same files are read again and again."""

UNIT = 1e-3
"""What a whole number in a session's file stands for."""


def simulate(folder):
    """Write a mask, the true networks, and sessions in which they fluctuate.

    Networks are two Gaussian regions each. A session has its own time courses, its own
    expression of every network (log-normal, 25 %), three smooth patterns that nobody
    else has, and noise of every voxel.
    """
    rng = np.random.default_rng(1)
    template = nib.load(template_path("T1"))
    affine = analysis_grid(MNI_CENTRE, SHAPE, VOXEL_SIZE)
    mask = mask_on_grid(template.get_fdata(), template.affine, SHAPE, affine)
    write_image(mask, affine, folder / "mask.nii.gz")
    places = np.argwhere(mask).astype(np.float32)
    centres = _draw_apart(places, 2 * NETWORKS, 10.0, rng)
    networks = np.array([_regions(places, c, 5.0) for c in np.split(centres, NETWORKS)])
    np.save(folder / "networks.npy", networks)
    for number in range(SESSIONS):
        centres = rng.choice(places, (3, 2), replace=False)
        own = np.array([_regions(places, c, 12.0) for c in centres])
        expression = np.exp(0.25 * rng.standard_normal(NETWORKS))
        data = _courses(NETWORKS, rng) * expression @ networks
        data += 0.3 * _courses(3, rng) @ own
        data += rng.standard_normal(data.shape, dtype=np.float32)
        image = np.zeros((VOLUMES, *reversed(SHAPE)), dtype=np.int16)
        image.T[mask] = np.round(data.T / UNIT).clip(-32768, 32767)
        nifti = nib.Nifti1Image(image.T, affine)
        nifti.header.set_slope_inter(UNIT, 0)
        nib.save(nifti, folder / f"session_{number:02d}.nii")


def _draw_apart(places, n, distance, rng):
    """Return places drawn one after the other, none near another; in voxels."""
    drawn = []
    for place in rng.permutation(places):
        if all(np.linalg.norm(place - other) >= distance for other in drawn):
            drawn.append(place)
        if len(drawn) == n:
            return np.array(drawn)


def _regions(places, centres, width):
    """Return a map of Gaussian regions, width in voxels."""
    squares = [np.square(places - centre).sum(1) for centre in centres]
    return np.exp(-np.minimum(*squares) / (2 * np.float32(width) ** 2))


def _courses(n, rng):
    """Return time courses of variance 1 in which neighbours are alike."""
    steps = rng.standard_normal((VOLUMES + 4, n), dtype=np.float32)
    smooth = sum(steps[lag : lag + VOLUMES] for lag in range(5))
    return smooth / smooth.std(0)


def run_ours(folder, n_sessions):
    """Return maps of sessions' files, and CPU seconds of their second half by first."""
    files, times = sorted(folder.glob("session_*.nii")), [time.process_time()]
    group = GroupReduction(rows_between(NETWORKS, REDUCE_TO))
    for number in range(n_sessions):
        path = files[number % len(files)]
        data = normalise_variance(read_voxels(path, folder / "mask.nii.gz"))
        group.add(reduce_session(data, REDUCE_TO))
        times.append(time.process_time())
    components = group.components(NETWORKS)
    half = n_sessions // 2
    growth = (times[-1] - times[half]) / (times[half] - times[0])
    del data, group
    return decompose(components, seed=1, repeats=REPEATS).maps, growth


def run_canica(folder, _):
    """Return maps of the same files as CanICA finds them, with its own settings.

    They are not thresholded, as ours are not.
    """
    from nilearn.decomposition import CanICA

    canica = CanICA(
        n_components=NETWORKS,
        mask=str(folder / "mask.nii.gz"),
        smoothing_fwhm=None,
        n_init=REPEATS,
        standardize="zscore_sample",
        threshold=None,
        random_state=1,
    )
    canica.fit([str(path) for path in sorted(folder.glob("session_*.nii"))])
    mask = read_mask(folder / "mask.nii.gz")
    return canica.components_img_.get_fdata(dtype=np.float32)[mask].T, None


RUNS = {"ours": run_ours, "canica": run_canica}


def measure(name, folder, n_sessions=SESSIONS):
    """Run one in a process of its own; return what it measured of itself."""
    command = [sys.executable, __file__, name, folder, str(n_sessions)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure_here(name, folder, n_sessions):
    """Print recovery, seconds and MB of this process."""
    start = time.perf_counter()
    maps, growth = RUNS[name](Path(folder), int(n_sessions))
    seconds = time.perf_counter() - start
    megabytes = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    r = np.abs(match_maps(np.load(Path(folder) / "networks.npy"), maps)[1])
    measured = {"r": float(r.mean()), "worst_r": float(r.min()), "seconds": seconds}
    print(json.dumps({**measured, "growth": growth, "megabytes": megabytes}))


def main():
    """Print figures of both, and of growth."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder))
        ours, canica = measure("ours", folder), measure("canica", folder)
        many = measure("ours", folder, MANY)
    print(ours, canica, many, sep="\n", file=sys.stderr)
    r, their_r = round(ours["r"], 3), round(canica["r"], 3)
    say("ica_canica_recovery", r, "mean |r|", f">= {their_r}", r >= their_r)
    for key, unit, goal in (("seconds", "s", 1.0), ("megabytes", "MB", 0.5)):
        ratio = ours[key] / canica[key]
        unit = f"of CanICA's {canica[key]:.0f} {unit}"
        say(f"ica_canica_{key}", f"{ratio:.2f}", unit, f"<= {goal:g}", ratio <= goal)
    memory, slower = many["megabytes"] / ours["megabytes"], many["growth"]
    unit = f"{MANY} sessions / {SESSIONS} sessions"
    say("ica_growth_megabytes", f"{memory:.2f}", unit, "<= 1.1", memory <= 1.1)
    half = MANY // 2
    unit = f"CPU time of sessions {half + 1} to {MANY} / of the first {half}"
    say("ica_growth_seconds", f"{slower:.2f}", unit, "<= 1.1", slower <= 1.1)


if len(sys.argv) > 1:
    measure_here(*sys.argv[1:])
else:
    main()
