"""A sentence of an error is for a person's eyes: nothing in it may steer the terminal."""

from pathlib import Path

from monitor.errors import DecodeError, RecordingError, SettingsError


def test_control_characters_from_outside_become_question_marks() -> None:
    told = str(RecordingError(Path("run\x1b[31m"), "the sensor calls itself 'a\x07b\u202ec'"))
    assert told.endswith("run?[31m: the sensor calls itself 'a?b?c'")


def test_lines_letters_and_narrow_spaces_stay() -> None:
    assert str(DecodeError(3, "5\u00a0Übungen\nund mehr", "✓")) == "byte 3: expected 5\u00a0Übungen\nund mehr, got ✓"


def test_an_option_is_not_called_a_setting() -> None:
    assert str(SettingsError("--rate", "is no number")) == "option '--rate': is no number"
    assert str(SettingsError("road.on_deg", "is no number")) == "setting 'road.on_deg': is no number"
