"""Loosen-up prompts in turn and at a good moment; summaries in one sentence."""

import numpy as np
import pytest
from made_tracks import COLLAR, HEAD, S, run, settings, track

from monitor.coaching.seen import Seen
from monitor.coaching.watch import LOOSEN_UP
from monitor.values import Event, EventKind, Mode, ModeChange

EVERY_10 = settings(form_checks=False, loosen_every_min=10)
CIRCLES, WRISTS = "head_circles", "shake_wrists"


def prompts(events):
    assert all(e.kind is LOOSEN_UP and e.prompted for e in events)
    return [(e.t_ns // S, e.detail["what"]) for e in events]


def cue(seconds, **more):
    return (seconds * S, Event(seconds * S, EventKind.HEAD_DOWN, "head", **{"prompted": True, **more}))


def test_in_turn_and_from_the_last_one_on():
    assert prompts(run([track()], used=EVERY_10)) == [
        (600, CIRCLES), (1200, WRISTS), (1800, CIRCLES), (2400, WRISTS), (3000, CIRCLES),
    ]  # fmt: skip


def test_minutes_of_running_only():
    walks = track(running=lambda t: t % 300 >= 60)
    expected = [780, 1500, 2280, 3000]  # four minutes of every five
    assert [t for t, _ in prompts(run([walks], used=EVERY_10))] == pytest.approx(expected, abs=10)


def test_never_where_that_is_set():
    assert run([track()], used=settings(form_checks=False, loosen_every_min=0)) == []


def test_no_calibration_is_needed():
    assert len(run([track(valid=0, neck=np.nan)], Seen(), EVERY_10)) == 5


def test_not_while_a_bout_is_on_nor_right_after_a_cue():
    in_bout = track(seconds=900, over=lambda t: (t > 590) & (t < 660))
    assert prompts(run([in_bout], used=EVERY_10)) == [(660, CIRCLES)]
    told = run([track(seconds=900)], used=EVERY_10, heard=[cue(570), cue(625)])
    assert prompts(told) == [(685, CIRCLES)]
    noticed_only = run([track(seconds=900)], used=EVERY_10, heard=[cue(590, prompted=False)])
    assert prompts(noticed_only) == [(600, CIRCLES)]


def test_a_bout_of_a_sensor_that_is_gone_does_not_count():
    gone = track("collar", seconds=595, over=1.0, shoulder=0.9)
    assert prompts(run([track(seconds=900), gone], used=EVERY_10)) == [(600, CIRCLES)]


def test_not_in_a_quiet_time_nor_in_the_minute_after_it():
    quiet = lambda t_ns: "during a drill" if 500 * S <= t_ns < 700 * S else None  # noqa: E731
    assert prompts(run([track(seconds=900)], used=EVERY_10, quiet=quiet)) == [(759, CIRCLES)]


def test_not_in_the_grace_of_the_start_nor_of_a_link():
    watching = settings(grace_s=300, form_checks=False, loosen_every_min=2)
    assert prompts(run([track(seconds=400)], used=watching)) == [(300, CIRCLES)]
    back = (110 * S, Event(110 * S, EventKind.LINK_BACK, "head", prompted=True))
    assert prompts(run([track(seconds=500)], used=watching, heard=[back])) == [(410, CIRCLES)]


def test_on_technical_ground_nobody_circles_the_head():
    technical = [ModeChange(1000 * S, Mode.TECHNICAL), ModeChange(2500 * S, Mode.ROAD)]
    events = run([track()], used=EVERY_10, controls=technical)
    assert [what for _, what in prompts(events)] == [CIRCLES, WRISTS, WRISTS, WRISTS, CIRCLES]


def test_a_check_waits_until_the_head_has_circled():
    events = run([track(seconds=2000)], used=settings(planned_min=60, loosen_every_min=29.9))
    spoken = [(e.t_ns // S, e.detail.get("check", e.detail.get("what"))) for e in events if e.prompted]
    assert spoken == [(1794, CIRCLES), (1854, "middle")]


def test_not_while_standing():
    stops = track(seconds=900, running=lambda t: (t < 590) | (t > 650) & (t < 800))
    (only,) = prompts(run([stops], used=EVERY_10))
    assert only == (pytest.approx(660, abs=2), CIRCLES)
    tired = track(seconds=900, running=lambda t: t < 599, over=lambda t: (t > 590) & (t < 602))
    assert run([tired], used=EVERY_10) == []


def test_a_form_check_goes_first_and_the_prompt_keeps_its_distance():
    events = run([track(seconds=2000)], used=settings(planned_min=60, loosen_every_min=30))
    spoken = [(e.t_ns // S, e.detail.get("check", e.detail.get("what"))) for e in events if e.prompted]
    assert spoken == [(1800, "middle"), (1860, CIRCLES)]


# ---------------------------------------------------------------- summaries


EVERY_15 = settings(form_checks=False, summary_every_min=15)


def test_time_head_and_cadence_of_the_last_part_only():
    improving = track(over=lambda t: t < 90, cadence=lambda t: np.where(t < 900, 170.0, 166.0))
    events = run([improving], HEAD, EVERY_15)
    assert [e.detail["text"] for e in events] == [
        "15 minutes, head up 90 percent, cadence 170.",
        "30 minutes, head up 100 percent, cadence 166.",
        "45 minutes, head up 100 percent, cadence 166.",
    ]
    assert [(e.detail["check"], e.prompted) for e in events] == [("summary", True)] * 3
    assert events[0].detail["up_share"] == pytest.approx(0.9, abs=0.002)


def test_shoulders_where_no_head_is_seen_and_neither_where_none_is():
    collar = track("collar", seconds=1000, shoulder=0.9, over=lambda t: t % 20 < 10)
    (event,) = run([collar], COLLAR, EVERY_15)
    assert event.detail["text"] in [f"15 minutes, shoulders down {n} percent, cadence 170." for n in (49, 50, 51)]
    (event,) = run([track(seconds=1000, valid=0, neck=np.nan)], Seen(), EVERY_15)
    assert event.detail["text"] == "15 minutes, cadence 170."


def test_more_than_an_hour():
    events = run([track(seconds=7300)], used=settings(form_checks=False, summary_every_min=61))
    assert events[0].detail["text"].startswith("1 hour 1 minute, head up")
    assert len(events) == 1


def test_a_summary_in_a_quiet_time_is_noted_only():
    (event,) = run([track(seconds=1000)], used=EVERY_15, quiet=lambda t_ns: "snoozed")
    assert (event.prompted, event.detail["silent"]) == (False, "snoozed")
