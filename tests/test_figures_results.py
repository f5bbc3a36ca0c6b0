"""The page of results says what was found, by which correction, and shows it."""

import re

import nibabel as nib
import numpy as np
import pytest

from scan2map.figures.results import draw_result, embed, largest_map, results_page
from scan2map.figures.style import write_png
from scan2map.figures.tail import draw_tail
from scan2map.statistics.analysis import CLUSTERS, TABLE
from scan2map.statistics.tail import fit_tail

AFFINE = np.diag([6.0, 6.0, 6.0, 1.0])
AFFINE[:3, 3] = -90, -110, -60
SUMMARY = {
    "Statistic": "T",
    "DegreesOfFreedom": [1, 14],
    "Design": "two-sample",
    "Images": 16,
    "Participants": 16,
    "Columns": ["control", "patient"],
    "DesignMatrix": [[1, 0], [0, 1]] * 8,
    "Weights": [[-1, 1]],
    "ClusterForming": {"p": 0.001, "threshold": 3.79},
    "FWHM_mm": [8.0, 8.0, 8.0],
    "SearchVolume_voxels": 1000,
    "SearchVolume_mm3": 216000.0,
    "SearchVolume_resels": 421.9,
    "Thresholds": {"0.05": {"fwe": 6.5}},
    "Sets": {"+": {"p": 0.02, "clusters": 1}, "-": {"p": None, "clusters": 0}},
}
CORRECTION = {
    "Correction": "permutation-max-t",
    "Statistic": "T",
    "Alpha": 0.05,
    "Tails": "two",
    "Threshold": {"statistic": 5.5},
    "SignificantVoxels": 27,
    "Permutation": {
        "null": "maps",
        "exchange": "labels",
        "exhaustive": False,
        "arrangements": 5001,
    },
}


def brain():
    voxels = np.stack(np.indices((30, 36, 30)), -1) - (15, 18, 15)
    inside = (voxels**2).sum(-1) < 13**2
    return nib.Nifti1Image(inside.astype(np.float32), AFFINE)


def blob(value):
    """Return a map with a cube on the participant's left."""
    data = np.zeros((30, 36, 30), dtype=np.float32)
    data[6:9, 16:19, 14:17] = value
    return nib.Nifti1Image(data, AFFINE)


def rows(columns, **cells):
    return [dict.fromkeys(columns) | {"map": 1} | cells]


def page(correction=CORRECTION, clusters=None, summary=SUMMARY):
    row = rows(CLUSTERS, sign="+", voxels=27, p=0.0002, value=7.1)
    part = {
        "name": "groups",
        "summary": summary,
        "picture": "<img>",
        "table": rows(TABLE, sign="+", voxels=27, cluster_p_fwe=0.0123, value=7.1),
        "corrections": [(correction, row if clusters is None else clusters)],
    }
    return results_page("pre: MD", [part], ["approximate"])


def test_the_page_says_what_is_significant_and_how():
    written = page()
    assert "permutation-max-t: 27 significant voxels" in written
    assert "participants exchanged, 5001 arrangements" in written
    assert "set-level p = 0.02" in written and "0.012" in written
    assert "&lt; 0.001" in written and "approximate" in written


def test_nothing_significant_is_said():
    written = page(CORRECTION | {"SignificantVoxels": 0}, [])
    assert "nothing significant" in written and "No cluster" in written


def test_too_few_degrees_of_freedom_are_why_there_is_no_p():
    sets = {"+": {"p": None, "clusters": 1}, "-": {"p": None, "clusters": 0}}
    written = page(summary=SUMMARY | {"DegreesOfFreedom": [1, 4], "Sets": sets})
    assert "From 4 degrees of freedom no smoothness can be estimated" in written
    assert "set-level" not in written and "resels" not in written


def test_empty_columns_are_left_out():
    assert "<th>region</th>" not in page() and "<th>map</th>" not in page()
    named = {"region": "hippocampus"} | {"sign": "+", "voxels": 3, "p": 0.01}
    assert "hippocampus" in page(clusters=rows(CLUSTERS, map=2, value=5.0, **named))


def test_a_tail_is_told_and_drawn(rng):
    values = rng.normal(size=(60, 500)).max(1)
    tail = fit_tail(values)._asdict()
    about = {"null": "models", "arrangements": 61, "tail": tail}
    about["values"] = values.tolist()
    written = page(CORRECTION | {"Permutation": about})
    assert "trained on permuted labels 60 times, Pareto tail" in written
    assert "data:image/png" in written
    line = draw_tail(about).axes[0].lines[1]
    assert np.corrcoef(line.get_xdata(), line.get_ydata())[0, 1] > 0.9


def test_a_positive_effect_on_the_left_is_red_on_the_left(tmp_path):
    figure = draw_result(blob(7), blob(7), SUMMARY, brain(), brain())
    write_png(figure, tmp_path / "r.png")
    coronal = figure.subfigs[0].axes[1]
    colours = coronal.images[-1].get_array()
    shown = np.argwhere(colours[..., 3] > 0)
    left, right, *_ = coronal.images[-1].get_extent()
    x = left + (shown[:, 1] + 0.5) / colours.shape[1] * (right - left)
    assert (x < 0).all() and len(x)
    red, _, blue = colours[tuple(shown[0])][:3]
    assert red > blue


def test_the_map_with_the_largest_value_is_shown():
    data = np.stack([blob(2).get_fdata(), blob(-9).get_fdata()], axis=-1)
    several = nib.Nifti1Image(data.astype(np.float32), AFFINE)
    statistic, *_ = largest_map(several, several, several)
    assert statistic.get_fdata().min() == -9


def test_a_sign_that_is_not_looked_at_is_not_shown():
    both = nib.Nifti1Image(blob(3).get_fdata(dtype="f4") - 1, AFFINE)
    shown, *_ = largest_map(both, both, both, "positive")
    assert shown.get_fdata().min() == 0 and shown.get_fdata().max() == 2


def test_images_that_depend_on_each_other_have_no_p_by_random_fields():
    part = {"name": "c", "picture": "", "corrections": []}
    part |= {"summary": SUMMARY | {"Participants": 8}}
    part |= {"table": []}
    assert "not independent" in results_page("x", [part], [])


def test_pictures_are_inside_of_the_page(rng):
    figure = draw_result(blob(7), blob(0), SUMMARY, brain(), brain())
    assert re.match(
        r'<img alt="" style=".*" src="data:image/png;base64,', embed(figure)
    )


@pytest.mark.parametrize("statistic", ["T", "F"])
def test_degrees_of_freedom_are_those_of_the_statistic(statistic):
    part = {
        "name": "c",
        "summary": SUMMARY | {"Statistic": statistic},
        "picture": "",
        "table": [],
        "corrections": [],
    }
    written = results_page("x", [part], [])
    told = {"T": "T, 14 degrees of freedom", "F": "F, 1 and 14 degrees of freedom"}
    assert told[statistic] in written
