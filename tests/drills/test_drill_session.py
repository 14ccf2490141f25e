"""A routine from the first look ahead to the last drill."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tilted import block_of, circles, cut, join, path, site_of, turn_of, up_of

from calibration.model import ShoulderCalibration, SiteCalibration
from monitor.drills.catalogue import DRILLS, ROUTINES, DrillKind, with_seconds
from monitor.drills.look import UNSEEN, Beside, BesideFollower, LookFollower, together
from monitor.drills.prompts import GIVE_UP_S, LEAD_S, Saying, longest_s
from monitor.drills.quiet import QUIET_OVER_S, quiet_for
from monitor.drills.result import Outcome
from monitor.drills.session import DrillSession
from monitor.drills.words import HINTS, OVER, Hint
from monitor.errors import CalibrationError
from monitor.values import NS_PER_S, Quiet, QuietReason, Reason

HANG = DRILLS[DrillKind.HEAD_HANG]
SHORT_HANG = with_seconds(HANG, 4.0)
STAND = path((3, 0, 0))
MOTION = join(STAND, path((1, 45, 0), (12, 45, 0)))


def led(drills, motion, *, mounting=None, reason=None, **options):
    """The session and all it said, for one motion."""
    session = DrillSession(drills, site_of(mounting), **options)
    said = session.push(block_of(up_of(*motion, mounting), reason=reason))
    return session, said


def texts(said, saying):
    return [p.text for p in said if p.saying is saying]


def test_one_drill_from_beginning_to_end():
    session, said = led([SHORT_HANG], MOTION)
    assert session.over
    assert [p.saying for p in said] == [Saying.STAND, Saying.START, Saying.COUNT, Saying.DONE, Saying.OVER]
    start, done = said[1], said[3]
    assert start.kind is DrillKind.HEAD_HANG
    # Nothing counts while the announcement is heard, though the head hangs already.
    assert (done.t_ns - start.t_ns) / NS_PER_S == pytest.approx(LEAD_S + 4.0, abs=0.1)
    (result,) = session.results
    assert result.outcome is Outcome.DONE
    assert "4 of 4 s at 45 degrees" in result.in_words
    assert json.loads(json.dumps(result.as_json(), allow_nan=False))["mean_deg"] == 45.0
    assert session.drill is None
    assert session.progress is None


def test_a_minute_has_a_half_and_an_end_that_is_counted_down():
    _, said = led([HANG], join(STAND, path((1, 45, 0), (68, 45, 0))))
    assert texts(said, Saying.HALFWAY) == ["Halfway."]
    assert texts(said, Saying.COUNT) == ["10", "3", "2", "1"]
    assert texts(said, Saying.DONE) == ["Good. Head hang done."]


def test_circles_are_counted_aloud_and_turned():
    one = join(path((1, 30, 0)), circles(3.2))
    other = circles(4.5, way=-1, start_rad=0.2 * math.tau)
    session, said = led([DRILLS[DrillKind.HEAD_CIRCLES]], join(STAND, path((3.2, 0, 0)), one, other))
    assert texts(said, Saying.REP) == ["1", "2", "3"] * 2
    assert texts(said, Saying.OTHER_WAY) == [HINTS[Hint.OTHER_WAY]]
    assert session.results[0].progress.reps_left == 3


def test_ramping_is_paced_every_second_and_a_half():
    _, said = led([with_seconds(DRILLS[DrillKind.RAMPING], 9.0)], path((20, 0, 0)))
    beats = [p.t_ns / NS_PER_S for p in said if p.saying is Saying.PACE]
    assert texts(said, Saying.PACE) == ["Chin back.", "Let go."] * 3
    assert np.diff(beats) == pytest.approx(1.5, abs=0.05)


# ---------------------------------------------------------------- the same however it comes

ROUTINE = tuple(
    with_seconds(DRILLS[k], 3.0)
    for k in (DrillKind.HEAD_CIRCLES, DrillKind.HEAD_HANG, DrillKind.EAR_RIGHT, DrillKind.RAMPING, DrillKind.WRISTS)
)
WHOLE = join(
    STAND,
    path((4.5, 30, 0)),
    circles(5.2, 3.0),
    circles(4.5, 3.0, way=-1, start_rad=0.2 * math.tau),
    path((5, 45, 0), (7, 40, 5), (3, 0, 35), (8, 0, 35), (3, 0, 0), (20, 0, 0)),
)
WHOLE_REASON = np.where((np.arange(len(WHOLE[0])) % 1700) > 1640, Reason.GAP, Reason.OK)


def test_the_whole_routine_is_done():
    session, said = led(ROUTINE, WHOLE, reason=WHOLE_REASON)
    assert session.over
    assert {r.outcome for r in session.results} == {Outcome.DONE}
    assert HINTS[Hint.SETTLING] not in texts(said, Saying.HINT), "short holes are no matter"


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, len(WHOLE[0])), max_size=12), st.sampled_from([None, 1, 7, 100]))
def test_any_split_says_the_same(edges, size):
    block = block_of(up_of(*WHOLE), reason=WHOLE_REASON)
    whole = DrillSession(ROUTINE, site_of())
    said = whole.push(block)
    if size is not None:
        edges = range(0, 1500 if size == 1 else len(block), size)
    split = DrillSession(ROUTINE, site_of())
    assert [p for part in cut(block, edges) for p in split.push(part)] == said
    assert repr(split.results) == repr(whole.results)  # NaN is not equal to itself


@settings(max_examples=6, deadline=None)
@given(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: math.hypot(*q) > 0.1))
def test_any_mounting_says_the_same(quaternion):
    mounting = turn_of(quaternion)
    _, plain = led(ROUTINE, WHOLE)
    _, mounted = led(ROUTINE, WHOLE, mounting=mounting)
    # A limit may be crossed one look earlier or later by rounding; nothing else may differ.
    assert [(p.saying, p.text) for p in mounted] == [(p.saying, p.text) for p in plain]
    assert max(abs(a.t_ns - b.t_ns) for a, b in zip(plain, mounted, strict=True)) <= 0.25 * NS_PER_S


# ---------------------------------------------------------------- patience


def test_somebody_who_does_nothing_is_told_kindly_and_moves_on():
    session, said = led([SHORT_HANG, with_seconds(DRILLS[DrillKind.WRISTS], 2)], path((70, 0, 0)))
    assert session.over
    assert texts(said, Saying.NUDGE) == ["Whenever you are ready: head hang."]
    assert texts(said, Saying.MOVED_ON) == ["Never mind, we leave the head hang for another time."]
    hints = [p for p in said if p.saying is Saying.HINT]
    assert {p.text for p in hints} == {HINTS[Hint.CHIN_MORE]}
    assert min(np.diff([p.t_ns for p in hints])) >= 5.9 * NS_PER_S
    assert [r.outcome for r in session.results] == [Outcome.MOVED_ON, Outcome.DONE]
    assert session.results[0].in_words == "0 of 4 s (moved on)"
    start = next(p for p in said if p.saying is Saying.START)
    left = next(p for p in said if p.saying is Saying.MOVED_ON)
    assert (left.t_ns - start.t_ns) / NS_PER_S == pytest.approx(LEAD_S + GIVE_UP_S, abs=0.1)


def test_nobody_is_kept_for_ever_by_a_little_progress():
    flicker = path(*[(0.5, 45, 0), (2.5, 45, 0), (0.5, 0, 0), (26.5, 0, 0)] * 10)
    session, _ = led([HANG], join(STAND, flicker))
    assert session.over
    assert session.results[0].outcome is Outcome.MOVED_ON
    assert 0 < session.results[0].progress.held_s < 60


def test_a_drill_may_be_skipped():
    session = DrillSession([HANG, SHORT_HANG], site_of())
    assert session.skip() == [], "there is nothing to skip yet"
    session.push(block_of(up_of(*STAND)))
    assert session.drill is HANG
    said = session.skip()
    assert [p.saying for p in said] == [Saying.SKIPPED, Saying.START]
    assert session.drill is SHORT_HANG
    assert [p.saying for p in session.skip()] == [Saying.SKIPPED, Saying.OVER]
    assert session.over
    assert [r.outcome for r in session.results] == [Outcome.SKIPPED] * 2
    assert session.skip() == []


# ---------------------------------------------------------------- data that do not come


def test_time_without_data_passes_unseen_and_is_not_counted_twice():
    session = DrillSession([HANG], site_of())
    block = block_of(up_of(*join(STAND, path((1, 45, 0), (40, 45, 0)))))
    early, away, late = cut(block, [2000, 2800])
    session.push(early)
    held = session.progress.held_s
    said = session.idle(int(late.t_ns[0]) - 1)
    assert session.progress.held_s == held
    assert session.progress.hint is Hint.UNSEEN
    assert HINTS[Hint.UNSEEN] in texts(said, Saying.HINT)
    assert session.push(away) == [], "it comes too late"
    assert session.progress.held_s == held
    session.push(late)
    assert session.progress.held_s == pytest.approx(held + len(late) / 100, abs=0.1)


def test_a_sensor_that_never_comes_back_is_named():
    session = DrillSession([HANG, with_seconds(DRILLS[DrillKind.WRISTS], 2)], site_of())
    session.push(block_of(up_of(*STAND)))
    said = session.idle(100 * NS_PER_S)
    assert session.over
    assert any("cannot see the sensor" in text for text in texts(said, Saying.MOVED_ON))
    assert [r.outcome for r in session.results] == [Outcome.MOVED_ON, Outcome.DONE]


def test_without_any_data_the_routine_ends_with_a_reason():
    session = DrillSession([HANG], site_of())
    said = session.idle(NS_PER_S) + session.idle(60 * NS_PER_S)
    assert session.over
    assert "not seen" in str(session.failure)
    assert said[-1].saying is Saying.FAILED


def test_a_timer_needs_neither_sensor_nor_calibration():
    session = DrillSession([with_seconds(DRILLS[DrillKind.WRISTS], 3)], None)
    said = session.idle(NS_PER_S) + session.idle(12 * NS_PER_S)
    assert [p.saying for p in said] == [Saying.START, Saying.COUNT, Saying.DONE, Saying.OVER]
    assert said[-1].text == OVER


def test_without_a_head_calibration_nothing_begins():
    with pytest.raises(CalibrationError, match="headsup calibrate"):
        DrillSession([HANG], None)
    with pytest.raises(CalibrationError):
        DrillSession([HANG], SiteCalibration("head", "head", "", "", "vqf", ()))
    blind = site_of()
    with pytest.raises(CalibrationError, match="cannot see a lowered head"):
        DrillSession([HANG], replace(blind, head=replace(blind.head, separation_d=1.0)))
    with pytest.raises(ValueError):
        DrillSession([], site_of())


# ---------------------------------------------------------------- today's upright


def test_a_cap_that_sits_a_little_differently_is_taken_as_it_is():
    tipped = path((3, 9, -4))
    pose = path((1, 9 + 28, -4), (12, 9 + 28, -4))
    session, _ = led([SHORT_HANG], join((np.full(300, 9.0), np.full(300, -4.0)), tipped, pose))
    assert session.progress.angle_deg == pytest.approx(28, abs=0.5)
    assert session.progress.held_s == 0, "28 degrees from today's upright is no head hang"


def test_a_bowed_head_is_not_taken_for_upright():
    session, said = led([SHORT_HANG], join((np.full(2000, 18.0), np.zeros(2000)), path((1, 45, 0), (10, 45, 0))))
    assert HINTS[Hint.LOOK_AHEAD] in texts(said, Saying.HINT)
    assert "18 degrees from the calibrated neutral" in texts(said, Saying.NOTE)[0]
    assert session.results[0].progress.mean_deg == pytest.approx(45, abs=1)


def test_a_sensor_worn_quite_differently_is_refused():
    session, said = led([HANG], (np.full(3000, 40.0), np.zeros(3000)))
    assert session.over
    assert "40 degrees differently" in str(session.failure)
    assert session.results == ()
    assert said[-1].saying is Saying.FAILED


# ---------------------------------------------------------------- the second sensor


def collar(d_prime=3.0):
    shoulders = ShoulderCalibration((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), 12.0, d_prime)
    return SiteCalibration("collar", "collar", "", "", "vqf", (), shoulders=shoulders, standing=(0.0, 0.0, 1.0))


@pytest.mark.parametrize(("score", "d_prime", "counts"), [(0.1, 3.0, True), (0.6, 3.0, False), (0.6, 1.5, True)])
def test_the_shoulder_is_judged_only_where_it_can_be_seen(score, d_prime, counts):
    drill = with_seconds(DRILLS[DrillKind.EAR_LEFT], 4.0)
    session = DrillSession([drill], site_of(), {"collar": BesideFollower(collar(d_prime))})
    motion = join(STAND, path((1, 0, -30), (14, 0, -30)))
    n = len(motion[0])
    session.push_beside("collar", block_of(up_of(np.zeros(n), np.zeros(n)), shoulder=np.full(n, score)))
    said = session.push(block_of(up_of(*motion)))
    if counts:
        sure_s = session.results[0].progress.sure_s
        assert sure_s == pytest.approx(4.0 if d_prime >= 2 else 0.0, abs=0.05)
    else:
        assert session.progress.held_s == 0
        assert HINTS[Hint.SHOULDER_LOW] in texts(said, Saying.HINT)


def test_of_two_shoulders_the_higher_one_counts_and_nothing_is_made_of_none():
    assert together([Beside(0.1, 60.0), Beside(0.5), UNSEEN]) == Beside(0.5, 60.0)
    assert together([Beside(0.1, 60.0), Beside(0.5, 10.0)]).trunk_deg == 10.0
    assert math.isnan(together([]).shoulder)


def test_an_old_look_at_the_shoulder_says_nothing():
    follower = BesideFollower(collar())
    up = up_of(np.full(100, 60.0), np.zeros(100))
    block = block_of(up, shoulder=np.full(100, 0.6))
    follower.push(block)
    last = int(block.t_ns[-1])
    assert follower.at(last).shoulder == 0.6
    assert follower.at(last).trunk_deg == pytest.approx(60)
    assert math.isnan(follower.at(last + 2 * NS_PER_S).shoulder)
    assert math.isnan(follower.at(int(block.t_ns[0]) - NS_PER_S).trunk_deg)


# ---------------------------------------------------------------- alerts meanwhile


def test_cues_are_silent_for_as_long_as_a_routine_can_last():
    drills = ROUTINES["before"]
    assert quiet_for(drills) > sum(longest_s(d) for d in drills)
    assert Quiet(0, quiet_for(drills), QuietReason.DRILL).seconds < 3600
    assert QUIET_OVER_S == 0
    worst = DrillSession(drills, site_of())
    worst.push(block_of(up_of(*path((10, 0, 0)))))
    end = worst.idle(3600 * NS_PER_S)[-1]
    assert end.saying is Saying.OVER
    assert end.t_ns / NS_PER_S < quiet_for(drills)


def test_looks_are_about_25_a_second_at_any_rate():
    for rate in (25.0, 50.0, 52.0, 100.0, 104.0, 200.0):
        n = round(10 * rate)
        looks = LookFollower().push(block_of(up_of(np.zeros(n), np.zeros(n)), rate_hz=rate))
        assert 230 <= len(looks) <= 270
        assert sum(look.dt_ns for look in looks) / NS_PER_S == pytest.approx(10, abs=0.05)


def test_after_a_restart_the_speed_is_unknown_for_a_moment():
    follower = LookFollower()
    follower.push(block_of(up_of(*STAND)))
    looks = follower.push(block_of(up_of(*STAND), first=300, restart=True))
    assert all(math.isnan(look.speed_deg_s) for look in looks[:5])
    assert looks[5].speed_deg_s == pytest.approx(0, abs=1e-6)
