"""The folder with a person's own voice: what is used, what is not, and why, in few words."""

import os
import shutil
from pathlib import Path

import pytest

from monitor.outputs.clips import BUILT_IN
from monitor.outputs.own_clips import MOST_FILES, MOST_LISTED, look_into
from monitor.outputs.phrases import Clip
from monitor.outputs.pieces import Piece


def put(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copy(BUILT_IN / "good.wav", folder / name)


def test_no_folder_and_an_empty_one_are_nothing_to_talk_about(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        found = look_into(folder)
        assert (found.used, found.problems, found.to_hear, found.line) == ((), (), None, "")


def test_a_file_in_place_of_the_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "clips").write_text("x")
    assert look_into(tmp_path / "clips").line == ""


def test_what_is_used_and_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    put(tmp_path, "good.wav", "say_five.wav")
    (tmp_path / "lean.wav").write_bytes(b"RIFF")
    (tmp_path / "relax.wav").mkdir()
    found = look_into(tmp_path)
    assert found.used == (Clip.GOOD, Piece.FIVE)
    assert found.to_hear is Clip.GOOD
    assert found.line == (
        "In use: good.wav, say_five.wav. lean.wav: is not a WAV file; save it as WAV, 16-bit PCM. The built-in voice "
        "is used. relax.wav: is not a file. The built-in voice is used."
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [("shoulder.wav", "; did you mean shoulders.wav?"), ("Good.mp3", "; did you mean good.wav?"), ("holiday.wav", ".")],
)
def test_a_typing_error_is_not_silence_without_a_reason(tmp_path: Path, name: str, meant: str) -> None:
    put(tmp_path, name)
    assert look_into(tmp_path).line == f"{name}: no sound goes by that name{meant}"


def test_hidden_files_are_nobodys_business(tmp_path: Path) -> None:
    put(tmp_path, ".DS_Store")
    assert look_into(tmp_path).line == ""


def test_a_folder_full_of_other_things_stays_a_short_line(tmp_path: Path) -> None:
    for i in range(MOST_FILES + 20):
        (tmp_path / f"IMG{i:05}.jpg").touch()
    put(tmp_path, *(f"{clip.value}.wav" for clip in Clip))
    line = look_into(tmp_path).line
    assert f"and {len(Clip) - MOST_LISTED} more" in line
    assert line.count("no sound goes by that name") == MOST_LISTED
    assert line.endswith("more files there are not used.")


def test_a_name_cannot_write_over_the_screen(tmp_path: Path) -> None:
    put(tmp_path, "a\n\x1b[2Jb.wav")
    assert look_into(tmp_path).line.isprintable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir(mode=0o000)
    assert "cannot be read" in look_into(tmp_path / "clips").line
