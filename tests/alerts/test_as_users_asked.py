"""What users of other posture trainers complained about, tried through the whole pipeline on a SIMULATED runner."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from simulated_log import HeadEvent, SensorModel, head_info, notifications, running, simulate, true_profile

from monitor.pipeline import Pipeline
from monitor.settings import HeadRule, Settings
from monitor.values import Event, EventKind, Site

S = 1_000_000_000
INFO = head_info("openearable2", 52.0)


def events_of(settings: Settings, seconds: float, *head: HeadEvent) -> list[Event]:
    motion = simulate(running(seconds, head), SensorModel(site=Site.HEAD, rate_hz=52.0, seed=1))
    packets = notifications(INFO, motion, np.random.default_rng(2), delay_s=0.02)
    return list(Pipeline([INFO], true_profile(motion), settings).push(packets).events)


def cues_s(events: list[Event], kind: EventKind = EventKind.HEAD_DOWN) -> list[float]:
    return [e.t_ns / S for e in events if e.kind is kind and e.prompted]


@pytest.mark.parametrize(("dwell_s", "cooldown_s"), [(3.0, 10.0), (6.0, 30.0), (12.0, 20.0)])
def test_dwell_and_cool_down_are_what_the_settings_say(dwell_s, cooldown_s):
    """Users heard it too late, and every 40 s whatever they set: here the dwell and the cool-down count."""
    rule = HeadRule(dwell_s=dwell_s, cooldown_s=cooldown_s)
    quiet = replace(Settings(road=rule), slip_away_s=600.0, grace_s=15.0)
    told = cues_s(events_of(quiet, 40 + dwell_s + 2.6 * cooldown_s, HeadEvent(40, 500, 32.0)))
    assert len(told) == 3
    assert 40 + dwell_s - 0.5 <= told[0] <= 40 + dwell_s + 1
    for earlier, later in pairwise(told):
        assert cooldown_s <= later - earlier <= cooldown_s + 1.1


@pytest.mark.parametrize(
    "head",
    [
        pytest.param({"yaw_deg": 70.0}, id="looks over the left shoulder"),
        pytest.param({"yaw_deg": -50.0}, id="talks to a companion on the right"),
        pytest.param({"roll_deg": 20.0}, id="tilts the head"),
        pytest.param({"roll_deg": -20.0, "yaw_deg": 40.0}, id="both"),
    ],
)
def test_a_head_that_turns_or_tilts_is_not_a_head_that_hangs(head):
    events = events_of(Settings(), 90, HeadEvent(40, 70, 0.0, **head))
    assert [e for e in events if e.kind in (EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE)] == []


def test_a_head_that_hangs_is_found_while_it_is_turned():
    assert len(cues_s(events_of(Settings(), 80, HeadEvent(40, 65, 34.0, yaw_deg=30.0)))) == 1


def test_an_hour_of_the_worst_posture_is_no_alarm_bell():
    """At most twelve cues an hour on the road, never two within four seconds, ever more rarely while unheeded."""
    told = cues_s(events_of(replace(Settings(), slip_away_s=600.0), 1200, HeadEvent(40, 1500, 32.0)))
    gaps = np.diff(told)
    assert 3 <= len(told) <= 12
    assert gaps.min() >= 29.9
    assert gaps[-1] > gaps[0] * 3
