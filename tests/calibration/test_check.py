"""The check at the start of a run, and the re-zero: for any mounting, and any small slip."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from calibration.check import StartCheck, Verdict, check
from calibration.fit import fit_head, fit_shoulders
from calibration.model import Pose, RunningNeutral, SiteCalibration
from calibration.pitch import pitch_deg
from calibration.rezero import rezero
from monitor.errors import CalibrationError
from monitor.values import Activity

HZ = 25
angles = st.floats(-180, 180)
mounts = st.tuples(angles, st.floats(-90, 90), angles).map(lambda e: Rotation.from_euler("ZYX", e, degrees=True))
IDENTITY = Rotation.identity()


def up_at(mounting, pitch=0.0, roll=0.0):
    return (Rotation.from_euler("YX", [pitch, roll], degrees=True) * mounting).inv().apply([0, 0, 1.0])


def tup(v):
    return tuple(float(x) for x in v)


def pose(name, up, moving=False):
    return Pose(name, tup(up), 0.3, 5.0, moving)


def site(mounting=IDENTITY, *, running_pitch=None):
    neutral = pose("neutral (head)", up_at(mounting))
    feet = pose("look feet", up_at(mounting, 45))
    shrug = pose("shrug", up_at(mounting, 0, 12))
    runs = None
    if running_pitch is not None:
        runs = RunningNeutral(tup(up_at(mounting, running_pitch)), 0.8, 168.0, 28.0, (0.1, 0, 0, 0.1, 0, 0.1))
    return SiteCalibration(
        "head", "head", "SIM", "sim", "vqf", (neutral, feet, shrug), fit_head(neutral, [feet]),
        fit_shoulders(neutral, [shrug]), standing=neutral.up, running=runs,
    )  # fmt: skip


def seen(
    mounting=IDENTITY, pitch=0.0, roll=0.0, *, seconds=10.0, sway=0.4, activity=Activity.STILL, trusted=1.0, seed=0
):
    rng = np.random.default_rng(seed)
    n = round(seconds * HZ)
    angles = rng.normal((pitch, roll), sway / np.sqrt(2), (n, 2))
    up = (Rotation.from_euler("YX", angles, degrees=True) * mounting).inv().apply([0, 0, 1.0])
    sure = np.arange(n) >= round(n * (1 - trusted))
    return up, sure, np.full(n, int(activity), np.int8), 1 / HZ


@pytest.mark.parametrize(
    ("pitch", "activity", "verdict"),
    [
        (0, Activity.STILL, Verdict.SAME),
        (4, Activity.STILL, Verdict.SAME),
        (-4, Activity.RUN, Verdict.SAME),
        (9, Activity.STILL, Verdict.MOVED),
        (-20, Activity.RUN, Verdict.MOVED),
        (40, Activity.STILL, Verdict.WORN_ANEW),
        (0, Activity.WALK, Verdict.UNCLEAR),
        (0, Activity.OTHER, Verdict.UNCLEAR),
    ],
)
def test_what_is_told_apart(pitch, activity, verdict):
    found = check(site(), *seen(pitch=pitch, activity=activity))
    assert found.verdict is verdict
    assert found.sentence.endswith(".")
    assert (found.up is None) == (verdict is Verdict.UNCLEAR)


@pytest.mark.parametrize(
    ("what", "word"),
    [
        ({"seconds": 3.0}, "settled"),
        ({"trusted": 0.3}, "settled"),
        ({"sway": 6.0}, "steady"),
        ({"activity": Activity.WALK}, "Stand still or run"),
    ],
)
def test_an_unclear_check_says_what_to_do(what, word):
    found = check(site(), *seen(**what))
    assert found.verdict is Verdict.UNCLEAR
    assert word in found.sentence
    assert np.isnan(found.off_deg)


def test_nothing_finite_is_unclear_not_a_crash():
    up, trusted, activity, period_s = seen()
    for bad in (np.full_like(up, np.nan), np.zeros_like(up), up * np.where(np.arange(len(up)) % 2, 1, -1)[:, None]):
        assert check(site(), bad, trusted, activity, period_s).verdict is Verdict.UNCLEAR
    assert check(site(), up[:0], trusted[:0], activity[:0], period_s).verdict is Verdict.UNCLEAR
    bare = dataclasses.replace(site(), head=None, shoulders=None)
    assert "not calibrated" in check(bare, *seen()).sentence


def test_running_is_compared_with_running():
    """Who runs 10 deg lower than standing, and always did, wears it as last time."""
    ours = site(running_pitch=10.0)
    assert check(ours, *seen(pitch=10, activity=Activity.RUN)).verdict is Verdict.SAME
    assert check(ours, *seen(pitch=0, activity=Activity.STILL)).verdict is Verdict.SAME
    assert check(ours, *seen(pitch=0, activity=Activity.RUN)).verdict is Verdict.MOVED
    assert check(site(), *seen(pitch=7, activity=Activity.RUN)).verdict is Verdict.SAME, "no running neutral: leniently"


@settings(deadline=None, max_examples=80)
@given(
    mounting=mounts,
    pitch=st.floats(-16, 16),
    roll=st.floats(-16, 16),
    asked=st.floats(-30, 60),
    running=st.booleans(),
)
def test_a_rezero_undoes_a_slip_about_a_level_axis(mounting, pitch, roll, asked, running):
    """After it, looking far ahead is 0 again, and looking down reads as it should, nod axis and shrug included."""
    ours = site(mounting, running_pitch=0.0)
    slip = Rotation.from_rotvec(np.radians([roll, pitch, 0.0]))  # of the sensor on the head, about a level axis
    slipped = slip * mounting
    again = rezero(ours, tup(up_at(slipped)), running=running)
    assert pitch_deg(tup(up_at(slipped)), again.head) == pytest.approx(0, abs=1e-6)
    assert pitch_deg(tup(up_at(slipped, asked)), again.head) == pytest.approx(asked, abs=1e-4)
    weight = np.array(again.shoulders.weight)
    assert weight @ up_at(slipped) == pytest.approx(0, abs=1e-9)
    assert weight @ up_at(slipped, 0, 12) == pytest.approx(1, abs=1e-4)
    for changed in (again.standing, again.running.up, again.head.neutral):
        assert np.allclose(changed, up_at(slipped), atol=1e-9)
    assert abs(np.dot(again.head.neutral, again.head.nod)) < 1e-9
    assert check(again, *seen(slipped)).verdict is Verdict.SAME


def test_to_replace_the_neutral_alone_would_be_wrong():
    """Why everything is turned: with the old nod axis the same look down reads degrees off."""
    slipped = Rotation.from_rotvec(np.radians([14.0, 12.0, 0.0]))
    naive = dataclasses.replace(site().head, neutral=tup(up_at(slipped)))
    again = rezero(site(), tup(up_at(slipped)), running=False)
    assert abs(pitch_deg(tup(up_at(slipped, 30)), naive) - 30) > 5
    assert pitch_deg(tup(up_at(slipped, 30)), again.head) == pytest.approx(30, abs=1e-4)


@settings(deadline=None, max_examples=40)
@given(mounting=mounts, off=st.floats(25.1, 180), way=st.floats(0, 360))
def test_a_large_turn_is_refused(mounting, off, way):
    axis = [np.cos(np.radians(way)), np.sin(np.radians(way)), 0]
    turned = Rotation.from_rotvec(np.radians(off) * np.array(axis)) * mounting
    with pytest.raises(CalibrationError, match="too much to correct"):
        rezero(site(mounting), tup(up_at(turned)), running=False)


def test_nothing_to_rezero_is_refused():
    with pytest.raises(CalibrationError):
        rezero(dataclasses.replace(site(), head=None, shoulders=None, standing=None), (0, 0, 1.0), running=False)
    with pytest.raises(CalibrationError):
        rezero(site(), (float("nan"), 0.0, 1.0), running=False)


# ---------------------------------------------------------------- as the run begins


def begin(*parts, blocks=None):
    """A start check pushed some stretches, one after the other; the second at which the verdict fell, and the check."""
    up, trusted, activity = (np.concatenate([part[i] for part in parts]) for i in range(3))
    start = StartCheck(site(running_pitch=3.0), 1 / HZ)
    edges = [0, *sorted(blocks or []), len(up)]
    for a, b in pairwise(edges):
        found = start.push(up[a:b], trusted[a:b], activity[a:b])
        if found:
            return (a + found[0] + 1) / HZ, start
    return None, start


def test_ten_seconds_of_standing_are_enough():
    at_s, start = begin(seen(seconds=30))
    assert at_s == 10
    assert start.result.verdict is Verdict.SAME
    assert start.hint == ""
    assert start.push(*seen()[:3]) is None, "there is only one verdict"


def test_who_walks_about_first_is_checked_in_the_run():
    at_s, start = begin(seen(seconds=25, activity=Activity.WALK), seen(seconds=20, pitch=3, activity=Activity.RUN))
    assert 29 <= at_s <= 31
    assert start.result.verdict is Verdict.SAME
    assert start.result.running


def test_a_look_at_the_watch_is_no_slip():
    """Fifteen seconds of head down first, then looking ahead."""
    at_s, start = begin(seen(seconds=15, pitch=20), seen(seconds=20))
    assert start.result.verdict is Verdict.SAME
    assert at_s <= 25


def test_a_head_that_stays_low_is_called_moved_in_the_end():
    at_s, start = begin(seen(seconds=60, pitch=15))
    assert at_s == 30
    assert start.result.verdict is Verdict.MOVED
    assert start.result.bowed
    assert "Look far ahead" in start.result.sentence


def test_a_sideways_slip_is_said_at_once():
    at_s, start = begin(seen(seconds=20, roll=12))
    assert at_s == 10
    assert start.result.verdict is Verdict.MOVED
    assert "re-zero" in start.result.sentence


def test_until_then_it_says_what_to_do():
    at_s, start = begin(seen(seconds=12, activity=Activity.WALK))
    assert at_s is None
    assert "Stand still or run" in start.hint


@settings(deadline=None, max_examples=30)
@given(blocks=st.lists(st.integers(1, 999), max_size=30))
def test_the_verdict_falls_at_the_same_slot_whatever_the_blocks(blocks):
    parts = (seen(seconds=17, pitch=18, seed=1), seen(seconds=23, seed=2))
    whole, start = begin(*parts)
    at_s, again = begin(*parts, blocks=blocks)
    assert at_s == whole
    assert again.result == start.result
