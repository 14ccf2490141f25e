"""`headsup settings`: show, path, get, set, reset; JSON; one sentence for every mistake, and nothing half done."""

import json

import pytest

from monitor.cli import main
from monitor.settings import Settings, load
from monitor.settings_keys import KEYS


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    """Where the settings would be."""
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "home" / "settings.toml"


def said(capsys, *words):
    """Standard output of a command that went well."""
    capsys.readouterr()
    assert main(["settings", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def refused(capsys, *words):
    """The one sentence of a command that did not."""
    capsys.readouterr()
    assert main(["settings", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def test_show_names_every_setting_its_bounds_and_what_it_is_for(capsys):
    out = said(capsys)
    assert "not there yet: all as shipped" in out
    flat = " ".join(out.split())
    for key in KEYS:
        assert f" {key.key} " in out
        assert f"({key.bounds})" in out
        assert " ".join(key.doc.split()) in flat
    assert max(map(len, out.splitlines()[1:])) <= 100
    assert said(capsys, "show") == out


def test_show_marks_what_differs(capsys):
    said(capsys, "set", "trail.on_deg", "38")
    lines = said(capsys, "show", "trail").splitlines()
    [line] = [line for line in lines if line.startswith("*") and "trail.on_deg" in line]
    assert "38 deg" in line
    assert "(5 to 80; as shipped 36)" in line
    assert not any(" road." in line for line in lines)
    two = [
        line.split()[0] for line in said(capsys, "show", "volume", "trail.leak", "volume").splitlines() if "(" in line
    ]
    assert two == ["trail.leak", "volume"]


def test_show_as_json(capsys):
    rows = json.loads(said(capsys, "--json"))
    assert list(rows) == [key.key for key in KEYS]
    assert rows["road.on_deg"] == {
        "key": "road.on_deg", "value": 20.0, "as_shipped": 20.0, "kind": "number", "unit": "deg",
        "doc": "The head counts as down above this.", "low": 5.0, "high": 80.0,
    }  # fmt: skip
    assert rows["mode"]["choices"] == ["road", "trail", "technical"]
    assert next(iter(json.loads(said(capsys, "show", "shoulders", "--json")))) == "shoulders.on"


def test_path(capsys, file):
    assert said(capsys, "path") == f"{file}\n"
    assert json.loads(said(capsys, "path", "--json")) == {"path": str(file), "exists": False}
    said(capsys, "set", "volume", "0.5")
    assert json.loads(said(capsys, "path", "--json"))["exists"] is True


def test_set_get_and_reset(capsys, file):
    assert said(capsys, "set", "volume", "0,5") == "volume = 0.5, was 0.7\n"
    assert said(capsys, "get", "volume") == "0.5\n"
    assert json.loads(said(capsys, "get", "volume", "--json"))["as_shipped"] == 0.7
    assert json.loads(said(capsys, "set", "feet", "no", "--json")) == {"feet": False}
    assert load(file) == Settings(volume=0.5, feet=False)
    assert said(capsys, "reset", "volume") == "volume = 0.7 (as shipped), was 0.5\n"
    assert said(capsys, "reset", "volume") == "As shipped already.\n"
    assert load(file) == Settings(feet=False)


def test_two_limits_that_hold_each_other(capsys, file):
    err = refused(capsys, "set", "trail.on_deg", "20")
    assert "'trail.off_deg': must lie below on_deg (20), not at 31; set both in one go" in err
    assert not file.exists()
    said(capsys, "set", "trail.on_deg", "20", "trail.off_deg", "15")
    assert (load(file).trail.on_deg, load(file).trail.off_deg) == (20, 15)


def test_all_or_nothing(capsys, file):
    assert "'volume'" in refused(capsys, "set", "feet", "no", "volume", "2")
    assert not file.exists()


def test_reset_of_a_group_and_of_everything(capsys, file):
    said(capsys, "set", "trail.on_deg", "38", "trail.leak", "3", "volume", "0.5")
    assert said(capsys, "reset", "trail").splitlines() == [
        "trail.on_deg = 36 (as shipped), was 38",
        "trail.leak = 2 (as shipped), was 3",
    ]
    assert said(capsys, "reset", "--all") == "All settings are as shipped (1 changed).\n"
    assert load(file) == Settings()
    assert said(capsys, "reset", "--all") == "All settings were as shipped.\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["get", "mood"], "'mood': is not a setting"),
        (["get", "trail"], "'trail': is a group; its settings are trail.on_deg"),
        (["get", "trail.mood"], "known here are on_deg"),
        (["get", "on_deg"], "did you mean road.on_deg, technical.on_deg or trail.on_deg?"),
        (["show", "mood"], "'mood': is not a setting"),
        (["set", "volume"], "'volume': has no value"),
        (["set", "volume", "loud"], "'volume': must be a number, not 'loud'"),
        (["set", "volume", "nan"], "between 0 and 1"),
        (["set", "gaze.intercept_deg", "-31"], "between -30 and 30"),
        (["set", "mode", "beach"], "must be road, trail or technical"),
        (["set", "feet", "2"], "must be true or false"),
        (["set", "road.prompts_per_hour", "2.5"], "whole number"),
        (["set", "sound_device", "a\x1b[31m"], "ordinary text"),
        (["reset"], "--all"),
        (["reset", "volume", "--all"], "--all"),
        (["reset", "mood"], "'mood': is not a setting"),
        (["dance"], "invalid choice: 'dance'"),
        (["set"], "KEY VALUE"),
    ],
)
def test_every_mistake_is_one_sentence_and_changes_nothing(capsys, file, words, says):
    assert says in refused(capsys, *words)
    assert not file.exists()


@pytest.mark.parametrize("words", [["show"], ["get", "volume"], ["set", "volume", "0.5"], ["reset", "--all"]])
def test_a_file_that_cannot_be_used_is_left_as_it_is(capsys, file, words):
    file.parent.mkdir()
    file.write_text("mood = 1\n")
    assert "mood" in refused(capsys, *words)
    assert file.read_text() == "mood = 1\n"
    assert said(capsys, "path") == f"{file}\n"


def test_a_place_that_cannot_be_written(capsys, file):
    file.parent.write_text("not a folder")
    assert said(capsys, "get", "volume") == "0.7\n"
    assert "cannot be written" in refused(capsys, "set", "volume", "0.5")
