"""`headsup live` with SIMULATED companions: a treadmill, a foot pod and a heart strap are taken in; the keys rest."""

from __future__ import annotations

import argparse
import math
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from monitor.commands import listeners
from monitor.commands.companions import _Completed, asked_for, beside
from monitor.commands.listeners import CueListener, ModelListener, NewsListener
from monitor.commands.news import MOST_WAITING, SHOWN_S, News
from monitor.commands.treadmill import Console, Treadmill
from monitor.dashboard.live_view import Cue
from monitor.dashboard.viewmodel import LiveModel
from monitor.errors import SettingsError
from monitor.outputs.phrases import LOW_BATTERY
from monitor.outputs.player import NullPlayer
from monitor.recording.reader import open_recording
from monitor.sensors.registry import family
from monitor.settings import Devices, Settings
from monitor.sources.ble import BleSource, SensorRequest
from monitor.sources.ble_companions import CompanionKind, CompanionRequest
from monitor.sources.radio import SystemRadio
from monitor.sources.radio_shared import OneRadio
from monitor.values import BatteryLevel, Ground, HeartRate, LinkChange, LinkState, SensorInfo, Site

TREADMILL, FOOT_POD, HEART = CompanionKind.TREADMILL, CompanionKind.FOOT_POD, CompanionKind.HEART_STRAP


def live(home, *args: str) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", "live", "--simulate", "--no-gui", "--silent", *args],
        capture_output=True,
        text=True,
        env=dict(os.environ, HEADSUP_HOME=str(home)),
        timeout=90,
    )
    assert not re.search(r'File ".*[/\\\\]monitor[/\\\\]', done.stderr), done.stderr  # no traceback of ours
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


# ---------------------------------------------------------------- the whole way


def test_treadmill_and_strap_are_shown_and_recorded(tmp_path):
    path = tmp_path / "run.headsup"
    out, _ = live(tmp_path, "--treadmill", "--heart", "--seconds", "18", "--record", str(path))
    assert "Treadmill connected: Treadmill SIMULATED" in out
    assert "Heart strap connected: Heart SIMULATED" in out
    assert "Ground: 4.5 mph, incline 1.0 %" in out
    with open_recording(path) as recording:
        controls = recording.controls()
        grounds = [c for c in controls if isinstance(c, Ground)]
        assert {g.source for g in grounds} == {"treadmill"}
        assert [round(g.speed_m_s, 2) for g in grounds if not math.isnan(g.speed_m_s)] == [0.0, 2.0, 3.0]
        beats = [c.bpm for c in controls if isinstance(c, HeartRate) and not math.isnan(c.bpm)]
        assert beats[0] == pytest.approx(90, abs=3)
        assert beats == sorted(beats)
        streaming = {c.sensor for c in controls if isinstance(c, LinkChange) and c.state is LinkState.STREAMING}
        assert streaming == {"head", "collar", "treadmill", "heart_strap"}
        assert {s.key for s in recording.sensors} == {"head", "collar"}  # companions are no posture sensors


def test_nothing_is_taken_in_that_was_not_asked_for(tmp_path):
    path = tmp_path / "run.headsup"
    (tmp_path / "settings.toml").write_text('[devices]\nheart = "any"\ntreadmill = "Belt 7"\n')
    live(tmp_path, "--heart", "none", "--treadmill", "none", "--seconds", "5", "--record", str(path))
    with open_recording(path) as recording:
        assert {c.sensor for c in recording.controls() if isinstance(c, LinkChange)} == {"head", "collar"}


# ---------------------------------------------------------------- what was asked for


def asked(devices=None, *, simulate=False, **options):
    args = argparse.Namespace(**{"treadmill": None, "foot_pod": None, "heart": None, "simulate": simulate, **options})
    return asked_for(args, devices or Devices())


def test_companions_are_opt_in_and_the_command_line_counts_over_the_settings():
    assert asked() == ()
    devices = Devices(treadmill="Belt 7", heart="ANY")
    assert asked(devices) == (CompanionRequest(TREADMILL, name="Belt 7"), CompanionRequest(HEART))
    assert asked(devices, treadmill="any", heart="none") == (CompanionRequest(TREADMILL),)
    assert asked(foot_pod="AA:BB:CC:00:11:22") == (CompanionRequest(FOOT_POD, address="AA:BB:CC:00:11:22"),)
    assert asked(devices, treadmill=" ", heart="") == ()


def test_a_simulated_run_has_no_use_for_the_names_of_real_machines():
    assert asked(Devices(treadmill="Belt 7"), simulate=True) == (CompanionRequest(TREADMILL),)


def test_settings_of_devices_are_texts():
    assert Settings.from_mapping({"devices": {"heart": "any"}}).devices == Devices(heart="any")
    with pytest.raises(SettingsError, match=r"devices\.heart.*must be a name, not True"):
        Settings.from_mapping({"devices": {"heart": True}})


def test_without_companions_the_source_is_the_sensors_alone():
    class Sensors:
        def start(self, sink, clock_ns):
            raise AssertionError

        def stop(self):
            raise AssertionError

    sensors = Sensors()
    assert beside(sensors, (), simulate=True, completed=lambda ground: ground) is sensors


def test_on_the_computers_own_bluetooth_all_share_one_radio():
    sensors = BleSource([SensorRequest(Site.HEAD)], SystemRadio())
    source = beside(sensors, [CompanionRequest(HEART)], simulate=False, completed=lambda ground: ground)
    assert isinstance(source.source, OneRadio)
    assert source.source.keys == ("head", "heart_strap")
    assert source.source.radio is sensors.radio


def test_what_they_tell_is_completed_on_its_way_and_nothing_else_is():
    class Told:
        def start(self, sink, clock_ns):
            for item in (HeartRate(1, 90.0), Ground(2, 3.0, math.nan, "foot_pod")):
                sink(item)

        def stop(self):
            pass

    got = []
    _Completed(Told(), lambda ground: replace(ground, grade=0.02)).start(got.append, lambda: 0)
    assert got == [HeartRate(1, 90.0), Ground(2, 3.0, 0.02, "foot_pod")]


# ---------------------------------------------------------------- the keys


def test_the_keys_rest_while_the_treadmill_tells():
    console = Console(Treadmill(10.0, 2.0), feet=False)
    told = Ground(5, 3.0, 0.01, "treadmill")
    assert console.completed(told) == told
    for answer in (console.faster(1), console.steeper(1)):
        assert (answer.words, answer.ground) == ("The treadmill tells speed and incline itself", None)
    # Its link is gone: nobody knows whether the belt moves, so the typed speed is not taken for granted.
    lost = console.completed(Ground(6, math.nan, math.nan, "treadmill"))
    assert math.isnan(lost.speed_m_s)
    assert lost.grade == 0.02
    answer = console.faster(1)
    assert answer.words == "Treadmill: 10.5 km/h, incline 2.0 %"
    assert answer.ground == pytest.approx((10.5 / 3.6, 0.02))


def test_what_a_foot_pod_cannot_tell_is_taken_from_the_typing():
    console = Console(Treadmill(math.nan, 5.0), feet=False)
    assert console.completed(Ground(5, 3.0, math.nan, "foot_pod")) == Ground(5, 3.0, 0.05, "foot_pod")
    assert console.faster(1).words == "The foot pod tells the speed itself"
    answer = console.steeper(1)
    assert (answer.words, answer.ground) == ("Treadmill: 10.8 km/h, incline 5.5 %", (3.0, 0.055))
    assert console.completed(Ground(6, 3.1, math.nan, "foot_pod")).grade == 0.055


def test_of_a_machine_that_tells_its_incline_alone_the_speed_is_typed():
    console = Console(Treadmill(10.0, math.nan), feet=False)
    console.completed(Ground(5, math.nan, 0.04, "treadmill"))
    assert console.steeper(1).words == "The treadmill tells the incline itself"
    assert console.faster(1).ground == pytest.approx((10.5 / 3.6, 0.04))


def test_keys_without_any_speed_do_nothing():
    console = Console(None, feet=True)
    assert (console.faster(1).words, console.steeper(1).words) == ("", "")


# ---------------------------------------------------------------- the remarks


def remarks(*entries):
    news = News()
    listener = NewsListener(news)
    for entry in entries:
        listener.control(entry)
    said = []
    now_s = 0.0
    while words := news.current(now_s):
        said.append(words)
        now_s += SHOWN_S
    return said


S = 1_000_000_000
FOUND = [(LinkState.CONNECTING, "Belt 7"), (LinkState.STREAMING, "")]
LOST = (LinkState.LOST, "the connection broke")


@pytest.mark.parametrize(
    ("turns", "said", "logged"),
    [
        ([(LinkState.SEARCHING, ""), (LinkState.CONNECTING, "Belt 7")], [], []),
        (FOUND, ["Treadmill connected: Belt 7"], [("Treadmill connected", "Belt 7")]),
        ([(LinkState.STREAMING, "")], ["Treadmill connected"], [("Treadmill connected", "")]),
        # Not found yet, or a belt that stands: shown for a moment, and nothing that happened in the run.
        ([(LinkState.SEARCHING, "no treadmill in sight yet")], ["Treadmill: no treadmill in sight yet"], []),
        (
            [*FOUND, (LinkState.STALE, "connected, but no data for 5 s")],
            ["Treadmill: connected, but no data for 5 s"],
            [("Treadmill connected", "Belt 7")],
        ),
        (
            [*FOUND, (LinkState.STALE, "no data for 5 s"), (LinkState.STREAMING, "")],
            ["Treadmill: data again"],
            [("Treadmill connected", "Belt 7")],
        ),
        (
            [*FOUND, (LinkState.STALE, "no data"), LOST, (LinkState.STOPPED, "")],
            ["Treadmill lost, looking for it: the connection broke"],
            [("Treadmill connected", "Belt 7"), ("Treadmill lost, looking for it", "the connection broke")],
        ),
        (
            [*FOUND, LOST, (LinkState.SEARCHING, ""), *FOUND],
            ["Treadmill back: after 3 s"],
            [
                ("Treadmill connected", "Belt 7"),
                ("Treadmill lost, looking for it", "the connection broke"),
                ("Treadmill back", "after 3 s"),
            ],
        ),
        # Another's name must not drive our screen.
        ([(LinkState.SEARCHING, "a\x1b[2Jb")], ["Treadmill: a [2Jb"], []),
        (
            [(LinkState.CONNECTING, "\x1b[2J\u202eBelt"), (LinkState.STREAMING, "")],
            ["Treadmill connected: [2J Belt"],
            [("Treadmill connected", "[2J Belt")],
        ),
    ],
)
def test_the_turns_of_a_companions_link_are_told_and_logged(turns, said, logged):
    changes = [LinkChange("treadmill", i * S, state, why) for i, (state, why) in enumerate(turns)]
    assert remarks(*changes) == said
    assert log_of(*changes) == logged


def test_each_companion_has_turns_of_its_own():
    changes = [LinkChange(kind, i * S, *turn) for turn in (*FOUND, LOST) for i, kind in enumerate(CompanionKind)]
    assert [title for title, _ in log_of(*changes)] == [
        *(f"{name} connected" for name in ("Treadmill", "Foot pod", "Heart strap")),
        *(f"{name} lost, looking for it" for name in ("Treadmill", "Foot pod", "Heart strap")),
    ]


def log_of(*entries):
    """Titles and reasons of the live log, oldest first."""
    model = LiveModel(Settings(), [], {}, True, lambda: 0)
    listener = ModelListener(model)
    for entry in entries:
        listener.control(entry)
    lines = model.snapshot().log
    assert {line.cue for line in lines} <= {Cue.NOTE}
    return [(line.title, line.why) for line in reversed(lines)]


def test_a_battery_that_runs_low_is_said_once_and_logged_once():
    levels = [BatteryLevel("head", i, percent) for i, percent in enumerate((40, 15, 14, 13, 15, 3, 250, -1))]
    assert log_of(*levels, BatteryLevel("collar", 9, 200)) == [("Cap sensor: battery low", "14 %")]
    for wanted in (True, False):
        player = NullPlayer()
        listener = CueListener(player, battery=wanted)
        for level in levels:
            listener.control(level)
        assert [record.sounds for record in player.log()] == [LOW_BATTERY] * wanted


STRAP = "heart_strap"
BEATS = (LinkChange(STRAP, 0, LinkState.CONNECTING, "H7"), LinkChange(STRAP, 1, LinkState.STREAMING))
NO_PULSE = HeartRate(2, math.nan, STRAP)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ((*BEATS, HeartRate(2, 90.0, STRAP)), ["Heart strap connected: H7"]),
        ((*BEATS, NO_PULSE), ["Heart strap: no pulse; wet it, or pull it tighter"]),
        # What it said last no longer holds because it is silent, or gone: that is another matter.
        ((*BEATS, LinkChange(STRAP, 2, LinkState.STALE, "no data"), NO_PULSE), ["Heart strap: no data"]),
        ((*BEATS, NO_PULSE, LinkChange(STRAP, 3, LinkState.LOST, "gone")), ["Heart strap lost, looking for it: gone"]),
        ((NO_PULSE,), []),
    ],
)
def test_a_strap_without_skin_is_told(entries, said):
    assert remarks(*entries) == said


def test_a_posture_sensors_link_is_no_remark():
    assert remarks(LinkChange("head", 1, LinkState.LOST, "out of range")) == []


def test_a_battery_that_is_low_at_the_start_is_told_once():
    assert remarks(
        BatteryLevel("head", 1, 22),
        BatteryLevel("collar", 1, 30),
        BatteryLevel("head", 2, 21),
        BatteryLevel("collar", 2, 29),  # it was full enough when the run began
        BatteryLevel("left_shoulder", 2, -1),
    ) == ["Cap sensor: battery 22 %, charge it soon"]


def test_remarks_follow_each_other_and_a_newer_one_takes_its_elders_place():
    news = News()
    news.add("a", "a1")
    news.add("b", "b1")
    assert [news.current(t) for t in (100.0, 107.9)] == ["a1", "a1"]
    news.add("a", "a2")
    news.add("b", "b2")
    assert [news.current(t) for t in (107.9, 108.0, 115.9, 116.0)] == ["a2", "b2", "b2", ""]
    for i in range(MOST_WAITING + 3):
        news.add(str(i), str(i))
    news.add("0", "0 again")
    assert [news.current(200.0 + SHOWN_S * i) for i in range(MOST_WAITING + 1)][::MOST_WAITING] == ["0 again", ""]


def test_the_help_names_the_options():
    done = subprocess.run([sys.executable, "-m", "monitor.cli", "live", "--help"], capture_output=True, text=True)
    for option in (r"--treadmill \[NAME\]", r"--foot-pod \[NAME\]", r"--heart \[NAME\]"):
        assert re.search(option, done.stdout)


def test_a_sensor_that_sends_much_at_once_has_its_delay_told_once(monkeypatch):
    slow = replace(family("witmotion"), key="slow", notification_interval_s=1.67)
    monkeypatch.setattr(listeners, "family", lambda key: {"slow": slow}.get(key) or family(key))
    model = LiveModel(Settings(), [], {}, True, lambda: 0)
    listener = ModelListener(model)
    for key, kind in (("head", "witmotion"), ("collar", "slow"), ("collar", "slow"), ("back", "nobody's")):
        listener.sensor(SensorInfo(key, Site(key), kind, "x", "A", 50.0))
    [line] = model.snapshot().log
    assert line.title == "Collar sensor sends every 1.7 s"
    assert line.why == "what you see and hear is up to 1.7 s late"
    assert line.cue is Cue.NOTE
