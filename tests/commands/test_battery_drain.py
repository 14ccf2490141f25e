"""What earlier runs tell of the batteries."""

from __future__ import annotations

import os

import pytest

from monitor.commands.battery_drain import LOOKED_AT, drains, per_hour
from monitor.recording.writer import RecordingWriter
from monitor.settings import Settings
from monitor.values import NS_PER_S, BatteryLevel, Mark, Mode, RunInfo, SensorInfo, Site

ADDRESS = "F2:51:00:00:00:01"
HEAD = SensorInfo("head", Site.HEAD, "openearable2", "OpenEarable-1A2B", ADDRESS, 100.0)


def level(percent, minutes, sensor="head"):
    return BatteryLevel(sensor, round(minutes * 60 * NS_PER_S) + 1, percent)


def run(folder, number, levels, *, simulated=False, info=HEAD):
    """A recording that is the newer the higher its number."""
    path = folder / f"run-{number}.headsup"
    about = RunInfo(path.stem, "2026-11-20T08:00:00+00:00", Mode.ROAD, simulated, "0")
    writer = RecordingWriter(path, about, Settings().to_json())
    writer.append_sensor(info, 0)
    for entry in levels:
        writer.append(entry)
    writer.close()
    os.utime(path, (1000 + number, 1000 + number))


def test_percent_an_hour_of_one_run():
    controls = [
        level(90, 0),
        level(50, 5, "collar"),
        Mark(7, "x"),
        level(85, 20),
        level(80, 60),
        level(49, 10, "collar"),
    ]
    assert per_hour(controls) == {"head": pytest.approx(10.0)}, "five minutes tell too little of the collar's"


@pytest.mark.parametrize("levels", [[], [level(90, 0)], [level(60, 0), level(80, 60)], [level(60, 0), level(60, 60)]])
def test_nothing_is_made_up(levels):
    assert per_hour(levels) == {}


def test_the_median_of_the_newest_runs_of_a_person(tmp_path):
    run(tmp_path, 0, [level(90, 0), level(10, 60)])  # too old to count
    for number, end in enumerate((80, 78, 40, 79, 77), 1):
        run(tmp_path, number, [level(90, 0), level(end, 60)])
    assert LOOKED_AT == 5
    assert drains(tmp_path) == {ADDRESS: pytest.approx(12.0)}


def test_simulated_runs_and_damaged_files_teach_nothing(tmp_path):
    run(tmp_path, 1, [level(90, 0), level(40, 60)], simulated=True)
    (tmp_path / "run-2.headsup").write_bytes(b"no recording")
    (tmp_path / "run-3.headsup").mkdir()
    assert drains(tmp_path) == {}
    assert drains(tmp_path / "nowhere") == {}
