"""What a log says last is told in one line."""

import pytest

from scan2map.logs import STOPPED, last_error

TRACE = """10:00 started
Traceback (most recent call last):
  File "a.py", line 1, in <module>
    fail()
{}
"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ValueError: the scan is bent:\n- cut off\n- empty\nmend it",
         "the scan is bent: - cut off - empty mend it"),
        ("zlib.error: Error -3 while decompressing", "zlib.error: Error -3 while"),
        ("numpy.linalg.LinAlgError: Singular matrix", "numpy.linalg.LinAlgError: S"),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
    ],
)  # fmt: skip
def test_of_any_kind_of_error_the_sentence_is_found(said, told):
    assert last_error(TRACE.format(said)).startswith(told)


def test_the_last_of_several_errors_is_told():
    text = TRACE.format("KeyError: 'a'") + "\nDuring handling of this:\n\n"
    assert last_error(text + TRACE.format("ValueError: no a")) == "no a"


def test_being_stopped_is_told_and_silence_is_nothing():
    assert last_error("10:00 started\n" + STOPPED).startswith("stopped from outside")
    assert last_error("10:00 started\n10:01 5 sessions\n") == ""
