import pytest

from scan2map.cohort import phantom_cohort
from scan2map.figures.cohort import draw_cohort, left_out

GROUPS = ["control", "patient"]


@pytest.fixture
def sessions():
    return phantom_cohort({"control": 6, "patient": 5}, seed=1)


def written(figure):
    """Return everything that is written outside of the panels."""
    return "\n".join(text.get_text() for part in figure.subfigs for text in part.texts)


def test_everybody_left_out_is_named_with_the_reason(sessions):
    sessions[2]["exclude"] = "moved 4 mm"
    figure = draw_cohort(sessions, GROUPS, title="phantom")
    assert left_out(sessions) == [("control003", "1", "moved 4 mm")]
    assert "sub-control003, ses-1: moved 4 mm" in written(figure)
    assert "10 participants, 10 sessions analysed, 1 left out" in figure.get_suptitle()


def test_a_complete_cohort_says_that_nobody_was_left_out(sessions):
    assert "No session was left out." in written(
        draw_cohort(sessions, GROUPS, title="p")
    )


def test_many_sessions_left_out_are_counted_by_reason():
    sessions = phantom_cohort({"control": 60, "patient": 5}, seed=1)
    for row in sessions[:50]:
        row["exclude"] = "no b = 0 volume"
    figure = draw_cohort(sessions, GROUPS, title="phantom")
    assert "50 sessions: no b = 0 volume" in written(figure)


def test_a_participant_with_two_sessions_is_one_point(sessions):
    again = dict(sessions[0], session_id="2")
    figure = draw_cohort([*sessions, again], GROUPS, title="phantom")
    assert "11 participants, 12 sessions" in figure.get_suptitle()
