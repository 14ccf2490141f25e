"""`headsup profile`: list, show, copy, remove; damaged, hostile and foreign files; what is asked, and what is kept."""

import io
import json
import math
import os
import sys
from dataclasses import replace

import pytest

from calibration import store
from calibration.model import (
    FloorMark,
    GazeCalibration,
    HeadCalibration,
    Pose,
    Profile,
    RunningNeutral,
    ShoulderCalibration,
    SiteCalibration,
)
from monitor.cli import main
from monitor.commands import places

HEAD = SiteCalibration(
    sensor="head", site="head", sensor_name="WT901", sensor_address="aa:bb", estimator="vqf",
    poses=(Pose("neutral", (0.0, 0.0, 1.0), 0.4, 5.0, False), Pose("look 4ft", (-0.6, 0.0, 0.8), 0.7, 4.0, False)),
    head=HeadCalibration((0, 0, 1.0), (-1.0, 0, 0), math.nan), sees="Sees a lowered head.", standing=(0.0, 0.0, 1.0),
    running=RunningNeutral((0.6, 0.0, 0.8), 0.9, 168.0, 28.5, (0.3, 0.0, -0.1, 0.4, 0.0, 0.1)),
    gaze=GazeCalibration(-0.4, 0.58, 1.1, 1.62, (FloorMark("4ft", 1.2192, 31.0), FloorMark("7ft", 2.1336, 21.0)), 47.0),
    notes=("The neutral was restless.",),
)  # fmt: skip
COLLAR = SiteCalibration(
    sensor="collar", site="collar", sensor_name="", sensor_address="", estimator="accelerometer", poses=(),
    shoulders=ShoulderCalibration((0.6, 0.0, 0.8), (0.1, 2.5, -0.3), 11.0, 2.4), sees="Sees raised shoulders (d' 2.4).",
)  # fmt: skip


class Terminal(io.StringIO):
    """A keyboard with somebody at it."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    found = places.profiles_folder()
    found.mkdir(parents=True)
    return found


@pytest.fixture
def me(folder):
    profile = Profile("me", places.utc_now(), False, (HEAD, COLLAR))
    store.save(folder, profile)
    return store.load(folder, "me")


def said(capsys, *words):
    """Standard output of a command that went well."""
    capsys.readouterr()
    assert main(["profile", *words]) == 0
    return capsys.readouterr().out


def refused(capsys, *words):
    """The one sentence of a command that did not."""
    capsys.readouterr()
    assert main(["profile", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def answer(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", Terminal(text))


# ---------------------------------------------------------------- list


def test_list_is_the_list_of_calibrate(me, folder, capsys):
    (folder / "broken.json").write_text("{")
    out = said(capsys, "list")
    assert "me: made today" in out
    assert "    head (WT901): Sees a lowered head." in out
    assert "    collar (no name): Sees raised shoulders (d' 2.4)." in out
    assert "broken: cannot be used: the file is damaged (not JSON)" in out
    assert main(["calibrate", "--list"]) == 0
    assert capsys.readouterr().out == out
    rows = json.loads(said(capsys, "list", "--json"))
    assert [row["name"] for row in rows] == ["broken", "me"]
    assert rows[1]["age_days"] < 1


def test_list_of_nothing(capsys):
    assert "No profiles yet" in said(capsys, "list")
    assert json.loads(said(capsys, "list", "--json")) == []


def test_a_profile_goes_by_its_file_name(me, folder, capsys):
    os.replace(folder / "me.json", folder / "race day.json")
    assert "race day: made today" in said(capsys, "list")
    assert "race day: made today" in said(capsys, "show", "race day")


def test_files_that_no_command_can_name_are_not_listed(me, folder, capsys):
    for name in (".hidden.json", "._me.json", "é.json", "notes.txt"):
        (folder / name).write_text("{}")
    assert [row["name"] for row in json.loads(said(capsys, "list", "--json"))] == ["me"]


# ---------------------------------------------------------------- show


def test_show_tells_everything_in_words(me, capsys):
    out = said(capsys, "show", "me")
    for words in (
        "me: made today",
        "head: Sees a lowered head.",
        "neutral            held  5.0 s, steady within 0.4 deg",
        "easy running       28 s at 168 spm, steady within 0.9 deg",
        "floor marks        the head makes 58 % of a look down",
        "own limit, road    24 deg",
        "own limit, trail   35 deg",
        "The neutral was restless.",
        "In easy running it sits 37 deg from where it sat while standing.",
        "Made with WT901 (aa:bb), worn at the head.",
        "collar: Sees raised shoulders (d' 2.4).",
        "A sensor without gyroscope",
        "Made with a sensor without a name, worn at the collar.",
    ):
        assert words in out
    assert "No floor marks" not in out
    assert "SIMULATED" not in out


def test_show_says_what_is_old_simulated_or_missing(folder, capsys):
    store.save(folder, Profile("old", "2020-01-01T00:00:00+00:00", True, (replace(HEAD, gaze=None),)))
    out = said(capsys, "show", "old")
    assert "SIMULATED wearer" in out
    assert "days old: take two minutes and do it again" in out
    assert "No floor marks: the general limits hold." in out
    store.save(folder, Profile("bare", "not a date", False, ()))
    out = said(capsys, "show", "bare")
    assert "age unknown" in out
    assert "No sensor is calibrated in it" in out


def test_show_as_json_is_strict_and_whole(me, capsys):
    def no_constant(name):
        raise AssertionError(f"{name} is no JSON")

    table = json.loads(said(capsys, "show", "me", "--json"), parse_constant=no_constant)
    head, collar = table["sites"]
    assert table["name"] == "me"
    assert table["simulated"] is False
    assert head["head"]["separation_d"] is None  # NaN
    assert head["own_limits"] == {"road": {"on_deg": 24, "off_deg": 19}, "trail": {"on_deg": 35, "off_deg": 30}}
    assert head["running"]["cadence_spm"] == 168
    assert head["gaze"]["share"] == 0.58
    assert collar["shoulders"]["d_prime"] == 2.4
    assert collar["own_limits"] == {}


def test_show_of_what_cannot_be_shown(me, folder, capsys):
    (folder / "broken.json").write_text('{"format": "headsup-profile", "version": 99}')
    (folder / "dir.json").mkdir()
    assert "format version 99" in refused(capsys, "show", "broken")
    assert "not a plain file" in refused(capsys, "show", "dir", "--json")
    assert "there is no such profile" in refused(capsys, "show", "missing")


def test_what_a_file_says_does_not_reach_the_terminal_as_commands(folder, capsys):
    evil = "\x1b[2J\x1b]0;gone\x07‮\n spoof"
    site = replace(
        HEAD, sensor=evil, site=evil, sensor_name=evil, sensor_address=evil, sees=evil, notes=(evil,),
        poses=(Pose(evil, (0.0, 0.0, 1.0), 0.4, 5.0, False),),
    )  # fmt: skip
    store.save(folder, Profile("x", evil, False, (site,)))
    for words in (["list"], ["show", "x"], ["list", "--json"], ["show", "x", "--json"]):
        out = said(capsys, *words)
        assert all(c.isprintable() or c == "\n" for c in out)
        assert not any(line.strip() == "spoof" for line in out.splitlines())


# ---------------------------------------------------------------- copy


def test_copy_keeps_everything_but_the_name(me, folder, capsys):
    assert "copied to 'race'" in said(capsys, "copy", "me", "race")
    assert repr(store.load(folder, "race")) == repr(replace(me, name="race"))
    assert repr(store.load(folder, "me")) == repr(me)


def test_a_simulated_profile_stays_simulated(folder, capsys):
    store.save(folder, Profile("sim", places.utc_now(), True, ()))
    said(capsys, "copy", "sim", "me")
    assert store.load(folder, "me").simulated


def test_copy_never_overwrites(me, folder, tmp_path, capsys):
    before = (folder / "me.json").read_bytes()
    store.save(folder, Profile("other", places.utc_now(), True, ()))
    (folder / "broken.json").write_text("{")
    (folder / "dangling.json").symlink_to(tmp_path / "nowhere")
    (folder / "dir.json").mkdir()
    for target in ("me", "broken", "dangling", "dir"):
        assert "there is one already" in refused(capsys, "copy", "other", target)
    assert "there is one already" in refused(capsys, "copy", "me", "me")
    assert (folder / "me.json").read_bytes() == before
    assert (folder / "broken.json").read_text() == "{"
    assert not (tmp_path / "nowhere").exists()


def test_copy_leaves_nothing_where_the_source_is_bad_or_the_disk_is_full(me, folder, monkeypatch, capsys):
    (folder / "broken.json").write_text("{")
    files = sorted(folder.iterdir())
    assert "damaged" in refused(capsys, "copy", "broken", "new")
    assert "no such profile" in refused(capsys, "copy", "missing", "new")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left" in refused(capsys, "copy", "me", "new")
    assert sorted(folder.iterdir()) == files

    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    assert main(["profile", "copy", "me", "new"]) == 130
    assert sorted(folder.iterdir()) == files


def test_copy_leaves_a_foreign_part_file_alone(me, folder, capsys):
    (folder / "new.part").write_text("mine")
    said(capsys, "copy", "me", "new")
    assert (folder / "new.part").read_text() == "mine"


# ---------------------------------------------------------------- remove


@pytest.mark.parametrize("yes", ["y\n", "YES\n", " y "])
def test_remove_asks_and_a_yes_removes(me, folder, monkeypatch, capsys, yes):
    answer(monkeypatch, yes)
    assert main(["profile", "remove", "me"]) == 0
    out, err = capsys.readouterr()
    assert err == "Remove me: made today (head, collar)? [y/N] "
    assert "is removed. Recordings keep the calibration they were made with." in out
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("no", ["n\n", "\n", "", "maybe\n"])
def test_anything_but_a_yes_keeps_it(me, folder, monkeypatch, capsys, no):
    answer(monkeypatch, no)
    assert "is kept" in said(capsys, "remove", "me")
    assert store.names(folder) == ("me",)


def test_unasked_only_with_yes(me, folder, monkeypatch, capsys):
    assert "add --yes" in refused(capsys, "remove", "me")
    monkeypatch.setattr(sys, "stdin", None)
    assert "add --yes" in refused(capsys, "remove", "me")
    assert store.names(folder) == ("me",)
    assert "removed" in said(capsys, "remove", "me", "--yes")
    assert store.names(folder) == ()


def test_a_damaged_one_can_be_removed_and_nothing_beside_it(me, folder, monkeypatch, capsys):
    (folder / "broken.json").write_bytes(b"\xff\x00")
    (folder / "broken.part").write_text("mine")
    (folder / "broken").write_text("mine")
    answer(monkeypatch, "y\n")
    assert main(["profile", "remove", "broken"]) == 0
    assert "It cannot be used: cannot be read" in capsys.readouterr().err
    assert sorted(p.name for p in folder.iterdir()) == ["broken", "broken.part", "me.json"]


def test_what_is_no_file_is_left_alone(folder, capsys):
    (folder / "dir.json").mkdir()
    (folder / "dir.json" / "diary").write_text("dear")
    os.mkfifo(folder / "pipe.json")
    for name in ("dir", "pipe"):
        assert "left alone" in refused(capsys, "remove", name, "--yes")
    assert (folder / "dir.json" / "diary").read_text() == "dear"


@pytest.mark.parametrize("words", [["--yes"], []])
def test_a_missing_one_is_said_without_a_question(me, capsys, words):
    assert "there is no such profile (known: me)" in refused(capsys, "remove", "you", *words)


def test_a_folder_that_cannot_be_changed_is_one_sentence(me, folder, monkeypatch, capsys):
    def held(self, **_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder), "unlink", held)
    assert "cannot be removed: Permission denied" in refused(capsys, "remove", "me", "--yes")


# ---------------------------------------------------------------- links


def test_links_are_not_followed_and_only_they_are_removed(me, folder, tmp_path, monkeypatch, capsys):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = store.save(elsewhere, replace(me, name="linked"))
    (folder / "linked.json").symlink_to(target)
    (folder / "tree.json").symlink_to(elsewhere, target_is_directory=True)
    assert "linked: not looked into: it is a link" in said(capsys, "list")
    assert "a link to another file" in refused(capsys, "show", "linked")
    assert "a link to another file" in refused(capsys, "copy", "linked", "mine")
    answer(monkeypatch, "y\n")
    assert main(["profile", "remove", "linked"]) == 0
    assert "only the link goes" in capsys.readouterr().err
    said(capsys, "remove", "tree", "--yes")
    assert store.names(folder) == ("me",)
    assert store.load(elsewhere, "linked").sites


# ---------------------------------------------------------------- names and bad use


@pytest.mark.parametrize("name", ["../me", "a/b", "", ".hidden", "x" * 65, "a\0b"])
def test_names_that_are_no_plain_words_are_refused(me, folder, capsys, name):
    for words in (["show", name], ["copy", "me", name], ["copy", name, "new"], ["remove", name, "--yes"]):
        assert "may hold letters" in refused(capsys, *words)
    assert store.names(folder) == ("me",)


@pytest.mark.parametrize("words", [[], ["show"], ["copy", "me"], ["remove"], ["burn", "me"], ["list", "me"]])
def test_bad_use_is_one_sentence(capsys, words):
    assert "--help" in refused(capsys, *words)
