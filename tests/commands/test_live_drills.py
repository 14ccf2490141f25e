"""A drill in the midst of a live run: the run's own sensors see it, cues rest, and the replay is the run."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest
from PySide6.QtCore import Qt

from calibration import store
from calibration.model import Profile
from monitor.commands.listeners import EventLog
from monitor.commands.live import LiveRun
from monitor.commands.live_drills import BROKEN, STOPPED, LiveDrills
from monitor.commands.packet_tap import MOST_WAITING, PacketTap
from monitor.dashboard.drill_view import DrillState, DrillView
from monitor.dashboard.window import LiveWindow
from monitor.drills.progress import Side
from monitor.drills.prompts import Saying
from monitor.errors import CalibrationError, HeadsUpError, SettingsError
from monitor.outputs.phrases import CUES_BACK, said
from monitor.outputs.player import NullPlayer
from monitor.recording.reader import open_recording
from monitor.recording.writer import RecordingWriter
from monitor.review.analyse import analyse
from monitor.settings import Settings
from monitor.simulator.drill_wearer import DrillWearer, drill_radio
from monitor.simulator.wearer import HEAD_NAME
from monitor.sources.ble import BleSource, SensorRequest
from monitor.values import (
    LinkChange,
    LinkState,
    Mark,
    PipelineOutput,
    Quiet,
    QuietReason,
    RunInfo,
    SensorInfo,
    Site,
    packet,
)

HEAD = (SensorRequest(Site.HEAD, name=HEAD_NAME),)
NOTHING = PipelineOutput((), (), ())


def until(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def over(view: DrillView | None) -> bool:
    return view is not None and view.over


# ---------------------------------------------------------------- a whole run


@pytest.fixture
def run(tmp_path):
    """A live run of a SIMULATED wearer who does what the drills ask, with its recording, events and sounds."""
    wearer = DrillWearer()
    profile, settings = wearer.profile(), Settings()
    info = RunInfo("run", "2026-01-01T00:00:00+00:00", settings.mode, True, "0")
    writer = RecordingWriter(tmp_path / "run.headsup", info, settings.to_json(), store.to_json(profile))
    log, player = EventLog(), NullPlayer()

    def hear(prompt):
        if prompt.saying in (Saying.START, Saying.OTHER_WAY):
            wearer.follow(prompt.kind, Side.LEFT if prompt.saying is Saying.OTHER_WAY else Side.RIGHT)
        elif prompt.saying in (Saying.DONE, Saying.MOVED_ON, Saying.SKIPPED):
            wearer.follow(None)

    live = LiveRun(
        BleSource(HEAD, drill_radio(wearer)),
        settings,
        profile,
        writer,
        player,
        HEAD,
        simulate=True,
        listeners=(log,),
        hear=hear,
    )
    live.drills._seconds, live.drills._lead_s = 2.0, 0.3
    live.start()
    until(lambda: live.session.origin_ns is not None)
    yield live, log, player, tmp_path / "run.headsup"
    live.stop()


@pytest.mark.slow
def test_a_drill_in_the_run_is_seen_held_and_recorded_and_the_replay_is_the_run(run):
    live, log, player, path = run
    live.start_drill("head-hang")
    with pytest.raises(CalibrationError, match="one is going on"):
        live.start_drill("ear-left")
    assert "drill goes on" in live.form_check()
    states = set()

    def look():
        view = live.drill()
        states.add(view.state)
        return view.over

    until(look, 60)
    view = live.drill()
    assert view.state is DrillState.DONE
    assert view.results[0].startswith("Head hang: 2 of 2 s at 4")
    assert {DrillState.STAND, DrillState.HELD, DrillState.DONE} <= states
    live.put_drill_away()
    assert live.drill() is None
    until(lambda: player.log() and player.log()[-1].sounds == CUES_BACK)
    assert live.session.quiet_until_ns is None
    heard = [record.sounds for record in player.log()]
    assert any(set(said("Good. Head hang done.")) <= set(sounds) for sounds in heard)
    live.stop()
    assert live.session.failure is None
    with open_recording(path) as recording:
        controls = recording.controls()
        marks = [c.label for c in controls if isinstance(c, Mark)]
        assert marks[0] == "drill begins: head hang"
        assert marks[1].startswith("drill result: head hang, 2 of 2 s at 4")
        assert marks[2:] == ["drills end: head hang"]
        begin, end = (c for c in controls if isinstance(c, Quiet))
        assert begin.why is end.why is QuietReason.DRILL
        assert begin.seconds > 60
        assert end.seconds == 0
        streams = [c for c in controls if isinstance(c, LinkChange) and c.state is LinkState.STREAMING]
        assert len(streams) == 1, "one connection served run and drill"
        packets = recording.packets("head")
        assert np.diff(packets.t_ns).max() < 2e9, "the recording went on"
        assert list(analyse(recording).events) == list(log.events) == [e.event for e in recording.live_events()]


@pytest.mark.slow
def test_a_routine_is_skipped_and_stopped_and_the_end_of_the_run_ends_a_drill(run):
    live, _, _, path = run
    live.start_drill("during")
    until(lambda: live.drill().number == 1)
    live.skip_drill()
    until(lambda: live.drill().number == 2)
    live.stop_drill()
    until(lambda: live.drill().over)
    view = live.drill()
    assert (view.state, view.say) == (DrillState.STOPPED, STOPPED)
    assert [line.partition(":")[0] for line in view.results] == ["Head circles", "Head hang"]
    assert all("(skipped)" in line for line in view.results)
    until(lambda: not live.drills._thread.is_alive())
    live.start_drill("wrist-shake")
    until(lambda: live.drill().left == "1")
    live.stop()
    with open_recording(path) as recording:
        marks = [c.label for c in recording.controls() if isinstance(c, Mark)]
        assert marks[-1] == "drills end: wrist shake"
        assert marks[-2].startswith("drill result: wrist shake")
        quiets = [c.seconds for c in recording.controls() if isinstance(c, Quiet)]
        assert quiets[1::2] == [0.0, 0.0]


@pytest.mark.slow
def test_in_the_window_d_and_a_digit_lead_through_a_drill_and_back_to_the_run(run, qtbot):
    live, _, _, path = run
    window = LiveWindow(live.model, live, recording=False, theme="dark", glance=True)
    qtbot.addWidget(window)
    window.show()
    qtbot.keyClick(window, Qt.Key.Key_D)
    qtbot.keyClick(window, Qt.Key.Key_5)
    qtbot.waitUntil(window.drill_page.isVisible)
    qtbot.waitUntil(lambda: window.drill_page.count.view.state is DrillState.HELD, timeout=40_000)
    qtbot.waitUntil(lambda: window.drill_page.view.over, timeout=20_000)
    assert "Head hang: 2 of 2 s at 4" in window.drill_page.results.text()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.glance.isVisible()
    qtbot.waitUntil(lambda: not window.rest.isVisible(), timeout=5_000)
    qtbot.keyClick(window, Qt.Key.Key_F)
    qtbot.waitUntil(lambda: any("Form check" in line.title for line in live.model.snapshot().log), timeout=10_000)
    window.end_now()
    with open_recording(path) as recording:
        assert recording.closed
        assert list(analyse(recording).events) == [e.event for e in recording.live_events()]


# ---------------------------------------------------------------- the drill alone


@dataclass
class FakeRun:
    """The part of a session that a drill needs, on a clock of its own."""

    asked: list[object] = field(default_factory=list)
    quiet_until_ns: int | None = None
    begun_ns: int = field(default_factory=time.monotonic_ns)

    def clock_ns(self) -> int:
        return time.monotonic_ns() - self.begun_ns

    def mark(self, label: str) -> None:
        self.asked.append(label)

    def quiet(self, seconds: float, why: QuietReason = QuietReason.SNOOZE) -> None:
        self.asked.append((seconds, why))


class Kept:
    """A recorder that remembers."""

    def __init__(self):
        self.got = []

    def append(self, entry):
        self.got.append(entry)

    def append_sensor(self, info, t_ns):
        self.got.append(info)

    def append_event(self, event, t_ns):
        self.got.append(event)


def drills_of(profile, **more):
    run, tap, player = FakeRun(), PacketTap(Kept()), NullPlayer()
    return LiveDrills(lambda: run, tap, profile, player, lead_s=0.05, seconds=0.2, **more), run, tap, player


def test_a_timer_runs_without_any_sensor_or_calibration():
    drills, run, _, _ = drills_of(None)
    drills.start("wrist-shake")
    until(lambda: over(drills.view()))
    drills.close()
    assert drills.view().state is DrillState.DONE
    until(lambda: len(run.asked) == 5)
    (seconds, why), *marks, end = run.asked
    assert seconds > 60
    assert why is QuietReason.DRILL
    assert marks[0] == "drill begins: wrist shake"
    assert end == (0.0, QuietReason.DRILL)


@pytest.mark.parametrize("profile", [None, Profile("me", "2026-01-01T00:00:00+00:00", False, ())])
def test_without_a_calibration_the_sentence_says_what_to_do_and_nothing_is_asked_of_the_run(profile):
    drills, run, _, _ = drills_of(profile)
    with pytest.raises(CalibrationError, match="headsup calibrate"):
        drills.start("during")
    assert run.asked == []
    assert drills.view() is None
    assert not drills.going_on


@pytest.mark.parametrize("choice", ["", "push-ups", "x" * 10_000])
def test_what_is_no_drill_is_refused(choice):
    drills, _, _, _ = drills_of(None)
    with pytest.raises(SettingsError) as refusal:
        drills.start(choice)
    assert len(str(refusal.value)) < 120


def test_a_drill_that_fails_ends_with_a_sentence_and_the_cues_come_back():
    def hear(prompt):
        raise RuntimeError("a fault in whoever listens")

    drills, run, tap, _ = drills_of(None, hear=hear)
    drills.start("wrist-shake")
    until(lambda: over(drills.view()))
    drills.close()
    assert (drills.view().state, drills.view().say) == (DrillState.STOPPED, BROKEN)
    assert run.asked[-1] == (0.0, QuietReason.DRILL)
    assert tap.take() == []


def test_a_head_that_is_never_seen_ends_the_drill_with_a_sentence(monkeypatch):
    monkeypatch.setattr("monitor.drills.session.GIVE_UP_S", 0.2)
    monkeypatch.setattr("monitor.commands.drill_live.SILENT_S", 0.05)
    drills, run, _, _ = drills_of(DrillWearer().profile())
    drills.start("head-hang")
    until(lambda: over(drills.view()))
    drills.close()
    view = drills.view()
    assert view.state is DrillState.STOPPED
    assert view.say == "The head sensor is not seen. Switch it on and bring it near."
    assert run.asked[-1] == (0.0, QuietReason.DRILL)


def test_cues_are_said_to_be_back_only_where_no_other_rest_goes_on():
    for resting, words in ((None, [CUES_BACK]), (10**12, [])):
        drills, run, _, player = drills_of(None)
        run.quiet_until_ns = resting
        drills.control(Quiet(1, 90.0, QuietReason.DRILL))
        drills.control(Quiet(2, 0.0, QuietReason.SNOOZE))
        drills.output(NOTHING)
        assert player.log() == ()
        drills.control(Quiet(3, 0.0, QuietReason.DRILL))
        drills.output(NOTHING)
        drills.output(NOTHING)
        assert [record.sounds for record in player.log()] == words


def test_many_starts_at_once_begin_one_drill():
    drills, run, _, _ = drills_of(None)
    refused = []

    def start():
        try:
            drills.start("wrist-shake")
        except HeadsUpError as error:
            refused.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    drills.close()
    assert len([a for a in run.asked if a == (0.0, QuietReason.DRILL)]) == 1


# ---------------------------------------------------------------- the tap

INFO = SensorInfo("head", Site.HEAD, "demo", "IMU", "", 50.0)


def test_the_tap_hands_everything_on_and_keeps_copies_only_while_open():
    kept = Kept()
    tap = PacketTap(kept)
    tap.append_sensor(INFO, 0)
    first, lost, mark, second = (
        packet("head", 1, b"a"),
        LinkChange("head", 2, LinkState.LOST),
        Mark(3, "x"),
        packet("head", 4, b"b"),
    )
    tap.append(first)
    assert tap.take() == []
    tap.open()
    assert tap.take() == [INFO]
    for entry in (lost, mark, second):
        tap.append(entry)
    assert tap.take() == [lost, second]
    tap.close()
    tap.append(first)
    assert tap.take() == []
    assert kept.got == [INFO, first, lost, mark, second, first]


def test_somebody_who_never_takes_does_not_fill_the_memory():
    tap = PacketTap(Kept())
    tap.open()
    for i in range(MOST_WAITING + 5):
        tap.append(LinkChange("head", i, LinkState.LOST))
    taken = tap.take()
    assert len(taken) == MOST_WAITING
    assert taken[-1].t_ns == MOST_WAITING + 4
