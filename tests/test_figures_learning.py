import pandas as pd
import pytest

from scan2map.figures.learning import draw_learning_curves, kept_epoch


def history(**columns):
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"epoch": range(1, n + 1), **columns})


def labelled(axes):
    """Return {label: line} of what the legend names."""
    return {line.get_label(): line for line in axes.lines if line.get_label()[0] != "_"}


def test_each_training_is_a_line_beside_their_median():
    losses = [3, 2, 1], [4, 3, 2], [5, 3, 3]
    histories = [history(loss=loss, accuracy=[0.5, 0.6, 0.7]) for loss in losses]
    axes = draw_learning_curves(histories, title="pre").axes[0]
    assert list(labelled(axes)["learnt from, median"].get_ydata()) == [4, 3, 2]
    assert len(axes.lines) == 4


def test_the_median_ends_where_fewer_than_half_of_the_trainings_go_on():
    losses = [3, 2, 1, 1, 1], [4, 3, 2], [5]
    figure = draw_learning_curves([history(loss=loss) for loss in losses], title="pre")
    assert list(figure.axes[0].lines[-1].get_xdata()) == [1, 2, 3]


def test_the_kept_epoch_is_marked_on_the_curve_of_the_people_watched():
    trainings = [
        history(cross_entropy=[0.9, 0.5, 0.3], val_cross_entropy=watched)
        for watched in ([0.8, 0.6, 0.7], [0.5, 0.6, 0.9])
    ]
    lines = labelled(draw_learning_curves(trainings, title="pre").axes[0])
    assert lines["watched, weights kept"].get_xydata().tolist() == [[2, 0.6], [1, 0.5]]


def test_of_equally_good_epochs_the_first_is_kept():
    assert kept_epoch(history(val_cross_entropy=[0.9, 0.5, 0.7, 0.5])) == 1


def test_nothing_is_marked_where_no_one_was_watched():
    axes = draw_learning_curves([history(accuracy=[0.5, 0.8])], title="pre").axes[0]
    assert list(labelled(axes)) == ["learnt from, median"]


def test_a_training_that_starts_far_off_does_not_flatten_the_others():
    trainings = [
        history(cross_entropy=[0.7, 0.5], val_cross_entropy=[first, 0.6])
        for first in (0.7, 0.8, 90)
    ]
    axes = draw_learning_curves(trainings, title="pre").axes[0]
    assert axes.get_ylim()[1] < 3


def test_no_history_is_refused():
    with pytest.raises(ValueError, match="no training history"):
        draw_learning_curves([], title="pre")
