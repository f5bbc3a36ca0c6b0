"""Mosaics of activation maps, and the page of regions."""

import numpy as np
import pytest

from scan2map.figures.activation import Layer, draw_activation, group_rows
from scan2map.figures.regions import regions_page, write_mean
from scan2map.nifti import nib

AFFINE = np.diag([6.0, 6.0, 6.0, 1.0])
AFFINE[:3, 3] = [-57, -70, -50]


def image(data):
    return nib.Nifti1Image(np.asarray(data, np.float32), AFFINE)


@pytest.fixture
def brain():
    mask = np.zeros((20, 24, 20))
    mask[3:17, 3:21, 3:17] = 1
    return image(mask)


def front_ball():
    """Something in the front, high up, on the right."""
    data = np.zeros((20, 24, 20))
    data[11:16, 16:20, 12:16] = 1
    return data


def test_a_map_in_front_is_drawn_at_the_right_of_slices_of_the_right(brain):
    figure = draw_activation(
        [Layer("CAM", image(front_ball()), "cam")], brain, brain, title="one"
    )
    panels = figure.axes[:7]
    shown = [axes.get_images()[1].get_array()[..., 3] for axes in panels]
    found = [plane.max() > 0.5 for plane in shown]
    assert found == sorted(found) and found[-1] and not found[3]
    rows, columns = np.nonzero(shown[-1] > 0.5)
    assert columns.mean() > shown[-1].shape[1] / 2  # front
    assert rows.mean() > shown[-1].shape[0] / 2  # up: the first row is the lowest
    assert all(axes.get_images()[1].origin == "lower" for axes in panels)


def test_nothing_is_drawn_outside_the_brain(brain):
    figure = draw_activation(
        [Layer("CAM", image(np.ones((20, 24, 20))), "cam")], brain, brain, title="one"
    )
    opaque = figure.axes[3].get_images()[1].get_array()[..., 3] > 0.5
    assert opaque.any() and not opaque[[0, -1]].any() and not opaque[:, [0, -1]].any()


def test_gradients_and_differences_have_a_scale_around_0_and_others_start_there(brain):
    data = front_ball()
    rows = [
        Layer("CAM", image(data), "cam"),
        Layer("gradient", image(-2 * data), "gradient"),
        Layer("difference", image(0.5 * data), "cam", difference=True),
    ]
    figure = draw_activation(rows, brain, brain, title="three")
    limits = [axes.get_ylim() for axes in figure.axes[7::8]]  # the last of each row
    np.testing.assert_allclose(limits, [(0, 1), (-2, 2), (-0.5, 0.5)])


def test_two_groups_share_a_scale_and_their_difference_has_its_own(brain):
    data = front_ball()
    images = [image(data), image(3 * data), image(2 * data)]
    images[0].get_fdata(dtype=np.float32)[0] = 9  # outside the brain
    rows = group_rows(images, ["control", "patient"], "cam", brain)
    assert [row.largest for row in rows] == [3, 3, None]
    assert [row.is_signed for row in rows] == [False, False, True]
    assert rows[2].label == "patient minus\ncontrol"


def test_a_map_that_is_0_everywhere_says_so(brain):
    rows = [Layer("Grad-CAM", image(np.zeros((20, 24, 20))), "gradcam")]
    figure = draw_activation(rows, brain, brain, title="nothing")
    assert "0 everywhere" in [text.get_text() for text in figure.axes[0].texts]


def test_one_voxel_far_from_all_others_does_not_pale_them(brain, rng):
    data = rng.normal(size=(20, 24, 20))
    data[10, 12, 10] = 1000
    figure = draw_activation(
        [Layer("a", image(data), "gradient")], brain, brain, title=""
    )
    assert 2 < figure.axes[7].get_ylim()[1] < 4


def test_planted_regions_are_drawn_above_and_around(brain):
    rows = [Layer("CAM", image(np.zeros((20, 24, 20))), "cam")]
    plain = draw_activation(rows, brain, brain, title="a")
    truths = [("shrunken", image(front_ball()))]
    planted = draw_activation(rows, brain, brain, truths, title="a")
    assert len(planted.axes) == 2 * len(plain.axes) == 16
    assert sum(len(axes.collections) for axes in plain.axes[:7]) == 0
    assert sum(len(axes.collections) for axes in planted.axes[8:15]) > 0


def row(region, group, mean, kind="cam"):
    about = {"index": len(region), "region": region, "voxels": 4, "group": group}
    return {"map": kind} | about | {"participants": 2, "mean": mean, "sd": 0.1}


def test_the_page_lists_regions_by_their_largest_mean_and_says_the_difference():
    rows = [
        *[row("pons", "control", 0.1), row("pons", "patient", 0.2)],
        *[row("thalamus", "control", -0.9), row("thalamus", "patient", 0.1)],
    ]
    page = regions_page(rows, ["control", "patient"], "white matter")
    assert page.index("thalamus") < page.index("pons")
    assert "<h2>CAM</h2>" in page and "patient minus control" in page
    assert "<td>\N{MINUS SIGN}0.9 (0.1)</td>" in page and "<td>1</td>" in page


def test_a_mean_of_one_participant_has_no_standard_deviation():
    assert write_mean(0.12345) == "0.123"
