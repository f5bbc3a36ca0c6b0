import nibabel as nib
import numpy as np
import pandas as pd
import pytest

from scan2map.figures.ranking import draw_ranking, ranked_rows

GRID = np.diag([8.0, 8.0, 8.0, 1.0])


@pytest.fixture
def ranking():
    """Return a ranking in which no network saw component 2."""
    return pd.DataFrame(
        {
            "component": [3, 1, 2],
            "importance": [4e-4, 1e-4, 0.0],
            "sd": [1e-4, 1e-4, 0.0],
            "networks": [8, 5, 0],
        }
    )


@pytest.fixture
def components():
    labels = ["default_mode", "", np.nan]
    return pd.DataFrame({"component": [1, 2, 3], "label": labels})


@pytest.fixture
def maps():
    """Return three volumes; the n-th is n everywhere in the brain."""
    data = np.zeros((12, 12, 12, 3), dtype=np.float32)
    data[2:10, 2:10, 2:10] = [1, 2, 3]
    return nib.Nifti1Image(data, GRID)


@pytest.fixture
def brain(maps):
    return nib.Nifti1Image(maps.get_fdata(dtype="f4")[..., 0], GRID)


def draw(ranking, components, maps, brain):
    return draw_ranking(
        ranking, components, maps, background=brain, mask=brain, title="ASC"
    )


def test_bars_are_named_and_the_largest_is_on_top(ranking, components, maps, brain):
    axes = draw(ranking, components, maps, brain).axes[0]
    names = [tick.get_text() for tick in axes.get_yticklabels()]
    assert names == ["IC 3", "IC 1 default mode"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_it_says_how_many_networks_saw_each(ranking, components, maps, brain):
    axes = draw(ranking, components, maps, brain).axes[0]
    assert [text.get_text() for text in axes.texts] == ["networks", "8", "5"]


def test_a_ranking_of_nothing_is_refused(ranking, components, maps, brain):
    with pytest.raises(ValueError, match="no component that a network saw"):
        draw(ranking.assign(networks=0), components, maps, brain)


def summary(threshold):
    return {
        "Statistic": "T",
        "DegreesOfFreedom": [1, 40],
        "Threshold": {"statistic": threshold},
    }


def test_t_maps_are_those_of_the_ranked_components(ranking, components, maps):
    rows = ranked_rows(maps, maps, summary(6.4), ranking, components)
    assert [row.label for row in rows] == ["IC 3", "IC 1 default mode"]
    assert [row.t.get_fdata().max() for row in rows] == [3, 1]
    assert rows[0].threshold == 6.4 and rows[0].note == "40 degrees of freedom"


def test_bold_itself_has_one_map(ranking, maps):
    rows = ranked_rows(maps, maps, summary(9), ranking[1:2])
    assert [row.label for row in rows] == ["all volumes"]
