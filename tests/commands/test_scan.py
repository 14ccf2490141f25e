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
    sensor, belt, others = capsys.readouterr().out.splitlines()
    assert sensor.endswith("-60 dBm  openearable2")
    assert belt.startswith("Belt 7 ")
    assert belt.endswith("-50 dBm  treadmill")
    assert others.startswith("1 other Bluetooth device seen")


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
