"""A sentence of an error is for a person's eyes: nothing in it may steer the terminal."""

from pathlib import Path

from monitor.errors import DecodeError, RecordingError


def test_control_characters_from_outside_become_question_marks() -> None:
    told = str(RecordingError(Path("run\x1b[31m"), "the sensor calls itself 'a\x07b\u202ec'"))
    assert told.endswith("run?[31m: the sensor calls itself 'a?b?c'")


def test_lines_letters_and_narrow_spaces_stay() -> None:
    assert str(DecodeError(3, "5\u00a0Übungen\nund mehr", "✓")) == "byte 3: expected 5\u00a0Übungen\nund mehr, got ✓"
