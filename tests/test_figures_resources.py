import numpy as np
import pandas as pd
import pytest
from PIL import Image

from scan2map.figures.resources import draw_resources, resource_rows, resources_page
from scan2map.figures.style import write_png
from scan2map.resources import use_of_rules

RULES = [
    {
        "rule": "convert_dicom",
        "benchmark": "1_bids/convert_dicom/{subject}.tsv",
        "threads": 1,
        "mem_mb": 3000,
        "runtime": 30,
    },
    {
        "rule": "train_fold",
        "benchmark": "6_folds/train_fold/{fold}.tsv",
        "threads": 2,
        "mem_mb": 4000,
        "runtime": 600,
        "gpu": 1,
    },
]


@pytest.fixture
def table():
    jobs = pd.DataFrame(
        {
            "rule": ["1_bids/convert_dicom"] * 2 + ["6_folds/train_fold"],
            "seconds": [60.0, 90.0, 7200.0],
            "cpu_seconds": [50.0, np.nan, 14000.0],
            "memory_mb": [500.0, np.nan, 5000.0],
        }
    )
    return use_of_rules(jobs, RULES)


def test_each_stage_has_its_sums_above_its_rules(table):
    rows = resource_rows(table)
    assert list(rows["rule"]) == [
        "1 bids", "convert_dicom", "6 folds", "train_fold", "all",
    ]  # fmt: skip
    assert list(rows["jobs"]) == ["2", "2", "1", "1", "3"]
    assert rows["GPU-hours"].iloc[-1] == "2.000"
    assert rows.loc[3, "longest"] == "120 min" and rows.loc[1, "longest"] == "90 s"


def test_the_page_holds_the_block_for_a_profile(table):
    page = resources_page(table, 'set-resources:\n  a:\n    mem_mb: "1"\n', "study <1>")
    assert "study &lt;1&gt;" in page and "<pre>set-resources:\n  a:" in page


def test_memory_beyond_what_was_asked_for_has_a_colour_of_its_own(table, tmp_path):
    colours = []
    for highest in (5000.0, 3500.0):
        table.loc[1, "memory_mb"] = highest
        write_png(draw_resources(table), tmp_path / "resources.png")
        pixels = np.asarray(Image.open(tmp_path / "resources.png")).astype(int)
        right = pixels[:, pixels.shape[1] * 3 // 5 :]
        orange = (right[..., 0] - right[..., 2] > 150).sum()
        colours.append(orange)
    assert colours[0] > 500 and colours[1] == 0
