"""The view model: which state is shown and why, staleness, units, chart gaps, threads, hostile input."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from constructed_runs import COLLAR, HEAD, busy_run, feed, model, output, quality, span, track

from monitor.dashboard.live_view import Cue, LiveState, Severity
from monitor.posture.gaze import GazeZone
from monitor.review.report_words import NOT_VISIBLE, clean, gaze_words
from monitor.settings import Settings
from monitor.values import (
    NS_PER_S,
    Activity,
    BatteryLevel,
    Event,
    EventKind,
    LinkChange,
    LinkState,
    Mode,
    Reason,
)

# ---------------------------------------------------------------- states


def test_before_any_data_it_says_what_it_is_doing():
    live, _ = model(HEAD)
    assert live.snapshot().state is LiveState.WARMING_UP
    assert live.snapshot().reason == "Looking for the cap sensor"
    live.link(LinkChange("head", 0, LinkState.CONNECTING))
    assert live.snapshot().reason == "Connecting to the cap sensor"
    live.link(LinkChange("head", 0, LinkState.STREAMING))
    assert live.snapshot().reason == "Waiting for the cap sensor's first data"
    assert math.isnan(live.snapshot().elapsed_s)


def test_ready_then_good_then_paused():
    live, clock = model()
    feed(live, clock, 0, 1, activity=Activity.STILL)
    assert live.snapshot().state is LiveState.READY
    assert live.snapshot().reason == "Run when you like"
    feed(live, clock, 1, 2)
    assert live.snapshot().state is LiveState.GOOD
    assert live.snapshot().reason == "Head level, shoulders relaxed"
    feed(live, clock, 2, 3, activity=Activity.WALK)
    assert live.snapshot().state is LiveState.PAUSED


@pytest.mark.parametrize(
    ("mode", "feet", "words"),
    [
        (Mode.ROAD, True, "Look about 30 ft down the road"),
        (Mode.ROAD, False, "Look about 10 m down the road"),
        (Mode.TRAIL, True, "Look 4–7 ft ahead"),
        (Mode.TRAIL, False, "Look 1–2 m ahead"),
        (Mode.TECHNICAL, True, "Pick your head up for a moment"),
    ],
)
def test_eyes_up_says_where_to_look_on_this_ground(mode, feet, words):
    live, clock = model(settings=Settings(feet=feet))
    live.mode(mode)
    feed(live, clock, 0, 1, pitch=45.0, over=True, dwell=30.0)
    view = live.snapshot()
    assert (view.state, view.reason, view.mode) == (LiveState.EYES_UP, words, mode)
    assert view.dwell == 1.0
    assert view.limit_deg == Settings().head_rule(mode).on_deg


def test_a_head_past_its_limit_is_no_alert_while_standing_or_untrusted():
    live, clock = model()
    feed(live, clock, 0, 1, pitch=60.0, over=True, activity=Activity.OTHER)
    assert live.snapshot().state is LiveState.READY
    feed(live, clock, 1, 2, pitch=60.0, over=True, reason=Reason.GAP)
    view = live.snapshot()
    assert view.state is LiveState.WARMING_UP
    assert math.isnan(view.pitch_deg)
    assert view.gaze == "–"


def test_shoulders_from_the_collar():
    live, clock = model()
    feed(live, clock, 0, 1)
    t_s = span(1, 2)
    clock.at(2)
    live.update(output(track("head", t_s, pitch=3.0), track("collar", t_s, shoulder=0.8, over=True)))
    view = live.snapshot()
    assert view.state is LiveState.RELAX_SHOULDERS
    assert (view.shoulders, view.shoulder_score) == ("up", pytest.approx(0.8))


def test_over_of_a_collar_that_measures_head_pitch_means_the_head():
    live, clock = model(COLLAR)
    clock.at(1)
    live.update(output(track("collar", span(0, 1), pitch=30.0, shoulder=0.1, over=True)))
    assert live.snapshot().state is LiveState.EYES_UP
    shoulders = Event(2 * NS_PER_S, EventKind.SHOULDERS_UP, "collar", prompted=True)
    clock.at(2)
    live.update(output(track("collar", span(1, 2), pitch=3.0, shoulder=0.7), events=(shoulders,)))
    assert live.snapshot().state is LiveState.RELAX_SHOULDERS
    clock.at(3)
    live.update(output(track("collar", span(2, 3), pitch=3.0, shoulder=0.1)))
    assert live.snapshot().state is LiveState.GOOD


def test_no_head_sensor_the_collar_leads():
    live, clock = model(COLLAR, calibrated=("collar",))
    clock.at(1)
    live.update(output(track("collar", span(0, 1), shoulder=0.1)))
    view = live.snapshot()
    assert (view.state, view.reason) == (LiveState.GOOD, "Shoulders relaxed")
    assert math.isnan(view.pitch_deg)
    assert live.chart().head.x.size == 0


def test_not_calibrated():
    live, clock = model(HEAD, calibrated=())
    clock.at(1)
    live.update(output(track("head", span(0, 1), reason=Reason.NOT_CALIBRATED)))
    assert live.snapshot().state is LiveState.NOT_CALIBRATED
    assert live.snapshot().cadence_spm == 168.0  # steps need no calibration


def test_fault_failure_and_end():
    live, clock = model(HEAD)
    clock.at(1)
    live.update(output(track("head", span(0, 1), reason=Reason.SENSOR_FAULT)))
    assert live.snapshot().state is LiveState.CHECK_SENSOR
    live.link(LinkChange("head", 0, LinkState.STOPPED))
    assert live.snapshot().state is LiveState.ENDED
    live.fail("the recording's disk is full")
    assert live.snapshot().state is LiveState.FAILED
    assert live.snapshot().reason == "the recording's disk is full"


# ---------------------------------------------------------------- staleness


def test_old_data_is_never_shown_as_current():
    live, clock = model()
    feed(live, clock, 0, 5, pitch=12.0)
    clock.at(6.4)
    assert live.snapshot().pitch_deg == pytest.approx(12.0)
    clock.at(6.6)
    view = live.snapshot()
    assert view.state is LiveState.SENSOR_LOST
    assert math.isnan(view.pitch_deg)
    assert math.isnan(view.cadence_spm)
    assert math.isnan(view.shoulder_score)
    assert (view.gaze, view.zone, view.dwell, view.shoulders) == ("–", None, 0.0, "no data now")
    assert all(math.isnan(row.rate_hz) for row in view.links)
    clock.at(8.1)
    assert live.snapshot().reason == "Cap sensor: no data for 3 s"


def test_a_lost_link_counts_at_once_and_its_return_too():
    live, clock = model()
    feed(live, clock, 0, 2)
    live.link(LinkChange("head", 0, LinkState.LOST, "out of range"))
    assert live.snapshot().state is LiveState.SENSOR_LOST
    live.link(LinkChange("head", 0, LinkState.STREAMING))
    feed(live, clock, 2, 3)
    assert live.snapshot().state is LiveState.GOOD


def test_a_lost_collar_does_not_hide_a_good_head_but_is_said():
    live, clock = model()
    feed(live, clock, 0, 2)
    clock.at(5.2)
    live.update(output(track("head", span(2, 5), pitch=2.0)))
    view = live.snapshot()
    assert (view.state, view.reason) == (LiveState.GOOD, "Collar sensor: no data for 3 s")
    assert view.shoulders == "no data now"
    states = {row.key: row.severity for row in view.links}
    assert states == {"head": Severity.GOOD, "collar": Severity.ATTENTION}


def test_a_backlog_is_old_even_when_it_arrives_just_now():
    live, clock = model(HEAD)
    for second in range(3):
        clock.at(second + 1)
        live.update(output(track("head", span(second, second + 1), pitch=2.0)))
    clock.at(10)
    live.update(output(track("head", span(3, 5), pitch=2.0)))  # 5 s late
    assert live.snapshot().state is LiveState.SENSOR_LOST


def test_a_block_from_the_past_changes_nothing():
    live, clock = model(HEAD)
    clock.at(3)
    live.update(output(track("head", span(2, 3), pitch=5.0)))
    live.update(output(track("head", span(0, 1), pitch=50.0, over=True)))
    assert live.snapshot().pitch_deg == pytest.approx(5.0)
    assert np.all(np.diff(live.chart().head.x) > 0)


# ---------------------------------------------------------------- words and units


@pytest.mark.parametrize(
    ("low_m", "high_m", "feet", "words"),
    [
        (1.3, 2.6, True, "about 4–9 ft"),
        (1.3, 2.6, False, "about 1–3 m"),
        (0.1, 0.9, True, "within 3 ft"),
        (6.2, 9.7, False, "about 6–10 m"),
        (4.0, math.inf, True, "beyond 13 ft"),
        (16.0, math.inf, True, "far ahead"),
        (0.1, math.inf, True, "anywhere ahead"),
        (math.nan, 2.0, True, "–"),
        (0.6096, 0.6096, True, "about 2–3 ft"),
    ],
)
def test_gaze_is_a_band_rounded_outwards(low_m, high_m, feet, words):
    assert gaze_words(low_m, high_m, feet) == words


def test_gaze_of_a_view_names_its_zone_as_likely():
    live, clock = model()
    feed(live, clock, 0, 1, pitch=24.0)  # 40 deg of gaze: 1.62 m / tan 40 deg = 1.93 m = 6.3 ft
    view = live.snapshot()
    assert view.zone is GazeZone.TARGET
    assert view.zone_text == "likely 4–7 ft ahead"
    assert view.gaze == "about 4–9 ft"


def test_only_a_head_sensor_sees_no_shoulders():
    live, clock = model(HEAD, calibrated=("head",))
    clock.at(1)
    live.update(output(track("head", span(0, 1), pitch=2.0)))
    assert live.snapshot().shoulders == NOT_VISIBLE
    assert live.snapshot().reason == "Head level"


def test_a_collar_that_cannot_see_shoulders_says_so():
    live, clock = model()
    clock.at(1)
    live.update(output(track("head", span(0, 1), pitch=2.0), track("collar", span(0, 1), reason=Reason.CANNOT_SEE)))
    assert live.snapshot().shoulders == NOT_VISIBLE


def test_link_rows():
    live, clock = model()
    feed(live, clock, 0, 1)
    live.update(output(quality=(quality("collar", 51.6, 97, 3),)))
    live.battery(BatteryLevel("head", 0, 78))
    live.battery(BatteryLevel("collar", 0, 300))
    head, collar = live.snapshot().links
    assert (head.state, head.battery_pct, head.loss_pct) == ("live", 78, pytest.approx(0.5))
    assert (collar.battery_pct, collar.loss_pct, collar.rate_hz) == (None, pytest.approx(3.0), 51.6)


def test_log_tells_prompts_from_silences_with_their_reasons():
    live, _ = busy_run()
    lines = live.snapshot().log
    assert [line.cue for line in lines] == [Cue.GIVEN, Cue.NOTE, Cue.SILENT, Cue.NOTE]
    assert lines[0].title == "Head down"
    assert lines[0].why == "41° down, low for 10 s (limit 36°)"
    assert lines[1].title == "Mark: cramp"
    assert lines[2].why.endswith("no cue: grace")


def test_a_moved_sensor_is_hinted_for_a_minute():
    live, clock = model()
    feed(live, clock, 0, 5)
    live.update(output(events=(Event(4 * NS_PER_S, EventKind.SENSOR_MOVED, "head"),)))
    assert live.snapshot().notice == "A sensor may have moved: check how it sits"
    live.notice("No sound: no device")
    assert live.snapshot().notice == "No sound: no device"
    live.notice("")
    clock.at(70)
    assert live.snapshot().notice == ""


def test_own_limits_replace_the_settings():
    live, clock = model()
    assert live.snapshot().limit_deg == 20.0
    own = type(live)(Settings(), (HEAD,), {}, False, clock, limits_deg={Mode.ROAD: 17.0})
    assert own.snapshot().limit_deg == 17.0


def test_simulated_by_argument_or_by_sensor():
    assert model(simulated=True)[0].snapshot().simulated
    assert model(replace(HEAD, simulated=True))[0].snapshot().simulated
    assert not model()[0].snapshot().simulated


def test_hostile_names_and_texts_become_one_short_line():
    evil = "\x1b[31mcap\n\u202e<b>\ud800" + "x" * 10_000
    live, _ = model(replace(HEAD, name=evil))
    live.notice(evil)
    live.update(output(events=(Event(0, EventKind.MARK, "", detail={"label": evil}),)))
    view = live.snapshot()
    for words in (view.links[0].name, view.notice, view.log[0].title):
        assert words.isprintable()
        assert len(words) <= 160
        words.encode("utf-8")
    assert clean("a" * 100, 10) == "a" * 9 + "…"


def test_unknown_sensors_are_ignored():
    live, clock = model(HEAD)
    clock.at(1)
    live.update(output(track("foot", span(0, 1)), quality=(quality("foot"),)))
    live.link(LinkChange("foot", 0, LinkState.LOST))
    live.battery(BatteryLevel("foot", 0, 5))
    assert [row.key for row in live.snapshot().links] == ["head"]
