"""Known speed and slope, the trunk's lean, the needle and both shoulders on the live screens."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from constructed_runs import HEAD, busy_run, feed, model, output, span, track

from monitor.alerts.policy import FOREVER_NS, Silence
from monitor.dashboard.ground_now import GroundNow
from monitor.dashboard.live_view import Cue, LiveState
from monitor.dashboard.live_words import ground_words, incline_words, pitch_words, rest_words, speed_words
from monitor.posture.gaze import ground_distance_m
from monitor.posture.slope import gaze_shift_deg, lean_shift_deg, slope_deg
from monitor.settings import GazeModel, Settings
from monitor.values import NS_PER_S, Event, EventKind, Ground, Mode, SensorInfo, Site

LEFT = SensorInfo("left_shoulder", Site.LEFT_SHOULDER, "demo", "Left IMU", "1", 50.0)
RIGHT = SensorInfo("right_shoulder", Site.RIGHT_SHOULDER, "demo", "Right IMU", "2", 50.0)


def head_view(pitch: float, **columns: float):
    """The view of a head sensor whose track has these columns besides."""
    live, clock = model(HEAD)
    one = track("head", span(0, 1), pitch=pitch)
    clock.at(1)
    live.update(output(replace(one, **{k: np.full(len(one), v) for k, v in columns.items()})))
    return live


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("speed", "feet", "words"),
    [(10 / 3.6, False, "10.0 km/h"), (10 / 3.6, True, "6.2 mph"), (0.0, False, "0.0 km/h"), (math.nan, True, "")],
)
def test_speed_in_the_runners_units(speed, feet, words):
    assert speed_words(speed, feet) == words


def test_incline_and_pitch_in_words():
    assert [incline_words(g) for g in (0.05, -0.02, -0.0001, math.nan)] == [
        "incline 5.0 %",
        "incline -2.0 %",
        "incline 0.0 %",
        "",
    ]
    assert ground_words("6.2 mph", "") == "6.2 mph"
    assert ground_words("", "") == ""
    assert [pitch_words(d) for d in (12.4, 0.3, -5.0, math.nan)] == ["12° down", "level", "5° up", "–"]


def test_a_rest_in_words_with_the_time_left():
    assert rest_words(None, 10.0) == ""
    assert rest_words(760 * NS_PER_S, 509.5) == "Cues rest until 12:40, 4:11 left"
    assert rest_words(760 * NS_PER_S, 760.0) == ""
    assert rest_words(300 * NS_PER_S, math.nan) == "Cues rest until 5:00"  # before the first sample
    assert rest_words(FOREVER_NS, 10.0) == "Cues rest for the rest of the run"


# ---------------------------------------------------------------- ground


def test_the_gaze_meets_the_ground_nearer_uphill_and_the_seconds_follow_the_speed():
    settings = Settings(feet=False)
    level = GroundNow(3.0, math.nan).gaze(12.0, settings)
    uphill = GroundNow(3.0, 0.1).gaze(12.0, settings)
    distance = float(ground_distance_m(np.array([12.0]), GazeModel(), slope_deg(0.1))[0][0])
    assert uphill.ahead == f"{distance / 3.0:.1f} s ahead"
    assert float(uphill.ahead.split()[0]) < float(level.ahead.split()[0])
    assert uphill.band != level.band


def test_no_seconds_without_speed_without_gaze_and_for_a_far_gaze():
    settings = Settings()
    assert GroundNow().gaze(12.0, settings).ahead == ""
    assert GroundNow(0.0, 0.0).gaze(12.0, settings).ahead == ""
    assert GroundNow(3.0, 0.0).gaze(0.5, settings).ahead == ""
    assert GroundNow(3.0, 0.0).gaze(math.nan, settings).band == "–"


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("lean_known", [True, False])
def test_the_limit_shown_is_the_one_the_rules_use_on_this_slope(mode, lean_known):
    settings, slope = Settings(), slope_deg(0.12)
    expected = gaze_shift_deg(slope, mode, settings.gaze)
    expected += 0.0 if lean_known else lean_shift_deg(slope, settings.hill_lean)
    assert GroundNow(3.0, 0.12).limit_shift_deg(mode, settings, lean_known=lean_known) == pytest.approx(expected)
    assert GroundNow(3.0).limit_shift_deg(mode, settings, lean_known=lean_known) == 0.0


def test_ground_on_the_view():
    live, clock = model(settings=Settings(feet=False))
    feed(live, clock, 0, 1, pitch=24.0)
    before = live.snapshot()
    assert (before.speed, before.incline, before.ahead, before.limit_deg) == ("", "", "", 20.0)
    live.ground(Ground(0, 10 / 3.6, 0.05, "treadmill"))
    view = live.snapshot()
    assert (view.speed, view.incline) == ("10.0 km/h", "incline 5.0 %")
    assert view.ahead == "0.7 s ahead"
    assert view.limit_deg == pytest.approx(
        20.0 + GroundNow(3.0, 0.05).limit_shift_deg(Mode.ROAD, Settings(), lean_known=False)
    )
    live.ground(Ground(0, math.nan, math.nan, "watch"))  # lost again
    assert live.snapshot().gaze == before.gaze


# ---------------------------------------------------------------- lean and needle


def test_the_lean_is_taken_off_the_pitch_but_not_off_the_gaze():
    leaning, plain = head_view(24.0, lean_deg=8.2), head_view(24.0)
    view = leaning.snapshot()
    assert view.pitch_deg == pytest.approx(15.8)
    assert view.lean == "trunk lean 8° taken off"
    assert view.gaze == plain.snapshot().gaze
    assert plain.snapshot().lean == ""
    assert plain.snapshot().pitch_deg == pytest.approx(24.0)
    chart = leaning.chart()
    assert chart.head.sustained_deg == pytest.approx(15.8)
    assert chart.head.low_deg == pytest.approx(15.8)


def test_the_needle_is_ahead_of_the_words():
    live = head_view(4.0, display_deg=30.0)
    view = live.snapshot()
    assert view.needle_deg == pytest.approx(30.0)
    assert view.pitch_deg == pytest.approx(4.0)
    assert (view.state, view.reason) == (LiveState.GOOD, "Head level")
    assert head_view(24.0, display_deg=30.0, lean_deg=8.0).snapshot().needle_deg == pytest.approx(22.0)
    assert head_view(24.0, display_deg=math.nan).snapshot().needle_deg == pytest.approx(24.0)  # better than none
    assert math.isnan(model(HEAD)[0].snapshot().needle_deg)


# ---------------------------------------------------------------- shoulders, one on each side


def two_shoulders(left: float, right: float):
    live, clock = model(LEFT, RIGHT, calibrated=("left_shoulder", "right_shoulder"))
    t_s = span(0, 1)
    clock.at(1)
    live.update(
        output(
            track("left_shoulder", t_s, shoulder=left, over=left > 0.5),
            track("right_shoulder", t_s, shoulder=right, over=right > 0.5),
        )
    )
    return live.snapshot()


@pytest.mark.parametrize(
    ("left", "right", "words", "score"),
    [
        (0.1, 0.2, "relaxed", 0.2),
        (0.8, 0.1, "left up", 0.8),
        (0.1, 0.7, "right up", 0.7),
        (0.8, 0.7, "both up", 0.8),
        (0.1, 0.4, "right a little up", 0.4),
        (0.1, math.nan, "left relaxed", 0.1),  # of the other nothing is claimed
        (math.nan, math.nan, "not visible from here", math.nan),
    ],
)
def test_two_shoulders_in_words(left, right, words, score):
    view = two_shoulders(left, right)
    assert view.shoulders == words
    assert view.shoulder_score == pytest.approx(score, nan_ok=True)


def test_the_shoulder_that_is_up_is_named_and_the_other_one_is_not_called_relaxed():
    assert two_shoulders(0.8, 0.1).reason == "Let the left one drop, shake out the wrists"
    assert two_shoulders(0.8, 0.8).reason == "Let them drop, shake out the wrists"
    assert two_shoulders(0.1, 0.4).reason == "Keep the shoulders easy"
    assert two_shoulders(0.1, 0.1).reason == "Shoulders relaxed"


# ---------------------------------------------------------------- rest and quiet lines


def test_a_rest_is_logged_when_it_changes_and_only_then():
    live, clock = model()
    feed(live, clock, 0, 5)
    for until in (305 * NS_PER_S, 305 * NS_PER_S, FOREVER_NS, None, None):
        live.rest(until)
    assert [(line.title, line.cue) for line in reversed(live.snapshot().log)] == [
        ("Cues rest until 5:05", Cue.NOTE),
        ("Cues rest for the rest of the run", Cue.NOTE),
        ("Cues are back", Cue.NOTE),
    ]


def test_a_rest_that_is_over_by_the_clock_is_not_shown_while_data_is_missing():
    live, clock = model()
    feed(live, clock, 0, 5)
    live.rest(60 * NS_PER_S)
    clock.at(59.5)
    assert live.snapshot().rest == "Cues rest until 1:00, 0:01 left"
    clock.at(61.0)
    assert live.snapshot().rest == ""


def test_a_hint_that_is_only_shown_is_a_quiet_line():
    live, clock = model()
    feed(live, clock, 0, 5)
    shown = {"pitch_deg": 30.0, "silent": Silence.SHOWN.value}
    live.update(output(events=(Event(4 * NS_PER_S, EventKind.SENSOR_MOVED, "head", detail=shown),)))
    view = live.snapshot()
    [line] = view.log
    assert (line.title, line.cue) == ("Sensor may have moved", Cue.SILENT)
    assert line.why.endswith(Silence.SHOWN.value)
    assert view.notice == ""
    silenced = {"pitch_deg": 30.0, "silent": Silence.SNOOZE.value}
    live.update(output(events=(Event(5 * NS_PER_S, EventKind.SENSOR_MOVED, "head", detail=silenced),)))
    assert live.snapshot().notice == "A sensor may have moved: check how it sits"


def test_a_thin_link_says_so():
    live, _ = busy_run("thin")
    assert live.snapshot().reason == "The link is thin: stay near the computer"
