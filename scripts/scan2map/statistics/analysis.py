"""An analysis as configured, from a stack of maps to its model and its tables."""

import numpy as np

from scan2map.designs import FEWEST_DF
from scan2map.statistics import random_fields
from scan2map.statistics.corrections import Asked
from scan2map.statistics.permuting import Permuting
from scan2map.statistics.regions import NO_ATLAS
from scan2map.statistics.second_level import fit_second_level
from scan2map.statistics.stacks import Masking, Scaling, stack_images
from scan2map.statistics.tables import (
    AXES,
    find_peaks,
    results_table,
)

TABLE = (
    "map",
    "sign",
    "cluster_p_fwe",
    "cluster_p_fdr",
    "voxels",
    "volume_mm3",
    "cluster_p",
    "peak_p_fwe",
    "peak_p_fdr",
    "value",
    "z",
    "p",
    *AXES,
    "region",
)
"""Columns of a table as SPM's: clusters, then peaks."""

CLUSTERS = ("map", "sign", "voxels", "volume_mm3", "p", "value", *AXES, "region")
"""Columns of a table of what is significant after a correction."""


def stack_analysis(
    images, n_images, path, asked, explicit, affine, values=None, names=None
):
    """Stack images as an analysis asks.

    Parameters
    ----------
    images, n_images, path, explicit, names
        As for `stacks.stack_images`.
    asked : dict
        Section `statistics` of the analysis: ``fwhm``, ``mask``, ``global``.
    affine : ndarray, shape (4, 4)
    values : sequence of float, optional
        Global value of each image, where a column of the cohort has them.

    Returns
    -------
    stacks.Stack
    """
    scaled, threshold = asked["global"], asked["mask"]["threshold"] or {}
    return stack_images(
        images,
        n_images,
        path,
        explicit=explicit,
        masking=Masking(next(iter(threshold.values()), None), "relative" in threshold),
        scaling=Scaling(scaled["normalisation"], values, scaled["grand_mean"]),
        voxel_size=np.linalg.norm(affine[:3, :3], axis=0),
        fwhm=asked["fwhm"],
        names=names,
    )


def fit_analysis(data, mask, affine, design, asked, global_values):
    """Fit the model of an analysis.

    Parameters
    ----------
    data : array-like, shape (n, voxels)
    mask : ndarray of bool, shape (x, y, z)
        Of maps laid side by side.
    affine : ndarray, shape (4, 4)
    design : designs.Design
    asked : dict
        Section `statistics` of the analysis.
    global_values : sequence of float, length n
        Of SPM's global mean, used for ANCOVA where no column of the cohort is.

    Returns
    -------
    second_level.SecondLevel
    """
    matrix, columns = np.array(design.matrix), list(design.columns)
    scaled = asked["global"]
    if scaled["normalisation"] == "ancova" and scaled["value"] == "mean":
        values = np.asarray(global_values, dtype=np.float64)
        matrix = np.column_stack([matrix, values - values.mean()])
        columns.append("global")
    return fit_second_level(
        data,
        mask,
        affine,
        matrix,
        columns=columns,
        intercept=design.intercept,
        unequal=design.groups if asked["variance"] == "unequal" else None,
        effects=design.effects,
    )


def contrast_map(level, contrast):
    """Test a contrast whose weights may lack the columns that were appended.

    Parameters
    ----------
    level : second_level.SecondLevel
    contrast : contrasts.Contrast

    Returns
    -------
    second_level.ContrastMap
    """
    weights = np.array(contrast.weights)
    more = len(level.columns) - weights.shape[1]
    return level.test(np.pad(weights, ((0, 0), (0, more))), contrast.statistic)


def asked_of(asked):
    """Return what corrections are asked for by a section `statistics`."""
    return Asked(asked["alpha"], asked["tails"], asked["cluster_forming_p"])


def permuting_of(asked, exchange, design, seed, threads):
    """Return what permutation is asked for by a section `statistics`."""
    tfce = asked["tfce"]
    return Permuting(
        exchange=exchange,
        blocks=design.participants,
        n=asked["permutations"],
        seed=seed,
        extent=tfce["extent"],
        height=tfce["height"],
        connectivity=tfce["connectivity"],
        threads=threads,
    )


def tabulate_contrast(level, contrast, asked, extent_mm3, n_maps, atlas=NO_ATLAS):
    """List clusters and peaks of each sign that is looked at, as SPM does.

    Parameters
    ----------
    level : second_level.SecondLevel
    contrast : second_level.ContrastMap
    asked : corrections.Asked
    extent_mm3 : float
        Smallest cluster listed.
    n_maps : int
        Maps that lie side by side; they are numbered from 1.
    atlas : regions.Atlas, optional

    Returns
    -------
    rows : list of dict
        Keys `TABLE`; cells of a cluster are None but in the row of its highest peak.
        p are those of one sign, as SPM prints them.
    sets : dict
        By sign: set-level ``p`` and ``clusters``, and ``thresholds``.
    """
    search = contrast.search
    u = random_fields.uncorrected_threshold(asked.cluster_forming_p, search)
    volume = voxel_volume(level.affine)
    # A volume given in mm³ must not fail by a rounded voxel volume.
    extent = int(np.ceil(extent_mm3 / volume * (1 - 1e-6)))
    rows, sets = [], {}
    for sign in asked.signs(search.statistic):
        image = level.image(sign * contrast.values)
        table = results_table(image, level.affine, u, search, extent)
        mark = "+" if sign > 0 else "-"
        sets[mark] = {**table["set"], "thresholds": table["thresholds"]}
        for row in table["rows"]:
            size = row["voxels"]
            row["volume_mm3"] = None if size is None else size * volume
            row |= {"sign": mark, "value": sign * row["value"]}
            rows.append(_placed(row, level, n_maps, atlas))
    return [{key: row[key] for key in TABLE} for row in rows], sets


def has_random_fields(design, contrast):
    """Tell whether p by random field theory hold.

    They need images that do not depend on each other, which those of a participant do
    in a design without pairs, and `FEWEST_DF` degrees of freedom.
    """
    people = len(set(design.participants))
    independent = design.kind == "paired" or people == len(design.labels)
    return independent and contrast.search.df[1] >= FEWEST_DF


def without_p(rows, sets):
    """Return a table without p values, where random fields have none."""
    p_values = [column for column in TABLE if "p" in column.split("_")]
    emptied = [row | dict.fromkeys([*p_values, "z"]) for row in rows]
    return emptied, {sign: one | {"p": None} for sign, one in sets.items()}


def significant_clusters(level, contrast, corrected, asked, n_maps, atlas=NO_ATLAS):
    """List the clusters of voxels that are significant after a correction.

    Parameters
    ----------
    level, contrast, asked, n_maps, atlas
        As for `tabulate_contrast`.
    corrected : corrections.Corrected

    Returns
    -------
    list of dict
        Keys `CLUSTERS`; ``p`` is the smallest corrected one of the cluster; the
        largest cluster first.
    """
    significant = corrected.p <= asked.alpha
    volume, rows = voxel_volume(level.affine), []
    p = level.image(corrected.p, outside=1.0)
    for sign in asked.signs(contrast.search.statistic):
        values = np.where(significant, sign * contrast.values, 0)
        peaks = find_peaks(level.image(values), 0)
        for cluster, size in enumerate(peaks.sizes.tolist()):
            mine = np.flatnonzero(peaks.cluster == cluster)
            best = mine[peaks.value[mine].argmax()]
            world = level.affine[:3, :3] @ peaks.voxel[best] + level.affine[:3, 3]
            lowest = min(float(p[tuple(voxel)]) for voxel in peaks.voxel[mine])
            row = {
                "sign": "+" if sign > 0 else "-",
                "voxels": size,
                "volume_mm3": size * volume,
                "p": lowest,
                "value": sign * float(peaks.value[best]),
                **dict(zip(AXES, world.tolist(), strict=True)),
            }
            rows.append(_placed(row, level, n_maps, atlas))
    rows.sort(key=lambda row: (-row["voxels"], -abs(row["value"])))
    return [{key: row[key] for key in CLUSTERS} for row in rows]


def describe_test(level, contrast, design, sets, asked, unit):
    """Return what the file beside a statistic's map says of it.

    Parameters
    ----------
    level : second_level.SecondLevel
    contrast : second_level.ContrastMap
    design : designs.Design
    sets : dict
        From `tabulate_contrast`.
    asked : dict
        Section `statistics` of the analysis.
    unit : str or None
        Of the maps.

    Returns
    -------
    dict
        Keys in the manner of BIDS.
    """
    search, fwhm = contrast.search, level.smoothness.fwhm
    size = np.linalg.norm(level.affine[:3, :3], axis=0)
    weights = contrast.weights.tolist()
    effect = "extra sum of squares" if search.statistic == "F" else "weighted sum"
    groups = {name: design.groups.count(name) for name in dict.fromkeys(design.groups)}
    return {
        "Statistic": search.statistic,
        "DegreesOfFreedom": [search.df[0], search.df[1]],
        "Design": asked["design"],
        "Images": len(design.labels),
        "Participants": len(set(design.participants)),
        "ImagesPerGroup": groups,
        "Columns": level.columns,
        "DesignMatrix": level.model.design.tolist(),
        "Weights": weights,
        "Variance": asked["variance"],
        "VarianceWeights": None
        if asked["variance"] == "equal"
        else level.model.weights.tolist(),
        "Effect": effect,
        "EffectUnits": unit,
        "EffectSize": contrast.size_name,
        "EffectSizeUnits": "1",
        "FWHM_mm": (fwhm * size).tolist(),
        "FWHM_voxels": fwhm.tolist(),
        "Resels": list(map(float, search.resels)),
        "SearchVolume_voxels": search.voxels,
        "SearchVolume_mm3": search.voxels * voxel_volume(level.affine),
        "SearchVolume_resels": float(search.resels[3]),
        "VoxelSize_mm": size.tolist(),
        "Thresholds": {
            str(alpha): {
                "fwe": random_fields.peak_threshold(alpha, search),
                "random_fields": random_fields.field_threshold(alpha, search),
                "bonferroni": random_fields.uncorrected_threshold(
                    alpha / search.voxels, search
                ),
                "uncorrected": random_fields.uncorrected_threshold(alpha, search),
            }
            for alpha in (0.05, 0.01, 0.001)
        },
        "ClusterForming": {
            "p": asked["cluster_forming_p"],
            "threshold": random_fields.uncorrected_threshold(
                asked["cluster_forming_p"], search
            ),
        },
        "Sets": finite(sets),
        "LargestStatistic": float(contrast.values.max()),
        "SmallestStatistic": float(contrast.values.min()),
    }


def describe_correction(name, corrected, contrast, asked, clusters):
    """Return what the file beside a corrected map says of it; see `describe_test`."""
    significant = corrected.p <= asked["alpha"]
    return {
        "Correction": name,
        "Statistic": contrast.search.statistic,
        "DegreesOfFreedom": [contrast.search.df[0], contrast.search.df[1]],
        "Alpha": asked["alpha"],
        "Tails": asked["tails"] if contrast.search.statistic == "T" else "F",
        "Threshold": finite(corrected.threshold),
        "SmallestP": float(corrected.p.min()),
        "SignificantVoxels": int(significant.sum()),
        "Clusters": len(clusters),
        **({"Permutation": finite(corrected.about)} if corrected.about else {}),
    }


def finite(value):
    """Return nested facts with None for infinite numbers, which JSON lacks."""
    if isinstance(value, dict):
        return {key: finite(part) for key, part in value.items()}
    return None if isinstance(value, float) and not np.isfinite(value) else value


def voxel_volume(affine):
    """Return the volume of a voxel in mm³."""
    return round(abs(float(np.linalg.det(affine[:3, :3]))), 6)


def _placed(row, level, n_maps, atlas):
    """Add the number of the map and the region; bring coordinates into the map."""
    world = np.array([row[axis] for axis in AXES])
    inverse = np.linalg.inv(level.affine)
    voxel = np.round(inverse[:3, :3] @ world + inverse[:3, 3]).astype(int)
    height = level.mask.shape[2] // n_maps
    number, voxel[2] = divmod(int(voxel[2]), height)
    world = level.affine[:3, :3] @ voxel + level.affine[:3, 3]
    row |= dict(zip(AXES, np.round(world, 6).tolist(), strict=True))
    return row | {"map": number + 1, "region": atlas.name_at(world)}
