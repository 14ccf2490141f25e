"""What this computer remembers of the wearer's sensors: the file, and `headsup sensors --mine/--accept/--forget`."""

from __future__ import annotations

import json

import pytest

from monitor.cli import main
from monitor.commands import sensor_memory
from monitor.sources.companions import CompanionKind
from monitor.sources.identity_desk import ANY_ID, Question, Remembered, Standing
from monitor.sources.radio import SystemRadio
from monitor.values import Site

ID = "AA:BB:CC:DD:EE:0F"
MAC_ID = "0CB6A4F1-2C4B-4D4F-9A5B-0123456789AB"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    return tmp_path


def test_an_answer_is_there_in_the_next_run(home):
    desk = sensor_memory.desk()
    desk.answer(Question(Site.HEAD, "WT-own", ID), mine=True)
    desk.answer(Question(Site.COLLAR, "WT-x", MAC_ID), mine=False)
    again = sensor_memory.desk()
    assert again.is_same(Site.HEAD, "WT-own", ID)
    assert again.standing(Site.COLLAR, "WT-x", MAC_ID) is Standing.NOT_MINE
    assert [p.name for p in home.iterdir()] == ["sensors.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"format": "other", "version": 1}',
        b'{"format": "headsup-sensors", "version": 9, "sensors": []}',
        b"\xff\xfe",
        b"[" * 50_000,
        b" " * 200_000,
    ],
)
def test_a_damaged_file_means_that_the_wearer_is_asked_anew(home, content):
    (home / "sensors.json").write_bytes(content)
    desk = sensor_memory.desk()
    assert desk.remembered == ()
    assert "asked about anew" in desk.trouble


@pytest.mark.parametrize(
    "row",
    [
        None,
        [],
        {"site": "head", "name": "x", "id": "rm -rf", "standing": "same"},
        {"site": "elbow", "name": "x", "id": ID, "standing": "same"},
        {"site": "head", "name": "x" * 1000, "id": ID, "standing": "same"},
        {"site": "head", "name": 5, "id": ID, "standing": "same"},
        {"site": "head", "name": "x", "id": ID, "standing": "owner"},
        {"site": [], "name": "x", "id": ID, "standing": {}},
    ],
)
def test_entries_that_make_no_sense_are_left_out_and_the_others_stay(home, row):
    good = {"site": "head", "name": "WT-own", "id": ID, "standing": "met"}
    table = {"format": "headsup-sensors", "version": 1, "sensors": [row, good]}
    (home / "sensors.json").write_text(json.dumps(table))
    assert sensor_memory.desk().remembered == (Remembered(Site.HEAD, "WT-own", ID.lower(), Standing.MET),)


def test_accepting_listing_and_forgetting_on_the_command_line(capsys):
    assert main(["sensors", "--mine"]) == 0
    assert "No sensor is remembered" in capsys.readouterr().out
    assert main(["sensors", "--accept", ID, "--accept", f"left-shoulder={MAC_ID}", "--accept", "collar=My IMU"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["head", "left", "collar"]
    assert "any id" in lines[2]
    assert all(line.endswith("yours, as you said") for line in lines)
    assert main(["sensors", "--mine", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(r["site"], r["name"], r["id"]) for r in told] == [
        ("head", None, ID.lower()),
        ("left_shoulder", None, MAC_ID.lower()),
        ("collar", "My IMU", None),
    ]
    assert sensor_memory.desk().takes_any(Site.COLLAR, "my imu")
    assert main(["sensors", "--forget", ID.lower(), "--forget", "my imu", "--json"]) == 0
    assert [r["site"] for r in json.loads(capsys.readouterr().out)] == ["left_shoulder"]


@pytest.mark.parametrize(
    "option", [["--accept", "elbow=X"], ["--accept", "head="], ["--accept", "x" * 65], ["--forget", "x"]]
)
def test_what_cannot_be_accepted_or_forgotten_is_one_sentence(option, capsys, home):
    assert main(["sensors", *option]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (home / "sensors.json").exists()


def test_a_disk_that_refuses_is_told(home, capsys):
    (home / "sensors.json").mkdir()
    assert main(["sensors", "--accept", ID]) == 2
    assert "could not be remembered" in capsys.readouterr().err


def test_a_name_in_place_of_an_id_stands_for_any_id():
    assert sensor_memory.accepted("My IMU") == Remembered(Site.HEAD, "My IMU", ANY_ID, Standing.SAME)
    assert sensor_memory.accepted(f"back={ID}") == Remembered(Site.BACK, "", ID.lower(), Standing.SAME)


def test_a_companion_is_accepted_listed_and_read_again_like_a_sensor(home, capsys):
    assert main(["sensors", "--accept", f"heart-strap={ID}", "--accept", "treadmill=Belt 7"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["heart", "treadmill"]
    desk = sensor_memory.desk()
    assert desk.standing(CompanionKind.HEART_STRAP, "any name", ID) is Standing.SAME
    assert desk.standing(Site.HEAD, "any name", ID) is None
    assert desk.takes_any(CompanionKind.TREADMILL, "belt 7")


def test_only_the_computers_own_bluetooth_is_remembered(home):
    from monitor.simulator.world import SimulatedRadio

    answer = Question(Site.HEAD, "WT-own", ID)
    sensor_memory.desk_for(SimulatedRadio([])).answer(answer, mine=True)
    assert list(home.iterdir()) == []
    sensor_memory.desk_for(SystemRadio()).answer(answer, mine=True)
    assert [path.name for path in home.iterdir()] == ["sensors.json"]


def test_pairing_is_told_with_the_families(capsys):
    assert main(["sensors", "--json"]) == 0
    told = {f["key"]: f["pairing"] for f in json.loads(capsys.readouterr().out)}
    assert set(told["polar"]) == {"windows", "macos"}
    assert told["witmotion"] == {}
    assert main(["sensors"]) == 0
    assert "    pairing  Windows: pair it once" in capsys.readouterr().out
