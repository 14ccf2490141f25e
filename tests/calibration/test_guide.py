"""The guided protocol walked through by SIMULATED wearers who obey, fidget, repeat wrongly, and walk away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obedient import BOTH, Posture, obeys, walk
from scipy.spatial.transform import Rotation

from calibration.guide import AGAIN, Guide, Saying
from calibration.protocol import GUIDED, PoseKind, full, quick, timeline, unhurried
from monitor.values import Activity, Site

FULL = full(shoulders=True, marks=True)
angles = st.floats(-180, 180)
mounts = st.tuples(angles, st.floats(-90, 90), angles).map(lambda e: Rotation.from_euler("ZYX", e, degrees=True))


@settings(deadline=None, max_examples=15)
@given(mounting=mounts, seed=st.integers(0, 99))
def test_who_obeys_is_done_at_once_however_the_sensors_are_mounted(mounting, seed):
    told = walk(FULL, mounting=mounting, seed=seed)
    assert told.guide.failure is None
    assert not told.asked(Saying.AGAIN)
    assert told.held() == ["neutral", "4ft", "7ft", "feet", "shrug", "shrug", "lean", "neutral again", "run"]
    assert [i.timed.step for i in told.asked(Saying.ASK)] == list(FULL)


@pytest.mark.parametrize("lag_s", [0.0, 0.5, 0.9])
def test_a_sensor_that_sends_in_lumps_does_not_stretch_the_protocol(lag_s):
    """The demo and the SIMULATED wearer rely on the guide's own pace."""
    told = walk(GUIDED, lag_s=lag_s)
    for held in told.guide.held:
        planned = next(t for t in timeline(GUIDED) if t.step is held.step)
        assert (held.start_s, held.end_s) == pytest.approx((planned.start_s, planned.end_s))
    assert told.end_s <= timeline(GUIDED)[-1].end_s + lag_s + 0.2


def test_the_steps_that_are_asked_for():
    assert [s.pose for s in quick(shoulders=False) if s.pose] == ["neutral", "feet"]
    assert [s.pose for s in quick(shoulders=True) if s.pose] == ["neutral", "feet", "shrug"]
    assert [s.pose for s in full(shoulders=False, marks=False) if s.pose] == ["neutral", "feet", "neutral again", "run"]
    assert PoseKind.LEAN not in {s.kind for s in full(shoulders=False, marks=True)}


def test_a_person_gets_time_to_hear_the_sentence():
    for step, slower in zip(FULL, unhurried(FULL), strict=True):
        more = slower.move_s - step.move_s
        assert more == (1.5 if step.pose not in ("", "neutral") else 0.0)
        assert slower.hold_s == step.hold_s


def test_the_seconds_left_are_called_once_each():
    told = walk(FULL)
    run = [i.text for i in told.asked(Saying.COUNT) if i.timed.step.kind is PoseKind.RUN]
    assert run == ["20", "10", "3", "2", "1"]
    assert [i.text for i in told.asked(Saying.COUNT) if i.timed.step.pose == "feet"] == ["3", "2", "1"]


def wrong(kind_or_pose, wrongly, times):
    """A wearer who does one step wrongly the first `times` times."""

    def habit(step, tries):
        return wrongly if kind_or_pose in (step.kind, step.pose) and tries < times else obeys(step, tries)

    return habit


REFUSALS = [
    ("neutral", Posture(sway=6.0), "moved"),
    ("neutral", Posture(activity=Activity.WALK), "on the move"),
    ("neutral", Posture(here=False), "not heard"),
    (PoseKind.SETTLE, Posture(sway=6.0), "moved"),
    ("4ft", Posture(pitch=5), "differs by only"),
    ("7ft", Posture(pitch=30), "4-ft mark"),
    ("7ft", Posture(pitch=2), "differs by only"),
    ("feet", Posture(pitch=33), "lower than for the 4-ft mark"),
    ("feet", Posture(pitch=-40), "another way"),
    ("feet", Posture(roll=40), "another way"),
    ("shrug", Posture(shrug=1.0, pitch=30), "head moved"),
    ("lean", Posture(lean=1.0), "hardly any lean"),
    ("lean", Posture(lean=45.0), "about 10"),
    ("neutral again", Posture(pitch=8), "from where it was at the start"),
    ("run", Posture(), "was running"),
    ("run", Posture(sway=3.5, activity=Activity.RUN), "wandered"),
    ("run", Posture(pitch=25, sway=0.8, activity=Activity.RUN), "look far ahead"),
]


@pytest.mark.parametrize(("where", "wrongly", "says"), REFUSALS, ids=[f"{w}-{s}" for w, _, s in REFUSALS])
def test_a_step_done_wrongly_is_refused_with_reason_and_remedy_and_asked_again_alone(where, wrongly, says):
    told = walk(FULL, wrong(where, wrongly, 1))
    again = told.asked(Saying.AGAIN)
    assert len(again) >= 1
    assert says in again[0].text.replace("Hardly", "hardly")
    assert again[0].text.endswith(again[0].timed.step.say)
    assert {i.timed.step for i in again} == {again[0].timed.step}, "no other step is repeated"
    assert len(told.asked(Saying.ASK)) == len(FULL)
    assert told.guide.failure is None
    assert sorted(told.held()) == sorted(
        ["neutral", "4ft", "7ft", "feet", "shrug", "shrug", "lean", "neutral again", "run"]
    )
    assert not told.guide.left_out


def test_there_is_time_to_hear_why():
    told = walk(FULL, wrong("4ft", Posture(pitch=5), 1))
    (again,) = told.asked(Saying.AGAIN)
    assert again.timed.start_s - again.timed.asked_s >= again.timed.step.move_s + 3


@pytest.mark.parametrize("pose", ["4ft", "7ft", "feet", "lean", "neutral again", "run"])
def test_what_never_works_is_left_out_after_three_more_tries(pose):
    told = walk(FULL, wrong(pose, Posture(sway=20.0), 99))
    assert len(told.asked(Saying.AGAIN)) == AGAIN
    assert len(told.guide.left_out) == 1
    assert pose in told.guide.left_out[0]
    assert told.guide.failure is None
    assert pose not in told.held()
    assert len(told.held()) == 8


@pytest.mark.parametrize("where", [PoseKind.SETTLE, "neutral"])
def test_without_a_neutral_there_is_no_calibration(where):
    told = walk(FULL, wrong(where, Posture(sway=20.0), 99))
    assert told.guide.failure is not None
    assert told.said[-1].saying is Saying.FAILED
    assert told.guide.failure.remedy


def test_the_only_look_down_cannot_be_left_out():
    told = walk(GUIDED, wrong("feet", Posture(pitch=3), 99))
    assert told.guide.failure is not None
    assert "differs by only" in str(told.guide.failure)


def test_who_walks_away_is_told_and_the_guide_ends():
    told = walk(FULL, lambda step, tries: obeys(step, tries) if step.kind is PoseKind.SETTLE else Posture(here=False))
    assert told.guide.failure is not None
    assert "not heard" in str(told.guide.failure)
    assert told.end_s < 90


def test_a_sensor_that_falls_silent_is_named():
    sites = {"head": Site.HEAD, "collar": Site.COLLAR}
    guide = Guide(GUIDED, sites)
    rng = np.random.default_rng(0)
    from obedient import look

    said = []
    for i in range(2000):
        now = i / 10
        said += guide.step(now, [look("head", Site.HEAD, now, Posture(), Rotation.identity(), 12.0, rng)])
        if guide.over:
            break
    assert guide.failure is not None
    assert "collar sensor was not heard" in str(guide.failure)


# ---------------------------------------------------------------- shrugs


def shrugs(*sizes):
    """A wearer whose shrugs have these sizes, one after the other, over all asks."""
    left = list(sizes)
    state = {"at": None, "size": 0.0}

    def habit(step, tries):
        if step.kind is not PoseKind.SHRUG:
            state["at"] = None
            return obeys(step, tries)
        if state["at"] != tries:
            state["at"], state["size"] = tries, left.pop(0) if left else 1.0
        return Posture(shrug=state["size"])

    return habit


def test_two_like_shrugs_are_kept():
    told = walk(FULL, shrugs(1.0, 0.9))
    assert not told.asked(Saying.AGAIN)


def test_a_second_shrug_unlike_the_first_is_asked_again():
    told = walk(FULL, shrugs(1.0, 0.3, 1.0))
    (again,) = told.asked(Saying.AGAIN)
    assert "differs too much" in again.text
    assert told.held().count("shrug") == 2


def test_the_first_may_have_been_the_odd_one():
    told = walk(FULL, shrugs(0.4, 1.0, 1.0))
    assert len(told.asked(Saying.AGAIN)) == 1
    starts = [t.start_s for t in told.guide.held if t.step.kind is PoseKind.SHRUG]
    first_asked = next(i for i in told.asked(Saying.ASK) if i.timed.step.kind is PoseKind.SHRUG)
    assert len(starts) == 2
    assert first_asked.timed.start_s not in starts, "the odd one is not used"


def test_a_sensor_that_feels_no_shrug_is_not_the_wearers_fault():
    told = walk(FULL, shrug_deg=1.0)
    assert not told.asked(Saying.AGAIN)


# ---------------------------------------------------------------- hostile time


@settings(deadline=None, max_examples=40)
@given(jumps=st.lists(st.floats(0, 400), max_size=60))
def test_any_jumps_of_the_clock_end_in_an_answer(jumps):
    guide = Guide(FULL, BOTH)
    now = 0.0
    for jump in [*jumps, *[500.0] * 60]:
        now += jump
        guide.step(now)
    assert guide.over
    assert guide.failure is not None
    assert guide.step(now + 1) == []


def test_a_guide_of_nothing_is_refused():
    with pytest.raises(ValueError):
        Guide((), BOTH)
    with pytest.raises(ValueError):
        Guide(GUIDED, {})


# ---------------------------------------------------------------- steered by the wearer


def test_again_begins_the_step_anew_and_is_no_refusal():
    guide = Guide(GUIDED, {"head": Site.HEAD})
    guide.step(0.0)
    guide.step(5.0)
    assert guide.timed.end_s == 6.0
    guide.again(5.0)
    assert (guide.timed.asked_s, guide.timed.end_s, guide.number) == (5.0, 11.0, 0)
    assert [i.saying for i in guide.step(5.1)] == [Saying.ASK], "it is asked for once more"


def test_only_what_the_calibration_can_do_without_is_skipped():
    sites = {"collar": Site.COLLAR}
    shrug_only = tuple(s for s in GUIDED if s.kind is PoseKind.SHRUG)
    guide = Guide((*shrug_only, *GUIDED), sites)
    assert guide.can_skip
    guide.skip(3.0)
    assert (guide.number, guide.timed.step, guide.left_out) == (1, GUIDED[0], ("shrug: left out (you skipped it).",))
    assert not guide.can_skip, "nothing is known of a wearer who never stands still"
    assert guide.skip(4.0) == []
    assert guide.number == 1


def test_a_guide_that_is_over_cannot_be_steered():
    told = walk(GUIDED)
    assert told.guide.over
    assert not told.guide.can_skip
    before = told.guide.timed
    told.guide.again(99.0)
    assert told.guide.timed is before
    assert told.guide.skip(99.0) == []
