import nibabel as nib
import numpy as np
import pytest

from scan2map.figures.mosaics import (
    COLOURS,
    Row,
    choose_slices,
    corrected_row,
    draw_t_mosaic,
)
from scan2map.figures.style import write_png
from scan2map.images import MNI_CENTRE, analysis_grid

GRID = analysis_grid(MNI_CENTRE, (24, 28, 24), 8.0)


def ball(centre, radius):
    """Return a mask on the grid."""
    voxels = np.stack(np.meshgrid(*map(np.arange, (24, 28, 24)), indexing="ij"), -1)
    world = voxels @ GRID[:3, :3].T + GRID[:3, 3]
    inside = ((world - np.array(centre)) ** 2).sum(-1) < radius**2
    return nib.Nifti1Image(inside.astype("f4"), GRID)


def times(image, factor):
    return nib.Nifti1Image(image.get_fdata().astype("f4") * np.float32(factor), GRID)


def row_of(t):
    """Return the row of a t map of which what is beyond 5 is significant."""
    data = t.get_fdata(dtype="f4")
    significant = nib.Nifti1Image(np.where(np.abs(data) > 5, data, 0), GRID)
    return Row("pre", t, significant, 5.0)


@pytest.fixture
def brain():
    return ball((0, -18, 18), 70)


def texts(figure):
    """Return everything that is written in a figure."""
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_slices_pass_through_the_planted_region(brain):
    cuts = choose_slices(brain, [ball((-24, 6, 30), 14)])
    middle = {axis: [p for a, p in cuts if a == axis] for axis in (1, 2)}
    assert any(abs(p - 30) < 4 for p in middle[2])
    assert any(abs(p - 6) < 4 for p in middle[1])


def test_slices_are_the_same_for_every_metric_and_in_order(brain):
    cuts = choose_slices(brain)
    assert cuts == choose_slices(brain)
    assert [a for a, _ in cuts] == [2] * 6 + [1] * 2
    assert sorted(p for a, p in cuts if a == 2) == [p for a, p in cuts if a == 2]


def test_a_row_with_nothing_above_threshold_says_so(brain):
    figure = draw_t_mosaic([row_of(times(brain, 2))], brain, brain, title="MD")
    assert "nothing significant" in texts(figure) and "max |t| = 2.00" in texts(figure)


def test_voxels_above_threshold_are_counted_with_either_sign(brain):
    t = times(ball((-24, -18, 18), 10), -7)
    count = int((t.get_fdata() < -5).sum())
    figure = draw_t_mosaic([row_of(t)], brain, brain, title="MD")
    assert f"{count} voxels significant" in texts(figure)


def test_a_positive_t_on_the_left_is_red_on_the_left(brain):
    figure = draw_t_mosaic(
        [row_of(times(ball((-30, -18, 18), 16), 6))], brain, brain, title="MD"
    )
    overlays = [a.images[1] for a in figure.axes if len(a.images) == 2]
    shown = max((o.get_array() for o in overlays[:6]), key=lambda a: a[..., 3].sum())
    assert np.nonzero(shown[..., 3])[1].mean() < shown.shape[1] / 2
    row, column = np.unravel_index(shown[..., 3].argmax(), shown.shape[:2])
    assert shown[row, column, 0] > shown[row, column, 2]
    assert COLOURS(1.0)[0] > COLOURS(1.0)[2]


def test_a_correction_of_clusters_has_no_threshold_of_t(brain):
    summary = {
        "Statistic": "F",
        "DegreesOfFreedom": [2, 30],
        "Threshold": {"voxels": 9},
    }
    one = corrected_row("pre", times(brain, 2), times(brain, 0), summary)
    figure = draw_t_mosaic([one], brain, brain, title="MD")
    written = texts(figure)
    assert "max F = 2.00" in written and "2, 30 degrees of freedom" in written
    assert not any(text.startswith("F >") for text in written)


def test_a_map_of_zeros_can_be_drawn(brain, tmp_path):
    figure = draw_t_mosaic([row_of(times(brain, 0))], brain, brain, title="MD")
    write_png(figure, tmp_path / "t.png", dpi=40)
    assert (tmp_path / "t.png").stat().st_size > 0


def test_planted_regions_are_named_in_a_row_of_their_own(brain):
    truth = ("local", ball((-24, 6, 30), 14))
    figure = draw_t_mosaic([row_of(times(brain, 2))], brain, brain, [truth], title="MD")
    assert "planted" in texts(figure) and "\N{BLACK SQUARE} local" in texts(figure)


def test_an_empty_planted_region_is_refused(brain):
    with pytest.raises(ValueError, match="ground-truth mask is empty"):
        choose_slices(brain, [times(brain, 0)])
