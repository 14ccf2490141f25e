"""Head circles: counted both ways, refused with a reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tilted import block_of, circles, join, path, site_of, up_of

from monitor.drills.catalogue import DRILLS, DrillKind
from monitor.drills.circles import CircleDrill
from monitor.drills.look import LookFollower
from monitor.drills.progress import Phase, Side
from monitor.drills.tilt import HeadAxes
from monitor.drills.words import Hint
from monitor.values import Reason


def circled(motion, *, reason=None, rate_hz=100.0):
    """The progress at each look."""
    drill, axes = CircleDrill(DRILLS[DrillKind.HEAD_CIRCLES]), HeadAxes.of(site_of().head)
    out = []
    for look in LookFollower().push(block_of(up_of(*motion), reason=reason, rate_hz=rate_hz)):
        drill.step(look, axes.tilt(look.up))
        out.append(drill.progress)
    return out


DOWN = path((1.5, 30, 0))


def test_three_each_way():
    back = path((0.5, 30, 0), start=(30, 0))
    progress = circled(join(DOWN, circles(3.05), back, circles(3.3, way=-1)))
    last = progress[-1]
    assert last.done
    assert (last.reps_right, last.reps_left) == (3, 3)
    sides = [p.side for p in progress]
    assert sides[50] is Side.RIGHT
    assert Side.LEFT in sides
    assert max(p.part for p in progress[:-1]) <= 1


@pytest.mark.parametrize("way", [1, -1])
def test_the_direction_is_told_apart(way):
    last = circled(join(DOWN, circles(2.05, way=way)))[-1]
    assert (last.reps_right, last.reps_left) == ((2, 0) if way == 1 else (0, 2))
    assert not last.done


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 6.28), st.sampled_from([1, -1]), st.floats(2.3, 9.0), st.floats(17, 45))
def test_circles_count_wherever_they_begin_however_wide_and_fast(start, way, period, radius):
    at = (radius * np.cos(start), radius * np.sin(start))
    last = circled(join(path((2.0, *at)), circles(2.1, period, radius, way, start_rad=start)))[-1]
    assert (last.reps_right if way == 1 else last.reps_left) == 2
    assert (last.reps_left if way == 1 else last.reps_right) == 0


@pytest.mark.parametrize(
    ("motion", "hint"),
    [
        (circles(2.1, radius_deg=11), Hint.WIDER),
        (circles(2.1, period_s=1.3), Hint.SLOWER),
        (circles(1.1, period_s=14), Hint.FLOWING),
    ],
)
def test_refused_circles(motion, hint):
    start = path((2.0, motion[0][0], motion[1][0]))
    progress = circled(join(start, motion))
    assert progress[-1].reps == 0
    assert hint in {p.hint for p in progress}


def test_a_circle_that_is_narrow_behind_for_a_fifth_still_counts():
    """Few necks bend back as far as forward."""
    pitch, roll = circles(1.05, 5.0)
    narrow = np.where(pitch < -25, 0.4, 1.0)
    assert circled(join(DOWN, (pitch * narrow, roll * narrow)))[-1].reps == 1
    narrow = np.where(pitch < 0, 0.4, 1.0)
    assert circled(join(DOWN, (pitch * narrow, roll * narrow)))[-1].reps == 0


@pytest.mark.parametrize(
    "legs",
    [
        [(1.5, 35, 0), (1.5, -35, 0)] * 8,
        [(1.5, 0, 35), (1.5, 0, -35)] * 8,
        [(1.5, 35, 0), (1.5, 35, 35), (1.5, -20, 35), (1.5, 35, 35), (1.5, 35, 0)] * 4,
    ],
)
def test_nods_tilts_and_halves_are_no_circles(legs):
    assert circled(path(*legs))[-1].reps == 0


def test_half_a_turn_there_and_back_is_none_but_a_wobble_is_forgiven():
    half, home = circles(0.6), circles(0.6, way=-1, start_rad=0.6 * 2 * np.pi)
    assert circled(join(DOWN, half, home, half, home))[-1].reps == 0
    wobble = circles(0.05, way=-1, start_rad=np.pi)
    rest = circles(0.6, start_rad=0.95 * np.pi)
    assert circled(join(DOWN, circles(0.5), wobble, rest))[-1].reps_right == 1


def test_a_rest_before_the_circle_is_free():
    rest = path((20, 30, 0), start=(30, 0))
    assert circled(join(DOWN, rest, circles(1.05)))[-1].reps == 1


def test_a_hole_spoils_the_circle_it_falls_into_and_no_other():
    motion = join(DOWN, circles(3.05))
    reason = np.full(len(motion[0]), Reason.OK)
    reason[700:720] = Reason.GAP
    progress = circled(motion, reason=reason)
    assert progress[-1].reps == 2 - 1 + 1  # the first; then a whole one from behind the hole on
    assert progress[705 // 4].phase is Phase.UNSEEN
    assert progress[705 // 4].hint is Hint.SETTLING


def test_whoever_stops_on_the_way_round_is_told_to_go_on():
    part = circles(0.4)
    there = (float(part[0][-1]), float(part[1][-1]))
    progress = circled(join(DOWN, part, path((5, *there), start=there)))
    assert progress[-1].hint is Hint.AROUND
    assert progress[-1].phase is Phase.READY
    a_second_later = int((1.5 + 1.6 + 1.0) * 25)
    assert progress[a_second_later].phase is Phase.COUNTING


def test_somebody_who_does_nothing_is_told_what_to_do():
    last = circled(path((6, 0.5, 0)))[-1]
    assert (last.phase, last.hint) == (Phase.READY, Hint.AROUND)


def test_the_slowest_sensor_sees_them_too():
    pitch, roll = join(path((1.5, 30, 0), rate_hz=25), circles(2.05, rate_hz=25))
    assert circled((pitch, roll), rate_hz=25.0)[-1].reps == 2
