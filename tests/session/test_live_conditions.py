"""A rest of the cues as the runner lives it, on a SIMULATED run: told when it ends by itself, silences logged once."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from simulated_log import HeadEvent, SensorModel, head_info, notifications, running, simulate, true_profile

from monitor.alerts.policy import FOREVER_NS
from monitor.commands.listeners import CueListener, ModelListener
from monitor.commands.live_conditions import ConditionsListener
from monitor.dashboard.live_view import Cue as Heard
from monitor.dashboard.viewmodel import LiveModel
from monitor.outputs.phrases import CUES_BACK, Clip
from monitor.outputs.player import NullPlayer
from monitor.session import Session
from monitor.settings import Settings
from monitor.sources.base import SensorReady
from monitor.values import NS_PER_S, Ground, PipelineOutput, Quiet, QuietReason, Site

NOTHING = PipelineOutput((), (), ())


class Follower:
    """Knows how far the session has come."""

    def __init__(self):
        self.far = threading.Condition()
        self.t_ns = 0

    def sensor(self, info):
        pass

    def control(self, entry):
        pass

    def output(self, output):
        with self.far:
            self.t_ns = max([self.t_ns, *(q.last_arrival_ns for q in output.quality)])
            self.far.notify_all()


class PacedSource:
    """Sends a prepared log a second at a time, the next when the last was worked off: as live, only sooner."""

    def __init__(self, info, entries, follower):
        self._info, self._entries, self._follower = info, entries, follower
        self._thread = None

    def start(self, sink, clock_ns):
        def send():
            sink(SensorReady(0, self._info))
            second = 0
            for entry in self._entries:
                sink(entry)
                if entry.t_ns[-1] // NS_PER_S > second:
                    second = entry.t_ns[-1] // NS_PER_S
                    with self._follower.far:
                        reached = entry.t_ns[-1]
                        assert self._follower.far.wait_for(lambda at=reached: self._follower.t_ns >= at, 30)

        self._thread = threading.Thread(target=send)
        self._thread.start()

    def stop(self):
        self._thread.join()


@pytest.fixture(scope="module")
def outing():
    motion = simulate(
        running(100.0, head=[HeadEvent(30, 55, 30.0), HeadEvent(75, 90, 30.0)]),
        SensorModel(site=Site.HEAD, rate_hz=50.0, seed=3),
    )
    info = head_info("openearable2", 50.0)
    return info, true_profile(motion), notifications(info, motion, np.random.default_rng(1))


def live_run(outing, rest_s):
    """What was heard and what was shown of a run that begins with a rest."""
    info, profile, entries = outing
    settings, follower = Settings(grace_s=5.0, praise_every_s=0.0), Follower()
    clock = [0]
    model = LiveModel(settings, (info,), {"head": "sees its posture"}, True, lambda: clock[0])
    player = NullPlayer()
    conditions = ConditionsListener(model, player, lambda: session.quiet_until_ns)
    session = Session(
        PacedSource(info, entries, follower),
        settings,
        profile,
        None,
        [ModelListener(model, profile), conditions, CueListener(player), follower],
    )
    if rest_s is not None:
        session.quiet(rest_s)
    session.start()
    session.stop()
    assert session.failure is None
    clock[0] = 100 * NS_PER_S
    return [record.sounds for record in player.log()], model.snapshot()


def told(view):
    """The log without the lines of a watch that pauses and goes on."""
    return [line for line in view.log if line.cue not in (Heard.PAUSED, Heard.WATCHING)]


def test_a_rest_that_ends_says_so_before_any_cue_and_silence_is_logged_once(outing):
    heard, view = live_run(outing, 65.0)
    assert heard[0] == CUES_BACK
    assert [Clip.EYES_UP_ROAD_FEET in sounds for sounds in heard[1:]] == [True]
    silent = [line for line in view.log if line.cue is Heard.SILENT]
    # The head was down for 25 s, offered for a cue every second; the log says so once.
    [line] = silent
    assert line.title == "Head down"
    assert line.why.endswith("no cue: snoozed")
    assert [line.title for line in reversed(told(view))] == [
        "Cues rest until 1:05",
        "Head down",
        "Cues are back",
        "Head down",
    ]
    assert view.rest == ""


def test_a_rest_for_the_whole_run_is_never_over(outing):
    heard, view = live_run(outing, math.inf)
    assert heard == []
    assert [line.cue for line in view.log].count(Heard.SILENT) == 2
    assert view.rest == "Cues rest for the rest of the run"


def test_without_a_rest_nothing_is_said_of_one(outing):
    heard, view = live_run(outing, None)
    assert CUES_BACK not in heard
    assert {line.title for line in told(view)} == {"Head down"}


# ---------------------------------------------------------------- the listener alone


def listener():
    until = [None]
    model = LiveModel(Settings(), (), {}, False, lambda: 0)
    player = NullPlayer()
    return ConditionsListener(model, player, lambda: until[0]), until, model, player


def test_cues_brought_back_by_hand_are_not_announced():
    conditions, until, model, player = listener()
    until[0] = FOREVER_NS
    conditions.control(Quiet(1, math.inf))
    conditions.output(NOTHING)
    assert model.snapshot().rest == "Cues rest for the rest of the run"
    until[0] = None
    conditions.control(Quiet(2, 0.0))
    conditions.output(NOTHING)
    assert (player.log(), model.snapshot().rest) == ((), "")


def test_the_end_of_one_of_two_rests_is_not_the_end():
    conditions, until, _, player = listener()
    until[0] = 300 * NS_PER_S
    conditions.output(NOTHING)
    conditions.control(Quiet(2, 0.0, QuietReason.DRILL))  # the snooze goes on
    conditions.output(NOTHING)
    assert player.log() == ()
    until[0] = None
    conditions.output(NOTHING)
    conditions.output(NOTHING)
    assert [record.sounds for record in player.log()] == [CUES_BACK]


def test_ground_reaches_the_screens():
    conditions, _, model, _ = listener()
    conditions.control(Ground(1, 3.0, 0.05, "treadmill"))
    assert (model.snapshot().speed, model.snapshot().incline) == ("6.7 mph", "incline 5.0 %")
