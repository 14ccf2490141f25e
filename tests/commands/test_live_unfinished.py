"""Recordings that were never closed: the newest is named once, in one line; nothing else in the folder is."""

from __future__ import annotations

import os
import sqlite3
import time

import numpy as np
import pytest
from simulated_log import head_info

from monitor.commands import unfinished
from monitor.commands.unfinished import LOOKED_AT, TOLD, unfinished_line
from monitor.recording.reader import open_recording
from monitor.recording.store import RunFile
from monitor.settings import Settings
from monitor.values import Mode, PacketBlock, RunInfo

INFO = head_info("table", 50.0)


def recording(folder, name, *, closed=False, empty=False, age_s=3600.0):
    path = folder / f"{name}.headsup"
    file = RunFile(path)
    file.add_head(RunInfo(name, "2026-01-01T00:00:00+00:00", Mode.ROAD, True, "0"), Settings().to_json(), "")
    file.add_sensor(INFO, 0)
    if not empty:
        file.add_packets(PacketBlock("head", np.array([1]), np.array([56]), bytes(56)), 10**9)
    file.commit()
    if closed:
        file.finish(2)
    file.release()
    then_s = time.time() - age_s
    os.utime(path, (then_s, then_s))
    return path


def test_no_folder_and_an_empty_one_have_nothing_to_tell(tmp_path):
    assert unfinished_line(tmp_path / "runs") == ""
    assert unfinished_line(tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_closed_empty_and_foreign_files_are_not_told_of(tmp_path):
    recording(tmp_path, "closed", closed=True)
    recording(tmp_path, "nothing-came", empty=True)
    (tmp_path / "text.headsup").write_text("hello")
    (tmp_path / "folder.headsup").mkdir()
    (tmp_path / "nowhere.headsup").symlink_to(tmp_path / "gone")
    for path in tmp_path.glob("*.headsup"):
        if not path.is_symlink():
            os.utime(path, (1, 1))
    assert unfinished_line(tmp_path) == ""


def test_the_newest_comes_first_then_the_next_and_each_once(tmp_path):
    old = recording(tmp_path, "old", age_s=7200)
    new = recording(tmp_path, "new", age_s=3600)
    recording(tmp_path, "closed", closed=True, age_s=60)
    for path in (new, old):
        line = unfinished_line(tmp_path)
        assert "\n" not in line
        assert line.endswith(f"headsup review {path}")
    assert unfinished_line(tmp_path) == ""
    with open_recording(new) as told:  # only looked at
        assert not told.closed


def test_one_that_is_still_written_is_left_alone_until_it_rests(tmp_path):
    path = recording(tmp_path, "now", age_s=0)
    assert unfinished_line(tmp_path) == ""
    os.utime(path, (1, 1))
    beside = path.with_name(path.name + "-wal")
    beside.write_bytes(b"x")
    assert unfinished_line(tmp_path) == ""
    beside.write_bytes(b"")
    assert path.name in unfinished_line(tmp_path)


def test_only_the_newest_few_are_opened(tmp_path, monkeypatch):
    recording(tmp_path, "old", age_s=10_000)
    for i in range(LOOKED_AT):
        recording(tmp_path, f"closed-{i}", closed=True, age_s=100 + i)
    opened = []

    def watched(path):
        opened.append(path.name)
        return open_recording(path)

    monkeypatch.setattr(unfinished, "open_recording", watched)
    assert unfinished_line(tmp_path) == ""
    assert sorted(opened) == [f"closed-{i}.headsup" for i in range(LOOKED_AT)]


def test_what_was_told_is_remembered_of_the_newest_few_only(tmp_path):
    (tmp_path / TOLD).write_text("gone-1.headsup\ngone-2.headsup\n")
    path = recording(tmp_path, "new")
    assert unfinished_line(tmp_path)
    assert (tmp_path / TOLD).read_text().splitlines() == [path.name]


def test_a_memory_that_cannot_be_read_or_written_stops_no_run(tmp_path):
    path = recording(tmp_path, "new")
    (tmp_path / TOLD).mkdir()
    assert path.name in unfinished_line(tmp_path)
    assert path.name in unfinished_line(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"SQLite format 3\0" + bytes(84), os.urandom(5000)])
def test_a_damaged_file_is_no_reason_to_stop(tmp_path, damage):
    path = tmp_path / "bad.headsup"
    path.write_bytes(damage)
    os.utime(path, (1, 1))
    assert unfinished_line(tmp_path) == ""


def test_a_file_whose_head_is_unreadable_is_no_reason_to_stop(tmp_path):
    path = recording(tmp_path, "torn")
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM item")
    database.close()
    os.utime(path, (1, 1))
    for side in tmp_path.glob("torn.headsup-*"):
        os.utime(side, (1, 1))
    line = unfinished_line(tmp_path)
    assert line == "" or path.name in line
