"""Tables of an analysis: signs, maps side by side, regions, facts beside a map."""

import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from scan2map.contrasts import Contrast
from scan2map.designs import cohort_design
from scan2map.statistics import Asked, correct
from scan2map.statistics.analysis import (
    CLUSTERS,
    TABLE,
    contrast_map,
    describe_correction,
    describe_test,
    fit_analysis,
    has_random_fields,
    permuting_of,
    significant_clusters,
    tabulate_contrast,
)
from scan2map.statistics.regions import Atlas
from scan2map.statistics.stacks import stack_images
from scan2map.statistics.tables import read_rows, write_rows

SHAPE, AFFINE = (14, 15, 13), np.diag([3.0, 3.0, 3.0, 1.0])
AFFINE[:3, 3] = -20, -25, -10
ASKED = {
    "design": "two-sample",
    "groups": [],
    "sessions": "average",
    "regressor": None,
    "covariates": [],
    "variance": "equal",
    "global": {"value": "mean", "normalisation": "none", "grand_mean": None},
    "alpha": 0.05,
    "tails": "two",
    "cluster_forming_p": 0.001,
    "permutations": 99,
    "tfce": {"extent": 0.5, "height": 2.0, "connectivity": 6},
}
ROWS = [
    {"participant_id": f"p{i}", "session_id": "1", "group": "ab"[i % 2]}
    for i in range(16)
]
EFFECTS = {1: ((3, 3, 3), (7, 7, 7)), 3: ((8, 3, 4), (12, 7, 9))}
"""Where the first and the third map differ between groups: voxels."""

DESIGN = cohort_design(ROWS, ASKED, ("a", "b"))


@pytest.fixture
def level(rng, tmp_path):
    """A model of three maps per person: up in the first, nothing, down in the third."""
    noise = rng.normal(size=(16, *SHAPE, 3))
    images = gaussian_filter(noise, (0, 1.2, 1.2, 1.2, 0)) * 5
    images[1::2, 3:7, 3:7, 3:7, 0] += 4
    images[..., 1] = 0
    images[1::2, 8:12, 3:7, 4:9, 2] -= 4
    stack = stack_images(images, 16, tmp_path / "stack.npy")
    return fit_analysis(stack.data, stack.mask, AFFINE, DESIGN, ASKED, stack.globals)


@pytest.fixture
def contrast(level):
    return contrast_map(level, Contrast("T", [[-1.0, 1.0]]))


def test_both_signs_are_listed_with_their_map_and_its_coordinates(level, contrast):
    rows, sets = tabulate_contrast(level, contrast, Asked(), 500, n_maps=3)
    heads = [row for row in rows if row["voxels"] is not None]
    found = {(row["map"], row["sign"]) for row in heads}
    assert found == {(1, "+"), (3, "-")} and sets["+"]["clusters"] == 1
    for row in heads:
        assert list(row) == list(TABLE) and row["volume_mm3"] == 27 * row["voxels"]
        voxel = np.array([row[a] for a in ("x_mm", "y_mm", "z_mm")]) - AFFINE[:3, 3]
        low, high = (
            ((3, 3, 3), (7, 7, 7)) if row["map"] == 1 else ((8, 3, 4), (12, 7, 9))
        )
        assert (voxel / 3 >= low).all() and (voxel / 3 < high).all()
        assert (row["value"] > 0) == (row["sign"] == "+")


def test_four_degrees_of_freedom_have_no_random_fields(rng, tmp_path):
    images = gaussian_filter(rng.normal(size=(7, *SHAPE)), (0, 1, 1, 1))
    for n, answer in ((6, False), (7, True)):
        design = cohort_design(ROWS[:n], ASKED, ("a", "b"))
        stack = stack_images(images[:n], n, tmp_path / "stack.npy")
        level = fit_analysis(stack.data, stack.mask, AFFINE, design, ASKED, None)
        tested = contrast_map(level, Contrast("T", [[-1.0, 1.0]]))
        assert has_random_fields(design, tested) is answer


def test_images_of_one_participant_have_no_random_fields(contrast):
    assert has_random_fields(DESIGN, contrast)
    twice = [f"p{i // 2}" for i in range(16)]
    assert not has_random_fields(DESIGN._replace(participants=twice), contrast)


def test_significant_clusters_are_those_of_the_corrected_map(level, contrast):
    corrected = correct("bonferroni", level, contrast)
    rows = significant_clusters(level, contrast, corrected, Asked(), n_maps=3)
    assert {(row["map"], row["sign"]) for row in rows} == {(1, "+"), (3, "-")}
    assert sum(row["voxels"] for row in rows) == (corrected.p <= 0.05).sum()
    assert min(row["p"] for row in rows) == pytest.approx(corrected.p.min())
    assert list(rows[0]) == list(CLUSTERS)


def test_a_peak_has_the_name_of_its_region(level, contrast):
    labels = np.zeros(SHAPE, int)
    labels[:8] = 7
    atlas = Atlas(labels, AFFINE, {7: "left half"})
    rows, _ = tabulate_contrast(level, contrast, Asked(), 500, 3, atlas)
    named = {row["map"]: row["region"] for row in rows}
    assert named == {1: "left half", 3: ""}


def test_the_file_beside_a_map_says_what_it_is(level, contrast):
    _, sets = tabulate_contrast(level, contrast, Asked(), 0, 3)
    said = describe_test(level, contrast, DESIGN, sets, ASKED, "mm^2/s")
    json.dumps(said, allow_nan=False)
    assert said["DegreesOfFreedom"] == [1, 14] and said["Images"] == 16
    assert said["FWHM_mm"] == pytest.approx(3 * level.smoothness.fwhm)
    assert said["SearchVolume_voxels"] == level.mask.sum() == 2 * np.prod(SHAPE)
    assert said["EffectUnits"] == "mm^2/s" and said["EffectSize"] == "hedges_g"


def test_the_file_beside_a_corrected_map_says_how(level, contrast):
    permuting = permuting_of(ASKED, "labels", DESIGN, seed=1, threads=1)
    corrected = correct("permutation-cluster", level, contrast, permuting=permuting)
    said = describe_correction("permutation-cluster", corrected, contrast, ASKED, [])
    json.dumps(said, allow_nan=False)
    assert said["Permutation"]["arrangements"] == 100
    assert said["Threshold"]["voxels"] > 0 and said["SmallestP"] == 0.01


def test_the_global_mean_becomes_a_regressor_of_no_interest(level, rng):
    asked = ASKED | {"global": ASKED["global"] | {"normalisation": "ancova"}}
    values = rng.normal(5, 1, 16)
    with_global = fit_analysis(level.data, level.mask, AFFINE, DESIGN, asked, values)
    assert with_global.columns == ["a", "b", "global"] and with_global.model.df == 13
    contrast = contrast_map(with_global, Contrast("T", [[-1.0, 1.0]]))
    assert contrast.weights.tolist() == [[-1, 1, 0]]


def test_a_table_is_read_as_it_was_written(tmp_path):
    rows = [{"map": 1, "sign": "-", "voxels": None, "value": -2.5, "region": None}]
    write_rows(rows, list(rows[0]), tmp_path / "clusters.tsv")
    assert read_rows(tmp_path / "clusters.tsv") == rows
