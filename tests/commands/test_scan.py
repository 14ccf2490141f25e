"""What `headsup scan` prints of sensors, of what accompanies them, and of strangers."""

from __future__ import annotations

import json

import pytest

from monitor.cli import main
from monitor.commands import scan
from monitor.sources.ble import Seen

FOUND = [
    Seen("OpenEarable-1", "AA:1", -60, "openearable2"),
    Seen("Belt 7", "AA:2", -50, None, "treadmill"),
    Seen("Telly", "AA:3", -30, None),
]


@pytest.fixture
def around(monkeypatch):
    def set_(found):
        monkeypatch.setattr(scan, "scan_blocking", lambda radio, seconds: list(found))

    return set_


def test_treadmills_have_a_line_and_are_not_counted_as_strangers(around, capsys):
    around(FOUND)
    assert main(["scan"]) == 0
    sensor, belt, telly, how = capsys.readouterr().out.splitlines()
    assert sensor.endswith("-60 dBm  openearable2")
    assert belt.startswith("Belt 7 ")
    assert belt.endswith("-50 dBm  treadmill")
    assert telly.startswith("Telly ")
    assert telly.endswith("-30 dBm  unknown")
    assert "--inspect ID" in how
    assert "CONTRIBUTING.md" in how


def test_of_an_unknown_device_it_is_told_what_was_seen(around, capsys):
    services = ("0000180f-0000-1000-8000-00805f9b34fb", "12345678-0000-4000-8000-000000000000")
    around([Seen("IMU-X", "AA:4", -40, None, "", services, (0x0059,)), Seen("", "AA:5", -50, None, "", (), (0x004C,))])
    assert main(["scan"]) == 0
    _, stranger, others, _ = capsys.readouterr().out.splitlines()
    assert stranger.endswith(f"unknown: Battery Service (180F), {services[1]}, Nordic Semiconductor")
    assert others.startswith("1 more other Bluetooth device seen")
    assert main(["scan", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told[0]["services"][0] == {"uuid": services[0], "name": "Battery Service"}
    assert told[1]["makers"] == ["Apple"]


def test_a_crowd_of_strangers_is_counted_not_listed(around, capsys):
    around([Seen(f"Phone {n}", f"AA:{n}", -40, None) for n in range(50)])
    assert main(["scan"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("Phone")]) == scan.MOST_STRANGERS
    assert "42 more other Bluetooth devices seen; `headsup sensors` lists the supported." in lines


def test_two_of_one_name_are_pointed_out(around, capsys):
    around([Seen("WT901", "AA:1", -60, "witmotion"), Seen("WT901", "AA:2", -50, "witmotion")])
    assert main(["scan"]) == 0
    assert "Several are named WT901: name yours by its id, or shake it in headsup start." in capsys.readouterr().out


def test_a_closer_look_over_the_virtual_radio(tmp_path, capsys):
    out = tmp_path / "device.json"
    assert main(["scan", "--simulate", "--seconds", "1", "--inspect", "OpenEarable-SIM1", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("OpenEarable-SIM1  SIMULATED")
    assert "180F  Battery Service" in said
    told = json.loads(out.read_text())
    assert (told["format"], told["version"], told["simulated"]) == ("headsup-device", 1, True)
    assert main(["scan", "--simulate", "--seconds", "1", "--inspect", "OpenEarable-SIM1", "-o", str(out)]) == 2
    assert capsys.readouterr().err.count("headsup: ") == 1  # the file is there already
    assert main(["scan", "--simulate", "--seconds", "0.5", "--inspect", "nobody", "--json"]) == 2


def test_a_file_without_a_device_is_refused(tmp_path, capsys):
    assert main(["scan", "-o", str(tmp_path / "x.json")]) == 2
    assert "--inspect" in capsys.readouterr().err


def test_a_treadmill_alone_is_no_supported_sensor(around, capsys):
    around(FOUND[1:2])
    assert main(["scan"]) == 0
    belt, hint = capsys.readouterr().out.splitlines()
    assert belt.endswith("treadmill")
    assert hint.startswith("No supported sensor in range.")


def test_json_tells_the_companion(around, capsys):
    around(FOUND)
    assert main(["scan", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(d["family"], d["companion"]) for d in told] == [("openearable2", None), (None, "treadmill"), (None, None)]
