"""When the watch pauses, why, and when it goes on: in the log, once, and not for a hole of a second."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from constructed_runs import COLLAR, HEAD, feed, long_run, model, output, span, track
from hypothesis import given
from hypothesis import strategies as st

from monitor.dashboard.live_view import Cue
from monitor.dashboard.watch import Watch, WatchTurns, watch_codes
from monitor.values import NS_PER_S, Activity, Event, EventKind, Reason


def lines(live):
    """Time, title and reason of the log's lines, oldest first."""
    return [(round(line.t_s), line.title, line.why) for line in reversed(live.snapshot().log)]


def fed(*parts, sensors=(HEAD, COLLAR), step_s=0.2):
    """A model given parts (end_s, values) in small blocks, from 0 s on."""
    live, clock = model(*sensors)
    start = 0.0
    for end, values in parts:
        while start < end - 1e-9:
            feed(live, clock, start, start + step_s, **values)
            start += step_s
    return live, clock


RUN, STILL = {}, {"activity": Activity.STILL}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.GAP, "link gap"),
        (Reason.SPARSE, "link gap"),
        (Reason.NO_DATA, "link gap"),
        (Reason.STARTING, "warming up"),
        (Reason.NOT_CALIBRATED, "not comparable: not calibrated"),
        (Reason.CANNOT_SEE, "not comparable: it cannot be seen from there"),
        (Reason.SENSOR_FAULT, "not comparable: readings clipped or frozen"),
    ],
)
def test_each_reason_of_a_silence_is_a_line(reason, words):
    live, _ = fed((10, RUN), (16, {"reason": reason}), (20, RUN))
    assert lines(live) == [
        (10, "Watch paused", words),
        (16, "Watching again", "after 6 s, cues from 0:20 on"),
    ]


def test_a_stop_is_a_line_and_so_is_going_on():
    live, _ = fed((60, RUN), (150, STILL), (155, RUN))
    assert lines(live) == [(60, "Watch paused", "not running"), (150, "Watching again", "after 1 min 30 s")]
    assert [line.cue for line in live.snapshot().log] == [Cue.WATCHING, Cue.PAUSED]


def test_short_interruptions_make_no_line():
    live, _ = fed((10, RUN), (11, {"reason": Reason.GAP}), (20, RUN), (24, STILL), (30, RUN))
    assert lines(live) == []


def test_before_the_start_it_is_not_yet_watching():
    live, _ = fed((8, STILL), (12, RUN))
    assert lines(live)[0] == (0, "Not watching yet", "not running")
    assert lines(live)[1] == (8, "Watching", "after 8 s, cues from 0:20 on")


def test_a_silent_sensor_that_comes_back_had_a_link_gap():
    live, clock = model(HEAD)
    for start, end in ((0, 30), (36, 40)):
        clock.at(end)
        live.update(output(track("head", span(start, end), pitch=3.0)))
    assert lines(live) == [(30, "Watch paused", "link gap"), (36, "Watching again", "after 6 s")]


def test_a_lost_link_has_one_line_and_says_when_cues_come_back():
    live, clock = model(HEAD)
    clock.at(30)
    live.update(output(track("head", span(0, 30), pitch=3.0)))
    clock.at(33)
    live.update(output(events=(Event(33 * NS_PER_S, EventKind.LINK_LOST, "head", True, {"why": "silence"}),)))
    back = Event(60 * NS_PER_S, EventKind.LINK_BACK, "head", True, {"away_s": 27.0})
    clock.at(66)
    live.update(output(track("head", span(60, 66), pitch=3.0), events=(back,)))
    assert [title for _, title, _ in lines(live)] == ["Sensor lost", "Sensor back", "Watching again"]
    assert lines(live)[-1][2] == "after 30 s, cues from 1:20 on"


def test_shoulders_have_lines_of_their_own_but_do_not_repeat_the_stop():
    live, clock = model()
    for start in range(40):
        clock.at(start + 1)
        reason = Reason.GAP if 20 <= start < 30 else Reason.OK
        activity = Activity.STILL if start < 10 else Activity.RUN
        t_s = span(start, start + 1)
        head = track("head", t_s, pitch=2.0, activity=activity)
        live.update(output(head, track("collar", t_s, shoulder=0.1, reason=reason, activity=activity)))
    assert [title for _, title, _ in lines(live)] == [
        "Not watching yet",
        "Watching",
        "Shoulders not watched",
        "Shoulders watched again",
    ]


def test_an_uncalibrated_collar_is_not_said_again_and_again():
    live, clock = model(calibrated=("head",))
    for start in range(20):
        clock.at(start + 1)
        t_s = span(start, start + 1)
        live.update(output(track("head", t_s, pitch=2.0), track("collar", t_s, reason=Reason.NOT_CALIBRATED)))
    assert lines(live) == []


def test_lines_keep_the_order_of_time():
    live, _ = long_run()
    times = [t for t, _, _ in lines(live)]
    assert times == sorted(times)
    assert ("Watch paused", "link gap") in [line[1:] for line in lines(live)]


def test_a_track_that_is_not_valid_is_never_watched():
    odd = track("head", span(0, 1), reason=Reason.OK)
    object.__setattr__(odd, "valid", np.zeros(len(odd), bool))
    assert set(watch_codes(odd)) == {Watch.WARMING_UP}


def test_a_stretch_that_just_lasts_counts_wherever_the_blocks_end():
    codes = np.array([Watch.ON] * 10 + [Watch.WARMING_UP] * 15 + [Watch.ON] * 10, np.int8)
    t_ns = np.arange(len(codes), dtype=np.int64) * (NS_PER_S // 5)
    for cut in range(1, len(codes)):
        turns = WatchTurns()
        told = turns.push(t_ns[:cut], codes[:cut]) + turns.push(t_ns[cut:], codes[cut:])
        assert [(turn.watch, turn.t_s, turn.lasted_s) for turn in told] == [
            (Watch.ON, 0.0, 0.0), (Watch.WARMING_UP, 2.0, 0.0), (Watch.ON, 5.0, 3.0),
        ]  # fmt: skip


@given(
    codes=st.lists(st.tuples(st.sampled_from(list(Watch)), st.integers(1, 40)), min_size=1, max_size=12),
    cuts=st.lists(st.integers(1, 400), max_size=8),
)
def test_any_blocks_give_the_same_turns(codes, cuts):
    flat = np.repeat([c for c, _ in codes], [n for _, n in codes]).astype(np.int8)
    t_ns = np.arange(len(flat), dtype=np.int64) * (NS_PER_S // 5)
    t_ns[len(flat) // 2 :] += 2 * NS_PER_S  # a hole of two seconds
    whole = WatchTurns().push(t_ns, flat)
    turns, parts = WatchTurns(), []
    edges = [0, *sorted({c for c in cuts if c < len(flat)}), len(flat)]
    for a, b in pairwise(edges):
        parts += turns.push(t_ns[a:b], flat[a:b])
    assert parts == whole
    told = [turn.watch for turn in whole]
    assert all(a is not b for a, b in pairwise(told))
